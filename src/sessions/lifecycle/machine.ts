import { isInProgress, type SessionState } from '../../contract/states.ts';

/**
 * States of a session and the events that change them. An event without an entry has no effect.
 *
 *   unknown                --found_empty-->   incomplete_or_empty
 *   unknown                --work_waits-->     needs_processing
 *   incomplete_or_empty    --work_waits-->     needs_processing
 *   needs_processing       --found_empty-->   incomplete_or_empty     (its waiting movies were removed)
 *   any                    --started-->        processing_start
 *   processing_start       --submitted-->      processing
 *   processing_start       --all_settled-->    processing_complete     (there was nothing to do)
 *   processing             --all_settled-->    processing_complete     (and the microscope is quiet)
 *   processing_complete    --continued-->      processing              (the microscope paused)
 *   processing_complete    --retried-->        processing              (failed movies got new attempts)
 *   processing_complete    --work_waits-->     needs_processing        (stopped, and then a movie arrived)
 *   processing_start | processing | processing_complete --failed--> processing_failure
 *   processing_failure     --recovered-->      processing              (raw is readable, the disk has space)
 *   processing_start | processing | processing_failure --stopped | start_lost--> needs_processing
 *
 * `started` and `stopped` are commands of a user (after a restart of the service: the last command). Stopping
 * a completed session has no effect. `start_lost`: the start is neither on the disk nor in the ledger.
 * `continued` and `retried` are for sessions that are started and not stopped, `work_waits` for all others.
 */
export type SessionSignal =
  | 'found_empty'
  | 'work_waits'
  | 'continued'
  | 'retried'
  | 'started'
  | 'submitted'
  | 'all_settled'
  | 'failed'
  | 'recovered'
  | 'stopped'
  | 'start_lost';

type Transitions = Partial<Record<SessionSignal, SessionState>>;

export const TRANSITIONS: Readonly<Record<SessionState, Transitions>> = {
  unknown: {
    found_empty: 'incomplete_or_empty',
    work_waits: 'needs_processing',
    started: 'processing_start',
  },
  incomplete_or_empty: { work_waits: 'needs_processing', started: 'processing_start' },
  needs_processing: { found_empty: 'incomplete_or_empty', started: 'processing_start' },
  processing_start: {
    started: 'processing_start',
    submitted: 'processing',
    all_settled: 'processing_complete',
    failed: 'processing_failure',
    stopped: 'needs_processing',
    start_lost: 'needs_processing',
  },
  processing: {
    started: 'processing_start',
    all_settled: 'processing_complete',
    failed: 'processing_failure',
    stopped: 'needs_processing',
    start_lost: 'needs_processing',
  },
  processing_complete: {
    started: 'processing_start',
    continued: 'processing',
    retried: 'processing',
    work_waits: 'needs_processing',
    failed: 'processing_failure',
  },
  processing_failure: {
    started: 'processing_start',
    recovered: 'processing',
    stopped: 'needs_processing',
    start_lost: 'needs_processing',
  },
};

export function nextState(state: SessionState, signal: SessionSignal): SessionState {
  return TRANSITIONS[state][signal] ?? state;
}

/** Whether a session in this state was started, and has neither been completed nor stopped since. */
export const isUnfinished = (state: SessionState): boolean =>
  isInProgress(state) || state === 'processing_failure';

/** Whether the scheduler may submit batches of a session in this state. */
export const isActive = (state: SessionState): boolean =>
  isInProgress(state) || state === 'processing_complete';
