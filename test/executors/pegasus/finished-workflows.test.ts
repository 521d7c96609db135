import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { pegasusFixture, settingsFor, WAIT } from './fixture.ts';

describe('the files of Pegasus workflows, replayed by a stand-in,', () => {
  const fixture = pegasusFixture();
  const { open, submit, endOf } = fixture;
  const cycle = () =>
    join(fixture.directory, 'p_1', 'sessions', 'ttrojan', '20210427113_usc', 'workflow', 'cycle-000001');
  const openFastPolling = (changes: Parameters<typeof open>[0] = {}) =>
    open({ ...changes, times: { ...settingsFor(fixture.standIn).times, idlePollMs: 100 } });
  const submitFiles = () => readdirSync(join(cycle(), 'submit')).sort();

  it('are removed after a success, except for the plan and the logs, whose names contain project, user and session', async () => {
    const executor = openFastPolling();
    const handle = await submit(executor, 'batch-s1', 'exit', cycle());
    expect((await endOf(executor, handle)).how).toBe('completed');
    await vi.waitFor(() => {
      for (const name of submitFiles()) expect(name).toMatch(/^(braindump\.yml|jobstate\.log|.*\.dag)$/);
      expect(existsSync(join(cycle(), 'scratch'))).toBe(false);
    }, WAIT);
    expect(submitFiles()).toContain('jobstate.log');
    // condor_q and squeue show this name.
    const dag = submitFiles().find((name) => name.endsWith('.dag'));
    expect(dag).toMatch(/^p_1-ttrojan-20210427113_usc-cycle-000001-[0-9a-f]{8}-0\.dag$/);
    expect(readdirSync(cycle()), 'the planner leaves no empty tree USER/pegasus/NAME').not.toContain('cryo');
    expect(existsSync(join(cycle(), 'workflow.yml'))).toBe(true);
    expect(existsSync(handle.batchPath ?? '')).toBe(true);
  });

  it('are kept after a failure, so that users can read them', async () => {
    const executor = openFastPolling({ node: '/nowhere/node' });
    expect((await endOf(executor, await submit(executor, 'batch-s2', 'exit', cycle()))).how).toBe('vanished');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(submitFiles()).toContain('batch-0.stampede.db');
  });

  it('are removed after the next workflow of the session if their workflow ended while no service was running', async () => {
    const earlierFolder = join(cycle(), '..', 'cycle-000000', 'submit');
    mkdirSync(earlierFolder, { recursive: true });
    writeFileSync(
      join(earlierFolder, 'jobstate.log'),
      ['MONITORD_STARTED', 'DAGMAN_STARTED 34.0', 'DAGMAN_FINISHED 0', 'MONITORD_FINISHED 0']
        .map((event) => `1795371644 INTERNAL *** ${event} ***\n`)
        .join(''),
    );
    writeFileSync(join(earlierFolder, 'batch-0.stampede.db'), '');
    const executor = openFastPolling();
    await endOf(executor, await submit(executor, 'batch-s3', 'exit', cycle()));
    await vi.waitFor(() => expect(readdirSync(earlierFolder)).toEqual(['jobstate.log']), WAIT);
  });
});
