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

/** Submits a batch and waits until it is in the state. */
const reach = {
  async submitting(times?: Partial<CoreTimes>) {
    const { driver } = start(times);
    driver.submitAnswers = [driver.lateAnswer.promise];
    const handle = await trial.submit(TOKEN);
    return { handle, group: await trial.untilSubmitted() };
  },
  async unconfirmed(times?: Partial<CoreTimes>) {
    const { driver } = start(times);
    driver.submitAnswers = [{ ok: false, refusal: UNREACHABLE }, driver.lateAnswer.promise];
    driver.pollRefusal = UNREACHABLE;
    const handle = await trial.submit(TOKEN);
    await trial.untilState('unconfirmed');
    return { handle, group: await trial.untilSubmitted() };
  },
  async queued(times?: Partial<CoreTimes>) {
    const { driver } = start(times);
    driver.pollRefusal = null;
    const handle = await trial.submit(TOKEN);
    const group = await trial.untilSubmitted();
    driver.setReport(group, 1, 'waiting');
    await trial.untilState('queued');
    return { handle, group };
  },
  async running(times?: Partial<CoreTimes>) {
    const batch = await reach.queued(times);
    trial.driver.setReport(batch.group, 1, 'running');
    await trial.untilState('running');
    return batch;
  },
  /** Running, as reported by the job itself. */
  async begun(times?: Partial<CoreTimes>) {
    const batch = await reach.queued(times);
    trial.driver.pollRefusal = UNREACHABLE;
    await trial.reportBegin(batch.group);
    await trial.untilTransition('queued', 'began');
    trial.driver.setReport(batch.group, 1, 'running');
    trial.driver.pollRefusal = null;
    return batch;
  },
  async requeued(times?: Partial<CoreTimes>) {
    const batch = await reach.begun(times);
    trial.driver.setReport(batch.group, 1, 'waiting');
    await trial.untilState('requeued');
    return batch;
  },
  /** In the grace period, which is long. */
  async grace(times: Partial<CoreTimes> = { settleMs: 60_000, fenceMs: 50 }) {
    const batch = await reach.queued(times);
    trial.driver.setReport(batch.group, 1, 'failed');
    await trial.untilState('grace');
    return batch;
  },
};
type ReachedBatch = { handle: Handle; group: JobGroup };
const setPhase = (phase: Parameters<typeof trial.driver.setReport>[2]) => (batch: ReachedBatch) => {
  trial.driver.pollRefusal = null;
  trial.driver.setReport(batch.group, 1, phase);
};
const reportEnd = (batch: ReachedBatch) => trial.reportEnd(batch.group, TOKEN);
const reportBegin = (batch: ReachedBatch) => trial.reportBegin(batch.group);
/** Cancels a batch whose scheduler does not respond and whose job has no heartbeat. */
const giveUp = (batch: ReachedBatch) => {
  trial.driver.pollRefusal = UNREACHABLE;
  return trial.executor.cancel([batch.handle]);
};

type Scenario = readonly [reach: () => Promise<ReachedBatch>, perform: (batch: ReachedBatch) => unknown];
/** Scenarios in which each transition occurs in the real core. */
const SCENARIOS: { readonly [S in JobState]: { readonly [E in JobEvent]?: Scenario } } = {
  waiting: {
    submit: [reach.submitting, () => undefined],
    adopted: [reach.queued, restart],
    adopted_unsure: [
      reach.queued,
      async (batch) => {
        trial.driver.recordsSubmissions = true;
        await restart(batch);
      },
    ],
    given_up: [
      async () => {
        start({ gatherMs: 60_000 });
        const handle = await trial.submit(TOKEN);
        return { handle, group: { name: '', folder: '', tasks: [], command: [], ids: [] } };
      },
      giveUp,
    ],
  },
  submitting: {
    accepted: [reach.queued, () => undefined],
    refused: [
      async () => {
        const { driver } = start();
        driver.submitAnswers = [{ ok: false, refusal: REFUSED }, driver.lateAnswer.promise];
        const handle = await trial.submit(TOKEN);
        return { handle, group: await trial.untilSubmitted() };
      },
      () => undefined,
    ],
    unanswered: [reach.unconfirmed, () => undefined],
    reported: [reach.submitting, reportEnd],
    given_up: [reach.submitting, giveUp],
  },
  unconfirmed: {
    began: [reach.unconfirmed, reportBegin],
    seen_waiting: [reach.unconfirmed, setPhase('waiting')],
    seen_running: [reach.unconfirmed, setPhase('running')],
    seen_ended: [reach.unconfirmed, setPhase('failed')],
    not_seen: [reach.unconfirmed, setPhase(null)],
    returned: [reach.unconfirmed, setPhase('returned')],
    reported: [reach.unconfirmed, reportEnd],
    given_up: [reach.unconfirmed, giveUp],
  },
  queued: {
    began: [
      reach.queued,
      (batch) => {
        trial.driver.pollRefusal = UNREACHABLE;
        return reportBegin(batch);
      },
    ],
    seen_running: [reach.queued, setPhase('running')],
    seen_ended: [reach.queued, setPhase('timeout')],
    not_seen: [reach.queued, setPhase(null)],
    returned: [reach.queued, setPhase('returned')],
    reported: [reach.queued, reportEnd],
    given_up: [reach.queued, giveUp],
  },
  running: {
    seen_waiting: [reach.running, setPhase('waiting')],
    seen_requeued: [reach.begun, setPhase('waiting')],
    seen_ended: [reach.running, setPhase('preempted')],
    not_seen: [reach.running, setPhase(null)],
    reported: [reach.running, reportEnd],
    given_up: [reach.running, giveUp],
  },
  requeued: {
    seen_running: [reach.requeued, setPhase('running')],
    seen_ended: [reach.requeued, setPhase('cancelled_externally')],
    not_seen: [reach.requeued, setPhase(null)],
    reported: [reach.requeued, reportEnd],
    given_up: [reach.requeued, giveUp],
  },
  grace: {
    seen_waiting: [reach.grace, setPhase('waiting')],
    seen_requeued: [
      async () => {
        const batch = await reach.begun({ settleMs: 60_000 });
        trial.driver.setReport(batch.group, 1, 'failed');
        await trial.untilState('grace');
        return batch;
      },
      setPhase('waiting'),
    ],
    seen_running: [reach.grace, setPhase('running')],
    returned: [reach.grace, setPhase('returned')],
    reported: [reach.grace, reportEnd],
    grace_over: [() => reach.grace({ settleMs: 50 }), () => undefined],
    given_up: [
      async () => {
        const batch = await reach.begun({ settleMs: 60_000, fenceMs: 50 });
        trial.driver.setReport(batch.group, 1, 'failed');
        await trial.untilState('grace');
        return batch;
      },
      (batch) => {
        trial.driver.submitAnswers = [{ ok: true }];
        return giveUp(batch);
      },
    ],
  },
  ended: {},
};

async function restart({ handle }: ReachedBatch): Promise<void> {
  await trial.executor.release();
  trial.open();
  await trial.executor.poll([handle]);
}

const TRANSITION_LIST = JOB_STATES.flatMap((from) =>
  JOB_EVENTS.flatMap((event) => {
    const to = TRANSITIONS[from][event];
    return to === undefined ? [] : [[from, event, to] as const];
  }),
);

describe('the state of a batch', () => {
  it.each(TRANSITION_LIST)('changes from %s, on %s, to %s', async (from, event, to) => {
    const scenario = SCENARIOS[from][event];
    if (!scenario) throw new Error(`no scenario for ${event} in ${from}`);
    const [reachState, perform] = scenario;
    await perform(await reachState());
    expect(await trial.untilTransition(from, event)).toMatchObject({ token: TOKEN, from, event, to });
  });

  it('ends once: no transition leaves the end state, which can be reached from every other state', () => {
    expect(TRANSITIONS.ended).toEqual({});
    const canEnd = new Set<JobState>(['ended']);
    for (let before = -1; before !== canEnd.size; ) {
      before = canEnd.size;
      for (const [from, , to] of TRANSITION_LIST) if (canEnd.has(to)) canEnd.add(from);
    }
    expect([...canEnd].sort()).toEqual([...JOB_STATES].sort());
  });

  it('changes to ended when its job reports its end, from every state in which the job may exist', () => {
    for (const state of JOB_STATES)
      if (state !== 'waiting') expect(nextState(state, 'reported')).toBe('ended');
  });

  it('does not change on an event without a transition', () => {
    expect(nextState('waiting', 'seen_running')).toBe('waiting');
    expect(nextState('ended', 'submit')).toBe('ended');
  });
});
