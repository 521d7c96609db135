import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it, vi } from 'vitest';
import { HeartbeatWatch } from '../../../src/executors/workers/heartbeat-watch.ts';

const SECOND = 1000;
afterEach(() => vi.useRealTimers());

/** A watch whose clock and timers the test advances. */
function createWatch(timeoutMs: number | undefined) {
  vi.useFakeTimers();
  const onTimeout = vi.fn();
  return { watch: new HeartbeatWatch(timeoutMs, onTimeout), onTimeout };
}

it('reports a worker once, when it has sent no heartbeat for longer than the timeout', () => {
  const { watch, onTimeout } = createWatch(10 * SECOND);
  for (let i = 0; i < 60; i++) {
    watch.recordHeartbeat();
    vi.advanceTimersByTime(9 * SECOND);
  }
  expect(onTimeout).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60 * SECOND);
  expect(onTimeout).toHaveBeenCalledTimes(1);
});

it('waits longer for the first heartbeat, because a worker takes time to start', () => {
  const { onTimeout } = createWatch(SECOND);
  vi.advanceTimersByTime(100 * SECOND);
  expect(onTimeout).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100 * SECOND);
  expect(onTimeout).toHaveBeenCalledTimes(1);
});

it('does not report after it was closed', () => {
  const { watch, onTimeout } = createWatch(SECOND);
  watch.close();
  vi.advanceTimersByTime(1000 * SECOND);
  expect(onTimeout).not.toHaveBeenCalled();
});

it('does not count time during which this process did not run', async () => {
  const onTimeout = vi.fn();
  const watch = new HeartbeatWatch(1500, onTimeout, 50);
  watch.recordHeartbeat();
  await sleep(100);
  const until = performance.now() + 1600;
  while (performance.now() < until); // like a process that is stopped
  await sleep(100);
  expect(onTimeout).not.toHaveBeenCalled();
  watch.close();
});
