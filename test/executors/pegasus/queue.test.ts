import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatExecutors } from '../../../src/cli/client/output.ts';
import { pendingReasons } from '../../../src/executors/pegasus/pending-jobs.ts';
import { Executors } from '../../../src/executors/registry.ts';
import { processesOf } from '../../support/slurm/cluster.ts';
import { pegasusFixture, WAIT } from './fixture.ts';

let slurmDir: string;
beforeEach(() => {
  slurmDir = mkdtempSync(join(tmpdir(), 'cryoem-squeue-'));
});
afterEach(() => rmSync(slurmDir, { recursive: true, force: true }));

describe('cryoem executors, with Pegasus workflows that a stand-in replays,', () => {
  const fixture = pegasusFixture();
  const { open, submit, untilStarted, submitFolder } = fixture;
  const parentOf = (pid: number) =>
    Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

  it('lists held jobs with the reason', async () => {
    const executor = open();
    await submit(executor, 'batch-r1', 'wait');
    await untilStarted('batch-r1');
    writeFileSync(join(submitFolder(), 'held'), '');
    await vi.waitFor(
      () =>
        expect(formatExecutors(new Executors([executor]).reports())).toMatch(
          /\npegasus: 2 Pegasus jobs are held: .*sbatch: error/,
        ),
      WAIT,
    );
  });

  it('counts a job as running only while it has heartbeats, not when it is idle or held again', async () => {
    const executor = open();
    await submit(executor, 'batch-r2', 'wait');
    await untilStarted('batch-r2');
    await vi.waitFor(() => expect(executor.lastKnownState()).toMatchObject({ running: 1, queued: 0 }), WAIT);
    const jobs = processesOf('batch-r2').map(parentOf);
    for (const pid of jobs) process.kill(pid, 'SIGSTOP');
    try {
      await vi.waitFor(
        () => expect(executor.lastKnownState()).toMatchObject({ running: 0, queued: 1 }),
        WAIT,
      );
    } finally {
      for (const pid of jobs) process.kill(pid, 'SIGCONT');
    }
    await vi.waitFor(() => expect(executor.lastKnownState()).toMatchObject({ running: 1, queued: 0 }), WAIT);
  });

  it('gives the reason why Slurm does not start a job, as the Slurm executor does', async () => {
    const queue = join(slurmDir, 'queue');
    writeFileSync(queue, '');
    writeFileSync(join(slurmDir, 'squeue'), `#!/bin/sh\ncat '${queue}'\n`, { mode: 0o755 });
    const executor = open({ slurmCommands: { binDir: slurmDir, conf: null, timeoutMs: 10_000 } });
    const handle = await submit(executor, 'batch-r3', 'wait');
    await untilStarted('batch-r3');
    expect(executor.problems([handle])).toEqual([]);
    const { name } = JSON.parse(readFileSync(join(submitFolder(), '..', 'workflow.yml'), 'utf8'));
    writeFileSync(queue, `${name}|PartitionTimeLimit\nother|PartitionDown\n${name}|Priority\n`);
    await vi.waitFor(
      () =>
        expect(executor.problems([handle])).toEqual([
          expect.stringMatching(/^A job is waiting in Slurm: .*\(PartitionTimeLimit\)\.$/),
        ]),
      WAIT,
    );
  });
});

it('reasons of pending jobs are grouped by the comments of the jobs; jobs without a comment are skipped', () => {
  expect(pendingReasons('a|Priority\n|Resources\nb|QOS(x)|y\na|Licenses\nnonsense\n')).toEqual(
    new Map([
      ['a', ['Priority', 'Licenses']],
      ['b', ['QOS(x)|y']],
    ]),
  );
});
