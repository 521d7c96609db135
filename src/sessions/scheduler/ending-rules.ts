import type { ErrorCode } from '../../contract/errors.ts';
import type { Ending } from '../../executors/executor.ts';

/** What happens to movies without a result when their batch has ended. */
export interface EndingRule {
  /**
   * Which of these movies lose an attempt. `first`: only the first one, because the worker processes movies
   * one after another, so that a movie that kills its worker does not use up the attempts of other movies.
   * `first_if_empty`: the first one, but only if the batch had no result at all. `none`: the movies did not
   * cause the ending.
   */
  readonly blames: 'none' | 'first' | 'first_if_empty' | 'all';
  /** Error code of a movie that lost an attempt. */
  readonly code: ErrorCode;
  /**
   * Whether the session stops if several batches in a row end like this without any result, which means that
   * workers cannot run.
   */
  readonly countsAsEmpty: boolean;
  /** Delay before the session submits again; doubled each time until there is a result. */
  readonly firstHoldMs: number;
}

const rule = (blames: EndingRule['blames'], code: ErrorCode): EndingRule => ({
  blames,
  code,
  countsAsEmpty: blames !== 'none',
  firstHoldMs: 0,
});
const uncounted = (firstHoldMs: number): EndingRule => ({ ...rule('none', 'WORKER_LOST'), firstHoldMs });

export const ENDING_RULES: Readonly<Record<Ending['how'], EndingRule>> = {
  completed: rule('all', 'WORKER_LOST'),
  failed: rule('first', 'WORKER_LOST'),
  lost: rule('first', 'WORKER_LOST'),
  out_of_memory: rule('first', 'OUT_OF_MEMORY'),
  timeout: rule('first_if_empty', 'TIME_LIMIT'),
  cancelled: uncounted(0),
  preempted: uncounted(0),
  node_failure: uncounted(1000),
  vanished: uncounted(5000),
  // A user cancelled it for some reason: it is not submitted again at once.
  cancelled_externally: uncounted(30_000),
};
