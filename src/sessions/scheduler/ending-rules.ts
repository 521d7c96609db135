import type { ErrorCode } from '../../contract/errors.ts';
import type { Ending } from '../../executors/executor.ts';

/** What follows for the movies of a batch that has ended and left them without a result. Retry rules as data. */
export interface EndingRule {
  /**
   * Which of them have used up an attempt. `first`: the worker does one after the other, so it had begun that one
   * only, and a movie that kills its worker does not use up its neighbours' attempts. `first_if_empty`: that one, but
   * only where the batch brought no result at all. `none`: the end says nothing about the movies.
   */
  readonly blames: 'none' | 'first' | 'first_if_empty' | 'all';
  /** Of a movie that is blamed. */
  readonly code: ErrorCode;
  /** Batch after batch that ends in this way without any result means that workers cannot work: the session stops. */
  readonly countsAsEmpty: boolean;
  /** The session waits before it submits again: so long at first, twice as long each time until a result comes. */
  readonly firstHoldMs: number;
}

const rule = (blames: EndingRule['blames'], code: ErrorCode): EndingRule => ({
  blames,
  code,
  countsAsEmpty: blames !== 'none',
  firstHoldMs: 0,
});
const spared = (firstHoldMs: number): EndingRule => ({ ...rule('none', 'WORKER_LOST'), firstHoldMs });

export const ENDING_RULES: Readonly<Record<Ending['how'], EndingRule>> = {
  completed: rule('all', 'WORKER_LOST'),
  failed: rule('first', 'WORKER_LOST'),
  lost: rule('first', 'WORKER_LOST'),
  out_of_memory: rule('first', 'OUT_OF_MEMORY'),
  timeout: rule('first_if_empty', 'TIME_LIMIT'),
  cancelled: spared(0),
  preempted: spared(0),
  node_failure: spared(1000),
  vanished: spared(5000),
  // Somebody had a reason: not again at once.
  revoked: spared(30_000),
};
