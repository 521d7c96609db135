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
  /**
   * Whether the movies without a result are lost work, which is recorded in the timeline and shown as a
   * warning. `if_never_begun`: only if the batch was on a cluster and has no results; otherwise the errors of
   * the movies show what happened.
   */
  readonly countsAsLost: boolean | 'if_never_begun';
}

const rule = (blames: EndingRule['blames'], code: ErrorCode): EndingRule => ({
  blames,
  code,
  countsAsEmpty: blames !== 'none',
  firstHoldMs: 0,
  countsAsLost: false,
});
const ruleWithoutAttempt = (firstHoldMs: number): EndingRule => ({
  ...rule('none', 'WORKER_LOST'),
  firstHoldMs,
});
const lostWorkRule = (firstHoldMs: number): EndingRule => ({
  ...ruleWithoutAttempt(firstHoldMs),
  countsAsLost: true,
});

export const ENDING_RULES: Readonly<Record<Ending['how'], EndingRule>> = {
  completed: rule('all', 'WORKER_LOST'),
  failed: { ...rule('first', 'WORKER_LOST'), countsAsLost: 'if_never_begun' },
  lost: { ...rule('first', 'WORKER_LOST'), countsAsLost: true },
  out_of_memory: rule('first', 'OUT_OF_MEMORY'),
  timeout: rule('first_if_empty', 'TIME_LIMIT'),
  stalled: { ...rule('first', 'WORKER_STALLED'), countsAsLost: true },
  cancelled: ruleWithoutAttempt(0),
  preempted: lostWorkRule(0),
  node_failure: lostWorkRule(1000),
  vanished: lostWorkRule(5000),
  // A user cancelled it for some reason: it is not submitted again at once.
  cancelled_externally: lostWorkRule(30_000),
};
