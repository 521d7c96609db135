import { vi } from 'vitest';
import type { Ending, Executor, Handle } from '../../src/executors/executor.ts';

/** Waits until the batch has ended. @returns how it ended */
export const untilEnded = (
  executor: Executor,
  handle: Handle,
  wait: { readonly timeout: number; readonly interval: number },
): Promise<Ending> =>
  vi.waitFor(async () => {
    const status = (await executor.poll([handle])).get(handle.token);
    if (status?.state !== 'ended') throw new Error(`${handle.token} is ${status?.state}`);
    return status.ending;
  }, wait);
