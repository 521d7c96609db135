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
import { REFUSED, ScriptedHarness, UNREACHABLE } from './scripted-driver.ts';

const TOKEN = 'batch-arrow';
let harness: ScriptedHarness;
afterEach(() => harness?.close());

const start = (times: Partial<CoreTimes> = {}): ScriptedHarness => {
  harness = new ScriptedHarness(times);
  return harness;
};

/** Each function submits a batch and waits until it is in the state of this name. */
const reach = {
  async submitting(times?: Partial<CoreTimes>) {
    const { driver } = start(times);
    driver.submitResponses = [driver.lateResponse.promise];
    const handle = await harness.submit(TOKEN);
    return { handle, group: await harness.untilSubmitted() };
  },
  async unconfirmed(times?: Partial<CoreTimes>) {
    const { driver } = start(times);
    driver.submitResponses = [{ ok: false, refusal: UNREACHABLE }, driver.lateResponse.promise];
    driver.pollRefusal = UNREACHABLE;
    const handle = await harness.submit(TOKEN);
    await harness.untilState('unconfirmed');
    return { handle, group: await harness.untilSubmitted() };
  },
  async queued(times?: Partial<CoreTimes>) {
    const { driver } = start(times);
    driver.pollRefusal = null;
    const handle = await harness.submit(TOKEN);
    const group = await harness.untilSubmitted();
    driver.setReport(group, 1, 'waiting');
    await harness.untilState('queued');
    return { handle, group };
  },
  async running(times?: Partial<CoreTimes>) {
    const batch = await reach.queued(times);
    harness.driver.setReport(batch.group, 1, 'running');
    await harness.untilState('running');
    return batch;
  },
  /** Running, as reported by the job itself. */
  async begun(times?: Partial<CoreTimes>) {
    const batch = await reach.queued(times);
    harness.driver.pollRefusal = UNREACHABLE;
    await harness.reportBegin(batch.group);
    await harness.untilTransition('queued', 'began');
    harness.driver.setReport(batch.group, 1, 'running');
    harness.driver.pollRefusal = null;
    return batch;
  },
  async requeued(times?: Partial<CoreTimes>) {
    const batch = await reach.begun(times);
    harness.driver.setReport(batch.group, 1, 'waiting');
    await harness.untilState('requeued');
    return batch;
  },
  /** In a long grace period. */
  async grace(times: Partial<CoreTimes> = { settleMs: 60_000, fenceMs: 50 }) {
    const batch = await reach.queued(times);
    harness.driver.setReport(batch.group, 1, 'failed');
    await harness.untilState('grace');
    return batch;
  },
};
type ReachedBatch = { handle: Handle; group: JobGroup };
const setPhase = (phase: Parameters<typeof harness.driver.setReport>[2]) => (batch: ReachedBatch) => {
  harness.driver.pollRefusal = null;
  harness.driver.setReport(batch.group, 1, phase);
};
const reportEnd = (batch: ReachedBatch) => harness.reportEnd(batch.group, TOKEN);
const reportBegin = (batch: ReachedBatch) => harness.reportBegin(batch.group);
/** Cancels a batch whose scheduler does not respond and whose job has no heartbeat. */
const giveUp = (batch: ReachedBatch) => {
  harness.driver.pollRefusal = UNREACHABLE;
  return harness.executor.cancel([batch.handle]);
};

type Scenario = readonly [reach: () => Promise<ReachedBatch>, perform: (batch: ReachedBatch) => unknown];
/** For each transition, a scenario in which it occurs in the real core. */
const SCENARIOS: { readonly [S in JobState]: { readonly [E in JobEvent]?: Scenario } } = {
  waiting: {
    submit: [reach.submitting, () => undefined],
    adopted: [reach.queued, restart],
    adopted_unsure: [
      reach.queued,
      async (batch) => {
        harness.driver.recordsSubmissions = true;
        await restart(batch);
      },
    ],
    given_up: [
      async () => {
        start({ gatherMs: 60_000 });
        const handle = await harness.submit(TOKEN);
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
        driver.submitResponses = [{ ok: false, refusal: REFUSED }, driver.lateResponse.promise];
        const handle = await harness.submit(TOKEN);
        return { handle, group: await harness.untilSubmitted() };
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
        harness.driver.pollRefusal = UNREACHABLE;
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
        harness.driver.setReport(batch.group, 1, 'failed');
        await harness.untilState('grace');
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
        harness.driver.setReport(batch.group, 1, 'failed');
        await harness.untilState('grace');
        return batch;
      },
      (batch) => {
        harness.driver.submitResponses = [{ ok: true }];
        return giveUp(batch);
      },
    ],
  },
  ended: {},
};

async function restart({ handle }: ReachedBatch): Promise<void> {
  await harness.executor.release();
  harness.open();
  await harness.executor.poll([handle]);
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
    expect(await harness.untilTransition(from, event)).toMatchObject({ token: TOKEN, from, event, to });
  });

  it('ends once: no transition leaves the end state, which can be reached from every other state', () => {
    expect(TRANSITIONS.ended).toEqual({});
    const canEnd = new Set<JobState>(['ended']);
    for (let previousSize = -1; previousSize !== canEnd.size; ) {
      previousSize = canEnd.size;
      for (const [from, , to] of TRANSITION_LIST) if (canEnd.has(to)) canEnd.add(from);
    }
    expect([...canEnd].sort()).toEqual([...JOB_STATES].sort());
  });

  it('changes to ended when its job reports that it has ended, from every state in which the job may exist', () => {
    for (const state of JOB_STATES)
      if (state !== 'waiting') expect(nextState(state, 'reported')).toBe('ended');
  });

  it('does not change on an event without a transition', () => {
    expect(nextState('waiting', 'seen_running')).toBe('waiting');
    expect(nextState('ended', 'submit')).toBe('ended');
  });
});
