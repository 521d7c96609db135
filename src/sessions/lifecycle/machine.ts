import { isInProgress, type SessionState } from '../../contract/states.ts';

/**
 * States of a session and the events that change it. A missing entry means that the event has no effect.
 *
 *   unknown                --found_empty-->   incomplete_or_empty
 *   unknown                --work_waits-->     needs_processing
 *   incomplete_or_empty    --work_waits-->     needs_processing
 *   needs_processing       --found_empty-->   incomplete_or_empty     (its waiting movies were taken away)
 *   any                    --started-->        processing_start
 *   processing_start       --submitted-->      processing
 *   processing_start       --all_settled-->    processing_complete     (nothing was left to do)
 *   processing             --all_settled-->    processing_complete     (and the microscope is quiet)
 *   processing_complete    --continued-->      processing              (the microscope paused)
 *   processing_complete    --work_waits-->     needs_processing        (it was stopped, then a movie came)
 *   processing_start | processing | processing_complete --failed--> processing_failure
 *   processing_failure     --recovered-->      processing              (raw is back, the disk has space)
 *   processing_start | processing | processing_failure --stopped | start_lost--> needs_processing
 *
 * `started` and `stopped` are commands of a user (after a restart of the service: the last one). A stop of
 * a completed session has no effect. `start_lost`: neither the disk nor the ledger has the start any more.
 * `continued` is for a session that is to be processed, `work_waits` for any other.
 */
export type SessionSignal =
  | 'found_empty'
  | 'work_waits'
  | 'continued'
  | 'started'
  | 'submitted'
  | 'all_settled'
  | 'failed'
  | 'recovered'
  | 'stopped'
  | 'start_lost';

type Arrows = Partial<Record<SessionSignal, SessionState>>;

export const TRANSITIONS: Readonly<Record<SessionState, Arrows>> = {
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

/** States that a session leaves by its own work, or by a stop. */
export const isUnfinished = (state: SessionState): boolean =>
  isInProgress(state) || state === 'processing_failure';

/** States in which the scheduler may submit work of a session. */
export const isActive = (state: SessionState): boolean =>
  isInProgress(state) || state === 'processing_complete';
