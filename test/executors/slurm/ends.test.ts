import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Cluster,
  countingPrograms,
  noCluster,
  settingsFor,
  startCluster,
} from '../../support/slurm/cluster.ts';
import { Trial, WAIT } from '../../support/slurm/trial.ts';
import { isRunning } from '../process-fixture.ts';

describe.skipIf(noCluster !== null)(`Slurm executor${noCluster ? ` [${noCluster}]` : ''}`, () => {
  let cluster: Cluster;
  let trial: Trial;

  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster?.down());
  beforeEach(() => {
    trial = new Trial(cluster);
  });
  afterEach(() => trial.end());

  it('assigns a different GPU to each batch of a job, and reports where the batch ran', async () => {
    trial.create({
      batchesPerJob: 2,
      sbatchOptions: '--gres=gpu:a40:2 --cpus-per-task=8',
      environment: 'export GREETING="hello there"',
    });
    const handles = [
      await trial.give('pair-one', 'report'),
      await trial.give('pair-two', 'report'),
      await trial.give('pair-three', 'report'),
    ];
    for (const handle of handles)
      expect(await trial.endOf(handle)).toMatchObject({ how: 'completed', exitCode: 0 });
    const [one, two, three] = ['pair-one', 'pair-two', 'pair-three'].map(
      (name) => trial.starts().find((s) => s.name === name)!,
    );
    expect(one!.place.jobId).toBe(two!.place.jobId);
    expect(three!.place.jobId).not.toBe(one!.place.jobId);
    expect(one!.gpu).toMatch(/^\d$/);
    expect(one!.gpu).not.toBe(two!.gpu);
    expect(one!.greeting).toBe('hello there');
    expect(one!.threads).toBe('4');
    expect(one!.place).toMatchObject({ cluster: 'dev', node: expect.stringMatching(/^c[12]$/), restart: 0 });
    await vi.waitFor(
      () => expect(readdirSync(trial.directory).filter((name) => name.startsWith('slurm-'))).toEqual([]),
      WAIT,
    );
  });

  it('stops one batch of a job on cancel, and lets the other continue', async () => {
    trial.create({ batchesPerJob: 2 });
    const [first, second] = [await trial.give('share-one', 'hold'), await trial.give('share-two', 'hold')];
    await trial.started(2);
    await trial.executor.cancel([first]);
    expect((await trial.endOf(first)).how).toBe('cancelled');
    const pidOf = (name: string) => trial.starts().find((start) => start.name === name)!.pid;
    expect([isRunning(pidOf('share-one')), isRunning(pidOf('share-two'))]).toEqual([false, true]);
    trial.release();
    expect((await trial.endOf(second)).how).toBe('completed');
  });

  it('reports lost for a job whose first process is killed, which also stops its worker', async () => {
    trial.create();
    const handle = await trial.give('batch-no-parent', 'hold');
    await trial.started(1);
    const status = readFileSync(`/proc/${trial.starts()[0]!.pid}/status`, 'utf8');
    process.kill(Number(/^PPid:\s+(\d+)/m.exec(status)![1]), 'SIGKILL');
    expect((await trial.endOf(handle)).how).toBe('lost');
    await vi.waitFor(() => expect(isRunning(trial.starts()[0]!.pid)).toBe(false), WAIT);
  });

  it('reports cancelled_externally for a job that another user cancels', async () => {
    trial.create();
    const handle = await trial.give('batch-cancelled', 'hold');
    await trial.started(1);
    await cluster.slurm('scancel', trial.starts()[0]!.place.jobId);
    expect(await trial.endOf(handle)).toMatchObject({
      how: 'cancelled_externally',
      detail: expect.stringMatching(/Job \d+_1 .*cancelled outside the service/),
    });
    expect(isRunning(trial.starts()[0]!.pid)).toBe(false);
  });

  it('reports out_of_memory for a job that is killed for its memory', async () => {
    trial.create({ memory: '200M' });
    const handle = await trial.give('batch-eater', 'eat');
    expect(await trial.endOf(handle)).toMatchObject({ how: 'out_of_memory' });
  });

  it('runs the batch of a requeued job only once', async () => {
    trial.create();
    const handle = await trial.give('batch-requeued', 'hold');
    await trial.started(1);
    const { place, pid } = trial.starts()[0]!;
    await cluster.slurm('scontrol', 'requeue', place.jobId);
    await trial.startAgainSoon(place);
    await trial.started(2);
    expect(trial.starts()[1]!.place.restart).toBe(1);
    expect(isRunning(pid)).toBe(false);
    await vi.waitFor(async () => expect(await trial.stateOf(handle)).toBe('running'), WAIT);
    trial.release();
    expect(await trial.endOf(handle)).toMatchObject({ how: 'completed' });
  });

  it('finds jobs again after a restart, using only the files next to the batch file', async () => {
    trial.create({ batchesPerJob: 2 });
    const handles = [await trial.give('batch-kept-one', 'hold'), await trial.give('batch-kept-two', 'hold')];
    await trial.started(2);
    await trial.restart();

    const handlesWithoutIds = handles.map(({ token, batchPath }) => ({
      executor: 'slurm',
      token,
      id: '',
      batchPath: batchPath!,
    }));
    for (const handle of handlesWithoutIds) expect(await trial.stateOf(handle)).toBe('running');
    trial.release();
    for (const handle of handlesWithoutIds) expect((await trial.endOf(handle)).how).toBe('completed');
    expect(trial.starts()).toHaveLength(2);
  });

  it('cancels orphaned jobs', async () => {
    trial.create();
    await trial.give('batch-orphan', 'hold');
    await trial.started(1);
    await trial.restart();

    await vi.waitFor(() => expect(isRunning(trial.starts()[0]!.pid)).toBe(false), WAIT);
  });

  it('keeps batches while the controller is unreachable, reports it, and continues automatically', async () => {
    trial.create({ commands: { binDir: null, conf: cluster.conf, timeoutMs: 1500 } });
    const earlierHandle = await trial.give('batch-before', 'hold');
    await trial.started(1);
    await cluster.stop('slurmctld');
    const laterHandle = await trial.give('batch-after', 'report');
    await trial.reportsProblem(/does not respond/, laterHandle);
    expect(trial.executor.condition().health.state).toBe('unreachable');
    expect(await trial.stateOf(laterHandle)).toBe('queued');
    trial.release();
    expect((await trial.endOf(earlierHandle)).how).toBe('completed'); // the job reports its own end
    await cluster.start('slurmctld');
    expect((await trial.endOf(laterHandle)).how).toBe('completed');
    expect(trial.executor.condition().health).toEqual({ state: 'healthy', detail: null, since: null });
  });

  it('stops a running job on cancel while the controller is unreachable', async () => {
    trial.create({ commands: { binDir: null, conf: cluster.conf, timeoutMs: 1000 } });
    const handle = await trial.give('batch-unreachable', 'hold');
    await trial.started(1);
    await cluster.stop('slurmctld');
    await trial.executor.cancel([handle]);
    expect(isRunning(trial.starts()[0]!.pid)).toBe(false);
    expect((await trial.endOf(handle)).how).toBe('cancelled');
    await cluster.start('slurmctld');
  });

  it('reports why Slurm refused a job, and continues when the cause is removed', async () => {
    trial.create({ partition: 'late' });
    const handle = await trial.give('batch-late', 'report');
    await trial.reportsProblem(/does not know this partition.*Invalid partition name/, handle);
    expect(trial.executor.condition().health.state).toBe('degraded');
    await cluster.slurm('scontrol', 'create', 'PartitionName=late', 'Nodes=c1', 'State=UP');
    expect((await trial.endOf(handle)).how).toBe('completed');
    expect(trial.executor.problems([handle])).toEqual([]);
  });

  it('reports why a waiting job will never start', async () => {
    trial.create({ partition: 'short', timeLimit: '60' });
    const handle = await trial.give('batch-long', 'report');
    await trial.reportsProblem(
      /A job is waiting in Slurm: .*time_limit in \[slurm\].*\(PartitionTimeLimit\)/,
      handle,
    );
    await trial.executor.cancel([handle]);
    expect(await cluster.slurm('squeue', '-h', '-t', 'pending,running', '-p', 'short')).toBe('');
  });

  it('reports failed, with the end of the log, for a job whose environment cannot be loaded', async () => {
    trial.create({ environment: 'source /no/such/profile || exit 3' });
    const handle = await trial.give('batch-bare', 'report');
    expect(await trial.endOf(handle)).toMatchObject({
      how: 'failed',
      detail: expect.stringMatching(/before its work began.*No such file/),
    });
  });

  it('polls Slurm once per interval, however many batches there are', async () => {
    const programs = countingPrograms(trial.directory);
    trial.create({
      commands: { binDir: programs.binDir, conf: cluster.conf, timeoutMs: 20_000 },
      maxJobs: 12,
      times: { ...settingsFor(cluster).times, pollMs: 1000 },
    });
    const startMs = performance.now();
    const handles = await Promise.all(Array.from({ length: 12 }, (_, i) => trial.give(`many-${i}`, 'hold')));
    await trial.started(8);
    trial.release();
    for (const handle of handles) expect((await trial.endOf(handle)).how).toBe('completed');
    const intervals = Math.ceil((performance.now() - startMs) / 1000);
    // One more call at the start, and one for the version.
    expect(programs.calls('squeue')).toBeLessThanOrEqual(intervals + 2);
    expect(programs.calls('sbatch')).toBeLessThanOrEqual(2);
    expect(programs.calls('sacct')).toBe(0);
  });

  it('reports whether a job would be accepted', async () => {
    trial.create();
    const findings = await trial.executor.check();
    expect(findings.map(({ state }) => state)).toEqual(['ok', 'ok', 'ok']);
    expect(findings[0]!.detail).toMatch(/Slurm \d+\.\d+.* responds/);
    await trial.executor.close();
    trial.create({ sbatchOptions: '--gres=gpu:h100:1' });
    expect(await trial.executor.check()).toContainEqual(
      expect.objectContaining({
        state: 'error',
        detail: expect.stringContaining('No node of the partition'),
      }),
    );
  });
});
