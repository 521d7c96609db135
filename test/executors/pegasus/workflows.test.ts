import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Handle } from '../../../src/executors/executor.ts';
import { pegasusFixture, WAIT } from './fixture.ts';

/** In the format of Pegasus' monitor: the reason is on a separate line. */
const HELD_LOG =
  '11/26/26 18:20:38 Event: ULOG_JOB_HELD\n11/26/26 18:20:38  Hold reason: sbatch: error: no such account\n';

describe('Pegasus workflows, replayed by a stand-in,', () => {
  const fixture = pegasusFixture();
  const { open, submit, release, endOf, untilStarted, submitFolder } = fixture;

  it('contain the batches of a cycle that are submitted together; later batches go into another workflow', async () => {
    const executor = open();
    const cycle = join(fixture.directory, 'cycle-000001');
    const handles = await Promise.all(
      ['batch-a1', 'batch-a2', 'batch-a3'].map((token) => submit(executor, token, 'exit', cycle)),
    );
    for (const handle of handles) expect((await endOf(executor, handle)).how).toBe('completed');
    const later = await submit(executor, 'batch-a4', 'exit', cycle);
    expect((await endOf(executor, later)).how).toBe('completed');
    expect(fixture.standIn.calls().filter((name) => name === 'pegasus-plan')).toHaveLength(2);
    expect(existsSync(join(cycle, 'workflow.yml'))).toBe(true);
    expect(existsSync(join(cycle, 'workflow-002', 'workflow.yml'))).toBe(true);
  });

  it('run as many batches of a job in parallel as there are GPUs', async () => {
    const executor = open({ batchesPerJob: 4 });
    const tokens = ['batch-b1', 'batch-b2', 'batch-b3', 'batch-b4', 'batch-b5'];
    await Promise.all(tokens.map((token) => submit(executor, token, 'wait')));
    for (const token of tokens.slice(0, 4)) await untilStarted(token);
    const { jobs } = JSON.parse(readFileSync(join(fixture.directory, 'workflow.yml'), 'utf8'));
    expect(jobs).toHaveLength(2);
  });

  it('continue without the service, and a restarted service finds them by their files', async () => {
    const first = open();
    const handle = await submit(first, 'batch-c1', 'wait');
    await untilStarted('batch-c1');
    await release(first);
    const second = open();
    const handleWithoutId: Handle = {
      executor: 'pegasus',
      token: 'batch-c1',
      id: '',
      batchPath: handle.batchPath ?? '',
    };
    expect((await second.poll([handleWithoutId])).get('batch-c1')?.state).toBe('running');
    writeFileSync(join(fixture.directory, 'continue'), '');
    expect((await endOf(second, handleWithoutId)).how).toBe('completed');
    expect(fixture.standIn.calls().filter((name) => name === 'pegasus-plan')).toHaveLength(1);
  });

  it('report why their jobs are held', async () => {
    const executor = open();
    const handle = await submit(executor, 'batch-d1', 'wait');
    await untilStarted('batch-d1');
    expect(executor.problems([handle])).toEqual([]);
    writeFileSync(join(submitFolder(), 'held'), '');
    await vi.waitFor(
      () =>
        expect(executor.problems([handle])).toEqual([
          expect.stringMatching(/2 Pegasus jobs are held: .*sbatch: error/),
        ]),
      WAIT,
    );
  });

  it('that fail before their jobs begin are resumed twice; then their batches end as vanished, with the output of pegasus-analyzer', async () => {
    const executor = open({ node: '/nowhere/node' });
    const ending = await endOf(executor, await submit(executor, 'batch-f1'));
    expect(ending.how).toBe('vanished');
    expect(ending.detail).toMatch(/pegasus-analyzer reports: .* with exit code 5/);
    expect(fixture.standIn.calls().filter((name) => name === 'pegasus-run')).toHaveLength(2);
  });

  it('that fail and cannot be analyzed report this in one sentence', async () => {
    writeFileSync(
      join(fixture.standIn.binDirectory, 'pegasus-analyzer'),
      '#!/bin/sh\necho "2026-11-28 18:23:04,966:ERROR:pegasus-analyzer(212): No database found." >&2\nexit 1\n',
    );
    const executor = open({ node: '/nowhere/node' });
    const ending = await endOf(executor, await submit(executor, 'batch-f3'));
    expect(ending.detail).toBe(
      'The Pegasus workflow ended before this batch began. The reason is not known: pegasus-analyzer refused: No database found.',
    );
  });

  it('are resumed only when the monitor of their last start has ended, because pegasus-run refuses to run before that', async () => {
    const executor = open({ node: '/nowhere/node' });
    const handle = await submit(executor, 'batch-f2');
    const calls = () => fixture.standIn.calls().filter((name) => name === 'pegasus-run').length;
    await vi.waitFor(() => expect(calls()).toBe(1), WAIT);
    expect((await endOf(executor, handle)).how).toBe('vanished');
    expect(calls()).toBe(2); // neither call is rejected
    expect(executor.lastKnownState().health.state).toBe('healthy');
  });

  it('wait while Pegasus cannot be run, and are created when it can be run', async () => {
    const plan = join(fixture.standIn.binDirectory, 'pegasus-plan');
    const script = readFileSync(plan, 'utf8');
    writeFileSync(
      plan,
      '#!/bin/sh\necho "2026.11.22 18:28:19.539 UTC: [FATAL ERROR]" >&2\necho " [1] java.lang.RuntimeException: no such site" >&2\nexit 1\n',
    );
    const executor = open();
    const handle = await submit(executor, 'batch-h1');
    await vi.waitFor(
      () =>
        expect(executor.lastKnownState().health).toMatchObject({
          state: 'degraded',
          detail: expect.stringMatching(/no such site/),
        }),
      WAIT,
    );
    writeFileSync(plan, script);
    expect((await endOf(executor, handle)).how).toBe('completed');
    expect(executor.lastKnownState()).toMatchObject({ health: { state: 'healthy' }, version: '5.1.2' });
  });

  it('that were planned but not started, because HTCondor was unreachable, are started without planning again', async () => {
    const plan = join(fixture.standIn.binDirectory, 'pegasus-plan');
    const script = readFileSync(plan, 'utf8');
    writeFileSync(plan, script.replace('exec ', 'export STAND_IN_NO_SUBMIT=1\nexec '));
    const executor = open();
    expect((await endOf(executor, await submit(executor, 'batch-i1'))).how).toBe('completed');
    expect(fixture.standIn.calls().filter((name) => name === 'pegasus-plan')).toHaveLength(1);
    expect(fixture.standIn.calls()).toContain('pegasus-run');
  });

  it('that an earlier service process may just have started are not started twice', async () => {
    const first = open();
    const plan = join(fixture.standIn.binDirectory, 'pegasus-plan');
    const script = readFileSync(plan, 'utf8');
    writeFileSync(plan, script.replace('exec ', 'export STAND_IN_NO_SUBMIT=1\nexec '));
    const handle = await submit(first, 'batch-i2', 'wait');
    await vi.waitFor(() => expect(fixture.standIn.calls()).toContain('pegasus-plan'), WAIT);
    await vi.waitFor(() => expect(first.lastKnownState().health.state).not.toBe('healthy'), WAIT);
    await release(first);
    const runs = () => fixture.standIn.calls().filter((name) => name === 'pegasus-run').length;
    const before = runs();
    const second = open();
    for (let i = 0; i < 5; i++) {
      await second.poll([handle]);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(runs()).toBe(before);
  });

  it('continue while the output of pegasus-status cannot be parsed, and report it', async () => {
    const executor = open();
    const handle = await submit(executor, 'batch-l1', 'wait');
    await untilStarted('batch-l1');
    writeFileSync(join(fixture.standIn.binDirectory, 'pegasus-status'), '#!/bin/sh\necho nonsense\n');
    await vi.waitFor(
      () =>
        expect(executor.problems([handle])).toEqual([
          expect.stringMatching(/state of a Pegasus workflow is not known: .*pegasus-status/),
        ]),
      WAIT,
    );
    appendFileSync(join(fixture.directory, 'continue'), '');
    expect((await endOf(executor, handle)).how).toBe('completed');
  });

  it('of the older Pegasus 5.0 are queried in the format of that version', async () => {
    fixture.replaceStandIn({ STAND_IN_VERSION: '5.0.9' });
    const executor = open();
    const handle = await submit(executor, 'batch-k1', 'wait');
    await untilStarted('batch-k1');
    await vi.waitFor(() => expect(fixture.standIn.calls()).toContain('pegasus-status'), WAIT);
    expect(executor.lastKnownState().health.state).toBe('healthy');
    // pegasus-status 5.0 does not show held jobs. The monitor logs them, and DAGMan logs the reason.
    writeFileSync(join(submitFolder(), 'batch-0.dag.dagman.out'), HELD_LOG);
    appendFileSync(join(submitFolder(), 'jobstate.log'), '1795371761 merge_1 JOB_HELD 44.0 slurm - 3\n');
    await vi.waitFor(
      () =>
        expect(executor.problems([handle])).toEqual([
          'A Pegasus job is held: sbatch: error: no such account',
        ]),
      WAIT,
    );
    appendFileSync(join(fixture.directory, 'continue'), '');
    expect((await endOf(executor, handle)).how).toBe('completed');
  });
});
