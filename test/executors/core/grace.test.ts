import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GroupedBatch, newBatch } from '../../../src/executors/core/batch-store.ts';
import { endAfterGrace } from '../../../src/executors/core/grace.ts';
import { reportedEndings } from '../../../src/executors/core/outcomes.ts';
import type { Ending } from '../../../src/executors/executor.ts';
import { runPath, writeOutcome, writeRun } from '../../../src/executors/jobs/folder.ts';

const NO_WAITS = { settleMs: 0, fenceMs: 0 };
const LONG_WAITS = { settleMs: 1e9, fenceMs: 1e9 };
const SLURM = {
  title: 'Slurm',
  outOfMemory: /exceeded (job |step )?memory limit|oom[-_ ]kill|out of memory/i,
};

let folder: string;
let batch: GroupedBatch;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cryoem-grace-'));
  const submission = { token: 'batch-one', batchPath: '', logPath: '' };
  const group = {
    name: 'cryoem-site-token',
    folder,
    tasks: [[submission]],
    ids: ['12_1'],
    command: [],
    openCount: 1,
    isRemovable: true,
  };
  batch = { ...newBatch(submission), group, task: 1 };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const begin = () => writeRun(folder, 1, { run: '12_1.0.99', node: 'c1', jobId: '12_1' });
const setHeartbeat = (seconds: number) => utimesSync(runPath(folder, 1), seconds, seconds);
const isCancelled = () => existsSync(join(folder, 'batch-one.cancel'));
const endAfter = (how: Ending['how'], times: typeof NO_WAITS) => endAfterGrace(batch, how, times, SLURM);
const noExit = { exitCode: null, signal: null };

describe('a job that the scheduler has lost', () => {
  it.each(['node_failure', 'preempted'] as const)(
    '%s: its cancel file is written at once, and it ends when its heartbeats stop',
    async (how) => {
      await begin();
      setHeartbeat(1000);
      expect(await endAfter(how, LONG_WAITS)).toBeNull();
      expect(isCancelled()).toBe(true);
      setHeartbeat(1002);
      expect(await endAfter(how, { settleMs: 0, fenceMs: 0.001 })).toBeNull(); // the job is alive
      expect(await endAfter(how, NO_WAITS)).toMatchObject({ how });
    },
  );

  it('vanished: may finish while it has heartbeats', async () => {
    await begin();
    setHeartbeat(1000);
    expect(await endAfter('vanished', LONG_WAITS)).toBeNull();
    expect(isCancelled()).toBe(false);
    await writeOutcome(folder, {
      token: 'batch-one',
      run: '',
      how: 'completed',
      exitCode: 0,
      signal: null,
      detail: 'Done.',
    });
    expect(await reportedEndings([batch], 'Slurm')).toMatchObject([{ ending: { how: 'completed' } }]);
  });

  it('vanished: its cancel file is written when the service gives up waiting, in case the job starts later', async () => {
    expect(await endAfter('vanished', NO_WAITS)).toMatchObject({
      how: 'vanished',
      detail: 'Job 12_1 is no longer known to Slurm.',
    });
    expect(isCancelled()).toBe(true);
  });

  it('ends with the reason from the scheduler if the service stopped it', async () => {
    await begin();
    await endAfter('node_failure', LONG_WAITS);
    await writeOutcome(folder, {
      token: 'batch-one',
      run: '',
      how: 'cancelled',
      ...noExit,
      detail: 'It was cancelled.',
    });
    expect(await reportedEndings([batch], 'Slurm')).toMatchObject([{ ending: { how: 'node_failure' } }]);
  });
});

describe('a job that was stopped', () => {
  it('has not ended if it was interrupted: the scheduler may requeue it', async () => {
    await writeOutcome(folder, {
      token: 'batch-one',
      run: '',
      how: 'interrupted',
      ...noExit,
      detail: 'It was interrupted.',
    });
    expect(await reportedEndings([batch], 'Slurm')).toEqual([]);
    batch.isCancelRequested = true;
    expect(await reportedEndings([batch], 'Slurm')).toMatchObject([{ ending: { how: 'cancelled' } }]);
  });

  it.each<[Ending['how'], string, Ending['how']]>([
    ['timeout', '', 'timeout'],
    ['cancelled_externally', '', 'cancelled_externally'],
    ['failed', 'slurmstepd: error: Exceeded job memory limit\n', 'out_of_memory'],
    [
      'cancelled_externally',
      'slurmstepd: error: StepId=3.batch exceeded memory limit (9 > 5), being killed\n',
      'out_of_memory',
    ],
    ['failed', 'slurmstepd: error: Detected 1 oom-kill event(s) in StepId=3.batch.\n', 'out_of_memory'],
    ['failed', 'module: command not found\n', 'failed'],
    ['completed', '', 'failed'],
  ])('with the end state %s and the log %j has the ending %s', async (how, log, expected) => {
    writeFileSync(join(folder, 'task-1.log'), log);
    expect(await endAfter(how, LONG_WAITS)).toBeNull();
    expect(await endAfter(how, NO_WAITS)).toMatchObject({ how: expected });
  });

  it('is lost if its work had begun and no ending was reported', async () => {
    batch.hasBegun = true;
    expect(await endAfter('failed', NO_WAITS)).toMatchObject({ how: 'lost' });
  });
});
