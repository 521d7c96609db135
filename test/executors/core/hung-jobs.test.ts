import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCancelRequested, touchRun } from '../../../src/executors/jobs/folder.ts';
import { ScriptedHarness } from './scripted-driver.ts';

const TIMEOUT_MS = 1000;

let harness: ScriptedHarness;
beforeEach(() => {
  harness = new ScriptedHarness({ heartbeatTimeoutMs: TIMEOUT_MS });
});
afterEach(() => harness.close());

async function runningJob(token: string) {
  const handle = await harness.submit(token);
  const group = await harness.untilSubmitted();
  harness.driver.setReport(group, 1, 'running');
  await harness.reportBegin(group);
  await harness.untilState('running');
  return { handle, group };
}

describe('a job that the scheduler reports as running', () => {
  it('ends as stalled, and is cancelled, when its heartbeats have stopped', async () => {
    const { handle, group } = await runningJob('batch-hung');
    expect(await harness.endOf(handle)).toMatchObject({
      how: 'stalled',
      detail: expect.stringContaining('gave no sign of life'),
    });
    expect(await isCancelRequested(group.folder, 'batch-hung')).toBe(true);
    await expect.poll(() => harness.driver.cancelled.map(({ name }) => name)).toContain(group.name);
  });

  it('continues as long as it has heartbeats', async () => {
    const { handle, group } = await runningJob('batch-alive');
    for (let i = 0; i < 20; i++) {
      await touchRun(group.folder, 1);
      await sleep(TIMEOUT_MS / 8);
    }
    expect((await harness.executor.poll([handle])).get('batch-alive')).toEqual({ state: 'running' });
  });

  it('continues while it is suspended', async () => {
    const { handle, group } = await runningJob('batch-suspended');
    harness.driver.setReport(group, 1, 'running', { isSuspended: true });
    await sleep(2 * TIMEOUT_MS);
    expect((await harness.executor.poll([handle])).get('batch-suspended')).toEqual({ state: 'running' });
  });
});
