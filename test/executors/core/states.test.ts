import { afterEach, describe, expect, it } from 'vitest';
import type { JobGroup } from '../../../src/executors/core/driver.ts';
import type { CoreTimes } from '../../../src/executors/core/settings.ts';
import {
  JOB_EVENTS,
  JOB_STATES,
  type JobEvent,
  type JobState,
  nextState,
  TRANSITIONS,
} from '../../../src/executors/core/states.ts';
import type { Handle } from '../../../src/executors/executor.ts';
import { REFUSED, ScriptedTrial, UNREACHABLE } from './scripted-driver.ts';

const TOKEN = 'batch-arrow';
let trial: ScriptedTrial;
afterEach(() => trial?.close());

const start = (times: Partial<CoreTimes> = {}): ScriptedTrial => {
  trial = new ScriptedTrial(times);
  return trial;
};

/** Brings a batch into a state. */
const reach = {
  async submitting(times?: Partial<CoreTimes>) {
    const { driver } = start(times);
    driver.submitAnswers = [driver.late.promise];
    const handle = await trial.give(TOKEN);
    return { handle, group: await trial.group() };
  },
  async unconfirmed(times?: Partial<CoreTimes>) {
    const { driver } = start(times);
    driver.submitAnswers = [{ ok: false, refusal: UNREACHABLE }, driver.late.promise];
    driver.pollRefusal = UNREACHABLE;
    const handle = await trial.give(TOKEN);
    await trial.reached('unconfirmed');
    return { handle, group: await trial.group() };
  },
  async queued(times?: Partial<CoreTimes>) {
    const { driver } = start(times);
    driver.pollRefusal = null;
    const handle = await trial.give(TOKEN);
    const group = await trial.group();
    driver.show(group, 1, 'waiting');
    await trial.reached('queued');
    return { handle, group };
  },
  async running(times?: Partial<CoreTimes>) {
    const at = await reach.queued(times);
    trial.driver.show(at.group, 1, 'running');
    await trial.reached('running');
    return at;
  },
  /** According to the job itself. */
  async begun(times?: Partial<CoreTimes>) {
    const at = await reach.queued(times);
    trial.driver.pollRefusal = UNREACHABLE;
    await trial.begin(at.group);
    await trial.moved('queued', 'began');
    trial.driver.show(at.group, 1, 'running');
    trial.driver.pollRefusal = null;
    return at;
  },
  async requeued(times?: Partial<CoreTimes>) {
    const at = await reach.begun(times);
    trial.driver.show(at.group, 1, 'waiting');
    await trial.reached('requeued');
    return at;
  },
  /** In a long grace period. */
  async grace(times: Partial<CoreTimes> = { settleMs: 60_000, fenceMs: 50 }) {
    const at = await reach.queued(times);
    trial.driver.show(at.group, 1, 'failed');
    await trial.reached('grace');
    return at;
  },
};
type At = { handle: Handle; group: JobGroup };
const show = (phase: Parameters<typeof trial.driver.show>[2]) => (at: At) => {
  trial.driver.pollRefusal = null;
  trial.driver.show(at.group, 1, phase);
};
const reported = (at: At) => trial.report(at.group, TOKEN);
const began = (at: At) => trial.begin(at.group);
/** The scheduler does not respond, and its job has no heartbeat. */
const givenUp = (at: At) => {
  trial.driver.pollRefusal = UNREACHABLE;
  return trial.executor.cancel([at.handle]);
};

type Scene = readonly [reach: () => Promise<At>, perform: (at: At) => unknown];
/** How each transition occurs in the real core. */
const SCENES: { readonly [S in JobState]: { readonly [E in JobEvent]?: Scene } } = {
  waiting: {
    submit: [reach.submitting, () => undefined],
    adopted: [reach.queued, restart],
    adopted_unsure: [
      reach.queued,
      async (at) => {
        trial.driver.recordsSubmissions = true;
        await restart(at);
      },
    ],
    given_up: [
      async () => {
        start({ gatherMs: 60_000 });
        const handle = await trial.give(TOKEN);
        return { handle, group: { name: '', folder: '', tasks: [], command: [], ids: [] } };
      },
      givenUp,
    ],
  },
  submitting: {
    accepted: [reach.queued, () => undefined],
    refused: [
      async () => {
        const { driver } = start();
        driver.submitAnswers = [{ ok: false, refusal: REFUSED }, driver.late.promise];
        const handle = await trial.give(TOKEN);
        return { handle, group: await trial.group() };
      },
      () => undefined,
    ],
    unanswered: [reach.unconfirmed, () => undefined],
    reported: [reach.submitting, reported],
    given_up: [reach.submitting, givenUp],
  },
  unconfirmed: {
    began: [reach.unconfirmed, began],
    seen_waiting: [reach.unconfirmed, show('waiting')],
    seen_running: [reach.unconfirmed, show('running')],
    seen_ended: [reach.unconfirmed, show('failed')],
    not_seen: [reach.unconfirmed, show(null)],
    returned: [reach.unconfirmed, show('returned')],
    reported: [reach.unconfirmed, reported],
    given_up: [reach.unconfirmed, givenUp],
  },
  queued: {
    began: [
      reach.queued,
      (at) => {
        trial.driver.pollRefusal = UNREACHABLE;
        return began(at);
      },
    ],
    seen_running: [reach.queued, show('running')],
    seen_ended: [reach.queued, show('timeout')],
    not_seen: [reach.queued, show(null)],
    returned: [reach.queued, show('returned')],
    reported: [reach.queued, reported],
    given_up: [reach.queued, givenUp],
  },
  running: {
    seen_waiting: [reach.running, show('waiting')],
    seen_requeued: [reach.begun, show('waiting')],
    seen_ended: [reach.running, show('preempted')],
    not_seen: [reach.running, show(null)],
    reported: [reach.running, reported],
    given_up: [reach.running, givenUp],
  },
  requeued: {
    seen_running: [reach.requeued, show('running')],
    seen_ended: [reach.requeued, show('revoked')],
    not_seen: [reach.requeued, show(null)],
    reported: [reach.requeued, reported],
    given_up: [reach.requeued, givenUp],
  },
  grace: {
    seen_waiting: [reach.grace, show('waiting')],
    seen_requeued: [
      async () => {
        const at = await reach.begun({ settleMs: 60_000 });
        trial.driver.show(at.group, 1, 'failed');
        await trial.reached('grace');
        return at;
      },
      show('waiting'),
    ],
    seen_running: [reach.grace, show('running')],
    returned: [reach.grace, show('returned')],
    reported: [reach.grace, reported],
    grace_over: [() => reach.grace({ settleMs: 50 }), () => undefined],
    given_up: [
      async () => {
        const at = await reach.begun({ settleMs: 60_000, fenceMs: 50 });
        trial.driver.show(at.group, 1, 'failed');
        await trial.reached('grace');
        return at;
      },
      (at) => {
        trial.driver.submitAnswers = [{ ok: true }];
        return givenUp(at);
      },
    ],
  },
  ended: {},
};

async function restart({ handle }: At): Promise<void> {
  await trial.executor.release();
  trial.open();
  await trial.executor.poll([handle]);
}

const ARROWS = JOB_STATES.flatMap((from) =>
  JOB_EVENTS.flatMap((event) => {
    const to = TRANSITIONS[from][event];
    return to === undefined ? [] : [[from, event, to] as const];
  }),
);

describe('the states of a batch', () => {
  it.each(ARROWS)('%s, %s: %s', async (from, event, to) => {
    const scene = SCENES[from][event];
    if (!scene) throw new Error(`no scene of ${event} of ${from}`);
    const [reachState, perform] = scene;
    await perform(await reachState());
    expect(await trial.moved(from, event)).toMatchObject({ token: TOKEN, from, event, to });
  });

  it('ends once: no transition leads out of the end state, and one leads there from every other state', () => {
    expect(TRANSITIONS.ended).toEqual({});
    const canEnd = new Set<JobState>(['ended']);
    for (let before = -1; before !== canEnd.size; ) {
      before = canEnd.size;
      for (const [from, , to] of ARROWS) if (canEnd.has(to)) canEnd.add(from);
    }
    expect([...canEnd].sort()).toEqual([...JOB_STATES].sort());
  });

  it('ends when its job reports it, in every state in which the job may exist', () => {
    for (const state of JOB_STATES)
      if (state !== 'waiting') expect(nextState(state, 'reported')).toBe('ended');
  });

  it('is not changed by an event without a transition', () => {
    expect(nextState('waiting', 'seen_running')).toBe('waiting');
    expect(nextState('ended', 'submit')).toBe('ended');
  });
});
