import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Cluster,
  settingsFor,
  startCluster,
  whyNoCluster,
  writeCountingWrappers,
} from '../../support/slurm/cluster.ts';
import { SlurmHarness, WAIT } from '../../support/slurm/harness.ts';
import { TEST_TIMEOUT_MS } from '../../support/test-timeout.ts';
import { isRunning } from '../process-fixture.ts';

describe.skipIf(whyNoCluster !== null)(`Slurm executor${whyNoCluster ? ` [${whyNoCluster}]` : ''}`, () => {
  let cluster: Cluster;
  let harness: SlurmHarness;

  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster?.down());
  beforeEach(() => {
    harness = new SlurmHarness(cluster);
  });
  afterEach(() => harness.end());

  it('assigns a different GPU to each batch of a job, and reports where the batch ran', async () => {
    harness.create({
      batchesPerJob: 2,
      sbatchOptions: '--gres=gpu:a40:2 --cpus-per-task=8',
      environment: 'export GREETING="hello there"',
    });
    const handles = [
      await harness.submitBatch('pair-one', 'report'),
      await harness.submitBatch('pair-two', 'report'),
      await harness.submitBatch('pair-three', 'report'),
    ];
    for (const handle of handles)
      expect(await harness.endOf(handle)).toMatchObject({ how: 'completed', exitCode: 0 });
    const [one, two, three] = ['pair-one', 'pair-two', 'pair-three'].map(
      (name) => harness.starts().find((s) => s.name === name)!,
    );
    expect(one!.jobLocation.jobId).toBe(two!.jobLocation.jobId);
    expect(three!.jobLocation.jobId).not.toBe(one!.jobLocation.jobId);
    expect(one!.gpu).toMatch(/^\d$/);
    expect(one!.gpu).not.toBe(two!.gpu);
    expect(one!.greeting).toBe('hello there');
    expect(one!.threads).toBe('4');
    expect(one!.jobLocation).toMatchObject({
      cluster: 'dev',
      node: expect.stringMatching(/^c[12]$/),
      restart: 0,
    });
    await vi.waitFor(
      () => expect(readdirSync(harness.directory).filter((name) => name.startsWith('slurm-'))).toEqual([]),
      WAIT,
    );
  });

  it('stops one batch of a job on cancel, and lets the other continue', async () => {
    harness.create({ batchesPerJob: 2 });
    const [first, second] = [
      await harness.submitBatch('share-one', 'wait'),
      await harness.submitBatch('share-two', 'wait'),
    ];
    await harness.untilStarted(2);
    await harness.executor.cancel([first]);
    expect((await harness.endOf(first)).how).toBe('cancelled');
    const pidOf = (name: string) => harness.starts().find((start) => start.name === name)!.pid;
    expect([isRunning(pidOf('share-one')), isRunning(pidOf('share-two'))]).toEqual([false, true]);
    harness.letContinue();
    expect((await harness.endOf(second)).how).toBe('completed');
  });

  it('reports lost for a job whose first process is killed, and the worker of the job stops too', async () => {
    harness.create();
    const handle = await harness.submitBatch('batch-no-parent', 'wait');
    await harness.untilStarted(1);
    const status = readFileSync(`/proc/${harness.starts()[0]!.pid}/status`, 'utf8');
    process.kill(Number(/^PPid:\s+(\d+)/m.exec(status)![1]), 'SIGKILL');
    expect((await harness.endOf(handle)).how).toBe('lost');
    await vi.waitFor(() => expect(isRunning(harness.starts()[0]!.pid)).toBe(false), WAIT);
  });

  it('reports cancelled_externally for a job that another user cancels', async () => {
    harness.create();
    const handle = await harness.submitBatch('batch-cancelled', 'wait');
    await harness.untilStarted(1);
    await cluster.slurm('scancel', harness.starts()[0]!.jobLocation.jobId);
    expect(await harness.endOf(handle)).toMatchObject({
      how: 'cancelled_externally',
      detail: expect.stringMatching(/Job \d+_1 .*cancelled outside the service/),
    });
    expect(isRunning(harness.starts()[0]!.pid)).toBe(false);
  });

  it('reports out_of_memory for a job that is killed because it uses too much memory', async () => {
    harness.create({ memory: '200M' });
    const handle = await harness.submitBatch('batch-allocates', 'allocate');
    expect(await harness.endOf(handle)).toMatchObject({ how: 'out_of_memory' });
  });

  it('runs the batch of a requeued job only once', async () => {
    harness.create();
    const handle = await harness.submitBatch('batch-requeued', 'wait');
    await harness.untilStarted(1);
    const { jobLocation, pid } = harness.starts()[0]!;
    await cluster.slurm('scontrol', 'requeue', jobLocation.jobId);
    await harness.startAgainSoon(jobLocation);
    await harness.untilStarted(2);
    expect(harness.starts()[1]!.jobLocation.restart).toBe(1);
    expect(isRunning(pid)).toBe(false);
    await vi.waitFor(async () => expect(await harness.stateOf(handle)).toBe('running'), WAIT);
    harness.letContinue();
    expect(await harness.endOf(handle)).toMatchObject({ how: 'completed' });
  });

  it('finds jobs again after a restart, using only the files next to the batch file', async () => {
    harness.create({ batchesPerJob: 2 });
    const handles = [
      await harness.submitBatch('batch-kept-one', 'wait'),
      await harness.submitBatch('batch-kept-two', 'wait'),
    ];
    await harness.untilStarted(2);
    await harness.restart();

    const handlesWithoutIds = handles.map(({ token, batchPath }) => ({
      executor: 'slurm',
      token,
      id: '',
      batchPath: batchPath!,
    }));
    for (const handle of handlesWithoutIds) expect(await harness.stateOf(handle)).toBe('running');
    harness.letContinue();
    for (const handle of handlesWithoutIds) expect((await harness.endOf(handle)).how).toBe('completed');
    expect(harness.starts()).toHaveLength(2);
  });

  it('cancels orphaned jobs', async () => {
    harness.create();
    await harness.submitBatch('batch-orphan', 'wait');
    await harness.untilStarted(1);
    await harness.restart();

    await vi.waitFor(() => expect(isRunning(harness.starts()[0]!.pid)).toBe(false), WAIT);
  });

  it('keeps batches while the controller is unreachable, reports it, and continues automatically', async () => {
    harness.create({ commands: { binDir: null, conf: cluster.conf, timeoutMs: 1500 } });
    const earlierHandle = await harness.submitBatch('batch-before', 'wait');
    await harness.untilStarted(1);
    await cluster.stop('slurmctld');
    const laterHandle = await harness.submitBatch('batch-after', 'report');
    await harness.untilProblemReported(/does not respond/, laterHandle);
    expect(harness.executor.lastKnownState().health.state).toBe('unreachable');
    expect(await harness.stateOf(laterHandle)).toBe('queued');
    harness.letContinue();
    expect((await harness.endOf(earlierHandle)).how).toBe('completed'); // the job itself reports that it has ended
    await cluster.start('slurmctld');
    expect((await harness.endOf(laterHandle)).how).toBe('completed');
    expect(harness.executor.lastKnownState().health).toEqual({ state: 'healthy', detail: null, since: null });
  });

  it('stops a running job on cancel while the controller is unreachable', async () => {
    harness.create({ commands: { binDir: null, conf: cluster.conf, timeoutMs: 1000 } });
    const handle = await harness.submitBatch('batch-unreachable', 'wait');
    await harness.untilStarted(1);
    await cluster.stop('slurmctld');
    await harness.executor.cancel([handle]);
    expect(isRunning(harness.starts()[0]!.pid)).toBe(false);
    expect((await harness.endOf(handle)).how).toBe('cancelled');
    await cluster.start('slurmctld');
  });

  it('reports why Slurm refused a job, and continues when the cause is removed', async () => {
    harness.create({ partition: 'late' });
    const handle = await harness.submitBatch('batch-late', 'report');
    await harness.untilProblemReported(/does not know this partition.*Invalid partition name/, handle);
    expect(harness.executor.lastKnownState().health.state).toBe('degraded');
    await cluster.slurm('scontrol', 'create', 'PartitionName=late', 'Nodes=c1', 'State=UP');
    expect((await harness.endOf(handle)).how).toBe('completed');
    expect(harness.executor.problems([handle])).toEqual([]);
  });

  it('reports why a waiting job will never start', async () => {
    harness.create({ partition: 'short', timeLimit: '60' });
    const handle = await harness.submitBatch('batch-long', 'report');
    await harness.untilProblemReported(
      /A job is waiting in Slurm: .*time_limit in \[slurm\].*\(PartitionTimeLimit\)/,
      handle,
    );
    await harness.executor.cancel([handle]);
    expect(await cluster.slurm('squeue', '-h', '-t', 'pending,running', '-p', 'short')).toBe('');
  });

  it('reports failed, with the end of the log, for a job whose environment cannot be loaded', async () => {
    harness.create({ environment: 'source /no/such/profile || exit 3' });
    const handle = await harness.submitBatch('batch-bare', 'report');
    expect(await harness.endOf(handle)).toMatchObject({
      how: 'failed',
      detail: expect.stringMatching(/before its work began.*No such file/),
    });
  });

  it('polls Slurm once per interval, however many batches there are', async () => {
    const programs = writeCountingWrappers(harness.directory);
    harness.create({
      commands: { binDir: programs.binDir, conf: cluster.conf, timeoutMs: TEST_TIMEOUT_MS },
      maxJobs: 12,
      times: { ...settingsFor(cluster).times, pollMs: 1000 },
    });
    const startMs = performance.now();
    const handles = await Promise.all(
      Array.from({ length: 12 }, (_, i) => harness.submitBatch(`many-${i}`, 'wait')),
    );
    await harness.untilStarted(8);
    harness.letContinue();
    for (const handle of handles) expect((await harness.endOf(handle)).how).toBe('completed');
    const intervals = Math.ceil((performance.now() - startMs) / 1000);
    // One more call at the start, and one for the version.
    expect(programs.calls('squeue')).toBeLessThanOrEqual(intervals + 2);
    expect(programs.calls('sbatch')).toBeLessThanOrEqual(2);
    expect(programs.calls('sacct')).toBe(0);
  });

  it('reports whether a job would be accepted', async () => {
    harness.create();
    const findings = await harness.executor.check();
    expect(findings.map(({ state }) => state)).toEqual(['ok', 'ok', 'ok']);
    expect(findings[0]!.detail).toMatch(/Slurm \d+\.\d+.* responds/);
    await harness.executor.close();
    harness.create({ sbatchOptions: '--gres=gpu:h100:1' });
    expect(await harness.executor.check()).toContainEqual(
      expect.objectContaining({
        state: 'error',
        detail: expect.stringContaining('No node of the partition'),
      }),
    );
  });
});
