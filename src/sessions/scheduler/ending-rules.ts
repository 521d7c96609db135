import type { ErrorCode } from '../../contract/errors.ts';
import type { Ending } from '../../executors/executor.ts';

/** What happens to the movies of an ended batch that have no result. Retry rules as data. */
export interface EndingRule {
  /**
   * Which of them lose an attempt. `first`: only the first one, because the worker processes one after the
   * other, and a movie that kills its worker does not use up the attempts of the others. `first_if_empty`:
   * the first one, but only if the batch had no result at all. `none`: the ending says nothing about the
   * movies.
   */
  readonly blames: 'none' | 'first' | 'first_if_empty' | 'all';
  /** Error code of a movie that lost an attempt. */
  readonly code: ErrorCode;
  /**
   * Several batches in a row that end like this without any result mean that workers cannot work: the session
   * stops.
   */
  readonly countsAsEmpty: boolean;
  /** Delay before the session submits again, doubled each time until there is a result. */
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
  // Somebody cancelled it for a reason: not again at once.
  revoked: spared(30_000),
};
