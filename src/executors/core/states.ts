/**
 * The states of a batch whose job runs on a cluster, as one table: states, events, and transitions.
 *
 *     waiting ─submit─▶ submitting ─accepted─▶ queued ─began─▶ running ─┐
 *        ▲                  │                    │                      │ seen_ended, not_seen
 *        ├─────refused──────┤                    ├──seen_ended──▶ grace ◀┘
 *        └─────not_seen── unconfirmed ◀─unanswered     grace ─grace_over─▶ ended ◀─reported─ (any)
 *
 * `reported`, the ending that the job itself writes, takes precedence over the scheduler. An event without a
 * transition in a state has no effect.
 */
export const JOB_STATES = [
  /** Not submitted, or to be submitted again. */
  'waiting',
  /** The submit command is running; reports of the scheduler are ignored meanwhile. */
  'submitting',
  /** The submit command got no response: only the scheduler can show whether the job exists. */
  'unconfirmed',
  /** The scheduler has accepted the job, which has not begun. */
  'queued',
  'running',
  /** The job had begun and has returned to the queue: its node failed, or it was preempted. */
  'requeued',
  /**
   * The job has ended according to the scheduler, or is unknown to it, but has not reported its end: a grace
   * period.
   */
  'grace',
  'ended',
] as const;
export type JobState = (typeof JOB_STATES)[number];

export const JOB_EVENTS = [
  'submit',
  'accepted',
  'refused',
  'unanswered',
  /** Found again after a restart of the service; `adopted_unsure`: the job may not have been submitted. */
  'adopted',
  'adopted_unsure',
  /** The job has begun, according to the job itself. */
  'began',
  /** Reports of the scheduler; `seen_requeued`: the job is waiting although it had begun. */
  'seen_waiting',
  'seen_requeued',
  'seen_running',
  'seen_ended',
  'not_seen',
  /** The job never began, and must be submitted again unchanged. */
  'returned',
  /** The job has reported the end of the batch. */
  'reported',
  'grace_over',
  /** No longer needed: the batch was cancelled before it began, or cannot be submitted. */
  'given_up',
] as const;
export type JobEvent = (typeof JOB_EVENTS)[number];

const COMMON_TRANSITIONS = {
  seen_running: 'running',
  seen_ended: 'grace',
  reported: 'ended',
  given_up: 'ended',
} as const;

export const TRANSITIONS: Readonly<Record<JobState, Readonly<Partial<Record<JobEvent, JobState>>>>> = {
  waiting: { submit: 'submitting', adopted: 'queued', adopted_unsure: 'unconfirmed', given_up: 'ended' },
  submitting: {
    accepted: 'queued',
    refused: 'waiting',
    unanswered: 'unconfirmed',
    reported: 'ended',
    given_up: 'ended',
  },
  unconfirmed: {
    ...COMMON_TRANSITIONS,
    began: 'running',
    seen_waiting: 'queued',
    not_seen: 'waiting',
    returned: 'waiting',
  },
  queued: { ...COMMON_TRANSITIONS, began: 'running', not_seen: 'grace', returned: 'waiting' },
  running: {
    seen_waiting: 'queued',
    seen_requeued: 'requeued',
    seen_ended: 'grace',
    not_seen: 'grace',
    reported: 'ended',
    given_up: 'ended',
  },
  requeued: { ...COMMON_TRANSITIONS, not_seen: 'grace' },
  grace: {
    seen_waiting: 'queued',
    seen_requeued: 'requeued',
    seen_running: 'running',
    returned: 'waiting',
    reported: 'ended',
    grace_over: 'ended',
    given_up: 'ended',
  },
  ended: {},
};

/** The state after an event; unchanged if the table has no transition for it. */
export const nextState = (state: JobState, event: JobEvent): JobState => TRANSITIONS[state][event] ?? state;
