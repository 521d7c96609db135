import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { SilenceWatch } from '../../../src/executors/workers/silence.ts';

const SECOND = 1000;
afterEach(() => vi.useRealTimers());

/** A watch whose clock and timers the test advances. */
function createWatch(limitMs: number | undefined) {
  vi.useFakeTimers();
  const onSilent = vi.fn();
  return { watch: new SilenceWatch(limitMs, onSilent), onSilent };
}

it('reports a worker once, when it has sent no heartbeat for the limit', () => {
  const { watch, onSilent } = createWatch(10 * SECOND);
  for (let i = 0; i < 60; i++) {
    watch.recordHeartbeat();
    vi.advanceTimersByTime(9 * SECOND);
  }
  expect(onSilent).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60 * SECOND);
  expect(onSilent).toHaveBeenCalledTimes(1);
});

it('waits longer for the first heartbeat, because a worker must be loaded', () => {
  const { onSilent } = createWatch(SECOND);
  vi.advanceTimersByTime(100 * SECOND);
  expect(onSilent).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100 * SECOND);
  expect(onSilent).toHaveBeenCalledTimes(1);
});

it('does not report after it was closed', () => {
  const { watch, onSilent } = createWatch(SECOND);
  watch.close();
  vi.advanceTimersByTime(1000 * SECOND);
  expect(onSilent).not.toHaveBeenCalled();
});

it('does not count time during which this process did not run', async () => {
  const onSilent = vi.fn();
  const watch = new SilenceWatch(1500, onSilent, 50);
  watch.recordHeartbeat();
  await sleep(100);
  const until = performance.now() + 1600;
  while (performance.now() < until); // like a process that is stopped
  await sleep(100);
  expect(onSilent).not.toHaveBeenCalled();
  watch.close();
});
