/**
 * The life of a batch whose job runs elsewhere, as one table: states, events, and where each event leads.
 *
 *     waiting ─submit─▶ submitting ─accepted─▶ queued ─began─▶ running ─┐
 *        ▲                  │                    │                      │ seen_ended, not_seen
 *        ├─────refused──────┤                    ├──seen_ended──▶ grace ◀┘
 *        └─────not_seen── unconfirmed ◀─unanswered     grace ─grace_over─▶ ended ◀─told─ (any)
 *
 * Whatever the scheduler says, `told`, the word of the job itself, comes first. An event that has no arrow in a state
 * changes nothing.
 */
export const JOB_STATES = [
  /** With us: not submitted, or to be submitted again. */
  'waiting',
  /** The command that submits it runs now; what the scheduler shows meanwhile says nothing. */
  'submitting',
  /** That command was not answered: only the scheduler knows whether the job exists. */
  'unconfirmed',
  /** The scheduler has it; its job has not begun. */
  'queued',
  'running',
  /** Its job had begun, and waits in the queue again: its node failed, or another job went first. */
  'requeued',
  /** The scheduler calls its job ended or does not know it, and the job has not told its end: a grace period. */
  'grace',
  'ended',
] as const;
export type JobState = (typeof JOB_STATES)[number];

export const JOB_EVENTS = [
  'submit',
  'accepted',
  'refused',
  'unanswered',
  /** Found again after a restart of the service; `adopted_unsure`: it may not have been submitted. */
  'adopted',
  'adopted_unsure',
  /** By its own word, the job has begun. */
  'began',
  /** What the scheduler shows of the job; `seen_requeued`: it waits although it had begun. */
  'seen_waiting',
  'seen_requeued',
  'seen_running',
  'seen_ended',
  'not_seen',
  /** It never began, and is to be submitted again as it is. */
  'returned',
  /** By its own word, the job has ended the batch. */
  'told',
  'grace_over',
  /** Nobody waits for it any more: it was cancelled before it began, or cannot be submitted. */
  'given_up',
] as const;
export type JobEvent = (typeof JOB_EVENTS)[number];

const SEEN = { seen_running: 'running', seen_ended: 'grace', told: 'ended', given_up: 'ended' } as const;

export const TRANSITIONS: Readonly<Record<JobState, Readonly<Partial<Record<JobEvent, JobState>>>>> = {
  waiting: { submit: 'submitting', adopted: 'queued', adopted_unsure: 'unconfirmed', given_up: 'ended' },
  submitting: {
    accepted: 'queued',
    refused: 'waiting',
    unanswered: 'unconfirmed',
    told: 'ended',
    given_up: 'ended',
  },
  unconfirmed: {
    ...SEEN,
    began: 'running',
    seen_waiting: 'queued',
    not_seen: 'waiting',
    returned: 'waiting',
  },
  queued: { ...SEEN, began: 'running', not_seen: 'grace', returned: 'waiting' },
  running: {
    seen_waiting: 'queued',
    seen_requeued: 'requeued',
    seen_ended: 'grace',
    not_seen: 'grace',
    told: 'ended',
    given_up: 'ended',
  },
  requeued: { ...SEEN, not_seen: 'grace' },
  grace: {
    seen_waiting: 'queued',
    seen_requeued: 'requeued',
    seen_running: 'running',
    returned: 'waiting',
    told: 'ended',
    grace_over: 'ended',
    given_up: 'ended',
  },
  ended: {},
};

/** The state after an event; the same one where the table has no arrow for it. */
export const nextState = (state: JobState, event: JobEvent): JobState => TRANSITIONS[state][event] ?? state;
