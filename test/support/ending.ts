import { vi } from 'vitest';
import type { Ending, Executor, Handle } from '../../src/executors/executor.ts';

/** How a batch ended, once it has ended. */
export const endingOf = (
  executor: Executor,
  handle: Handle,
  wait: { readonly timeout: number; readonly interval: number },
): Promise<Ending> =>
  vi.waitFor(async () => {
    const status = (await executor.poll([handle])).get(handle.token);
    if (status?.state !== 'ended') throw new Error(`${handle.token} is ${status?.state}`);
    return status.ending;
  }, wait);
