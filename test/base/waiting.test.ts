import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BackOff, backOffDelayMs } from '../../src/base/back-off.ts';
import { BoundedMap } from '../../src/base/bounded-map.ts';
import { isoOf, systemClock } from '../../src/base/clock.ts';
import { Mutex } from '../../src/base/mutex.ts';

describe('back-off', () => {
  const policy = { firstDelayMs: 100, factor: 2, maxDelayMs: 500 };

  it('grows by its factor up to its maximum', () => {
    expect([0, 1, 2, 3, 4, 40, 4000].map((n) => backOffDelayMs(policy, n))).toEqual([
      0, 100, 200, 400, 500, 500, 500,
    ]);
  });

  it('determines when the next attempt is due; a success resets it', () => {
    const backOff = new BackOff(policy);
    expect(backOff.isDue(0)).toBe(true);
    expect(backOff.recordFailure(1000)).toBe(100);
    expect([backOff.isDue(1099), backOff.isDue(1100)]).toEqual([false, true]);
    expect(backOff.recordFailure(1100)).toBe(200);
    expect(backOff.failureCount).toBe(2);
    backOff.recordSuccess();
    expect(backOff.isDue(1101)).toBe(true);
    expect(backOff.recordFailure(2000)).toBe(100);
  });
});

describe('a mutex', () => {
  it('runs one task at a time, in the order of the calls', async () => {
    const mutex = new Mutex();
    const events: string[] = [];
    const work = (name: string, ms: number) =>
      mutex.run(async () => {
        events.push(`${name} begins`);
        await sleep(ms);
        events.push(`${name} ends`);
        return name;
      });
    const all = Promise.all([work('a', 20), work('b', 1), work('c', 1)]);
    expect(mutex.isBusy).toBe(true);
    expect(await all).toEqual(['a', 'b', 'c']);
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(mutex.isBusy).toBe(false);
  });

  it('reports a failure to its caller only', async () => {
    const mutex = new Mutex();
    const failed = mutex.run(() => Promise.reject(new Error('no')));
    const next = mutex.run(async () => 'fine');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('fine');
  });
});

describe('a bounded map', () => {
  it('removes the oldest entry', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    map.set('c', 4);
    expect([...map.keys()]).toEqual(['b', 'c']);
    expect([map.get('a'), map.get('b'), map.size, map.has('c')]).toEqual([undefined, 2, 2, true]);
  });

  it('keeps entries that are used', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    expect(map.use('a')).toBe(1);
    map.set('c', 3);
    expect([...map.keys()]).toEqual(['a', 'c']);
    map.renew('a', 5);
    map.set('d', 4);
    expect([...map.keys()]).toEqual(['a', 'd']);
    map.delete('a');
    map.clear();
    expect(map.size).toBe(0);
  });
});

it('a monotonic clock never decreases, and times are given in UTC', () => {
  const before = systemClock.monotonicMs();
  expect(systemClock.monotonicMs()).toBeGreaterThanOrEqual(before);
  expect(isoOf(systemClock.wallMs())).toMatch(/^\d{4}-\d\d-\d\dT.*\.\d{3}Z$/);
  expect(isoOf(null)).toBeNull();
});
