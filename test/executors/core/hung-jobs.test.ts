import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCancelRequested, touchRun } from '../../../src/executors/jobs/folder.ts';
import { ScriptedTrial } from './scripted-driver.ts';

const TIMEOUT_MS = 1000;

let trial: ScriptedTrial;
beforeEach(() => {
  trial = new ScriptedTrial({ heartbeatTimeoutMs: TIMEOUT_MS });
});
afterEach(() => trial.close());

async function runningJob(token: string) {
  const handle = await trial.submit(token);
  const group = await trial.untilSubmitted();
  trial.driver.setReport(group, 1, 'running');
  await trial.reportBegin(group);
  await trial.untilState('running');
  return { handle, group };
}

describe('a job that runs according to the scheduler', () => {
  it('ends as stalled, and is cancelled, when its heartbeats have stopped', async () => {
    const { handle, group } = await runningJob('batch-hung');
    expect(await trial.endOf(handle)).toMatchObject({
      how: 'stalled',
      detail: expect.stringContaining('gave no sign of life'),
    });
    expect(await isCancelRequested(group.folder, 'batch-hung')).toBe(true);
    await expect.poll(() => trial.driver.cancelled.map(({ name }) => name)).toContain(group.name);
  });

  it('continues as long as it has heartbeats', async () => {
    const { handle, group } = await runningJob('batch-alive');
    for (let i = 0; i < 20; i++) {
      await touchRun(group.folder, 1);
      await sleep(TIMEOUT_MS / 8);
    }
    expect((await trial.executor.poll([handle])).get('batch-alive')).toEqual({ state: 'running' });
  });

  it('continues while the scheduler has suspended it', async () => {
    const { handle, group } = await runningJob('batch-suspended');
    trial.driver.setReport(group, 1, 'running', { isSuspended: true });
    await sleep(2 * TIMEOUT_MS);
    expect((await trial.executor.poll([handle])).get('batch-suspended')).toEqual({ state: 'running' });
  });
});
