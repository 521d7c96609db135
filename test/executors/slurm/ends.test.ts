import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ending, Executor, Handle } from '../../../src/executors/executor.ts';
import { createSlurmExecutor } from '../../../src/executors/slurm/executor.ts';
import type { SlurmSettings } from '../../../src/executors/slurm/settings.ts';
import { type Cluster, countingPrograms, noCluster, settingsFor, startCluster } from '../../slurm/cluster.ts';
import { isRunning } from '../conformance.ts';

const WORKER = [process.execPath, resolve('test/slurm/worker.mjs')];
/** Each step takes a second or two by itself, and ten times that beside ten other programs. */
const WAIT = { timeout: 60_000, interval: 50 };
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

interface Start {
  name: string;
  gpu?: string;
  place: { cluster: string; jobId: string; node: string; restart: number };
  greeting?: string;
  threads: string;
  pid: number;
}

describe.skipIf(noCluster !== null)(`Slurm executor${noCluster ? ` [${noCluster}]` : ''}`, () => {
  let cluster: Cluster;
  let directory: string;
  let executor: Executor;
  let settings: SlurmSettings;

  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster?.down());
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cryoem-slurm-test-'));
  });
  afterEach(async () => {
    await executor.close();
    rmSync(directory, { recursive: true, force: true });
  });

  function create(given: Partial<SlurmSettings> = {}): Executor {
    settings = settingsFor(cluster, { command: WORKER, ...given });
    executor = createSlurmExecutor(settings);
    return executor;
  }
  async function give(token: string, action: 'hold' | 'eat' | 'tell'): Promise<Handle> {
    const batchPath = join(directory, `${token}.json`);
    writeFileSync(batchPath, JSON.stringify({ slurm: { marks: directory, action } }));
    return executor.submit({ batchPath, token, logPath: join(directory, 'logs', `${token}.log`) });
  }
  const release = () => writeFileSync(join(directory, 'release'), '');
  const starts = (): Start[] =>
    existsSync(join(directory, 'events'))
      ? readFileSync(join(directory, 'events'), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [];
  const started = (count: number) =>
    vi.waitFor(() => expect(starts().length).toBeGreaterThanOrEqual(count), WAIT);
  const stateOf = async (handle: Handle) => (await executor.poll([handle])).get(handle.token)!.state;
  const endOf = (handle: Handle): Promise<Ending> =>
    vi.waitFor(async () => {
      const status = (await executor.poll([handle])).get(handle.token);
      if (status?.state !== 'ended') throw new Error(`${handle.token} is ${status?.state}`);
      return status.ending;
    }, WAIT);
  const told = (pattern: RegExp, handle: Handle) =>
    vi.waitFor(() => expect(executor.troubles([handle]).join('\n')).toMatch(pattern), WAIT);

  it('gives each movie of a job a GPU of its own, and says where it ran', async () => {
    create({
      moviesPerJob: 2,
      arguments: '--gres=gpu:a40:2 --cpus-per-task=8',
      environment: 'export GREETING="hello there"',
    });
    const handles = [
      await give('pair-one', 'tell'),
      await give('pair-two', 'tell'),
      await give('pair-three', 'tell'),
    ];
    for (const handle of handles)
      expect(await endOf(handle)).toMatchObject({ how: 'completed', exitCode: 0 });
    const [one, two, three] = ['pair-one', 'pair-two', 'pair-three'].map(
      (name) => starts().find((s) => s.name === name)!,
    );
    expect(one!.place.jobId).toBe(two!.place.jobId);
    expect(three!.place.jobId).not.toBe(one!.place.jobId);
    expect(one!.gpu).toMatch(/^\d$/);
    expect(one!.gpu).not.toBe(two!.gpu);
    expect(one!.greeting).toBe('hello there');
    expect(one!.threads).toBe('4');
    expect(one!.place).toMatchObject({ cluster: 'dev', node: expect.stringMatching(/^c[12]$/), restart: 0 });
    await vi.waitFor(
      () => expect(readdirSync(directory).filter((name) => name.startsWith('slurm-'))).toEqual([]),
      WAIT,
    );
  });

  it('ends one batch of a job on cancel, and leaves the other at work', async () => {
    create({ moviesPerJob: 2 });
    const [first, second] = [await give('share-one', 'hold'), await give('share-two', 'hold')];
    await started(2);
    await executor.cancel([first]);
    expect((await endOf(first)).how).toBe('cancelled');
    const pidOf = (name: string) => starts().find((start) => start.name === name)!.pid;
    expect([isRunning(pidOf('share-one')), isRunning(pidOf('share-two'))]).toEqual([false, true]);
    release();
    expect((await endOf(second)).how).toBe('completed');
  });

  it('says lost of a job whose first process is killed, and its worker ends with it', async () => {
    create();
    const handle = await give('batch-beheaded', 'hold');
    await started(1);
    const status = readFileSync(`/proc/${starts()[0]!.pid}/status`, 'utf8');
    process.kill(Number(/^PPid:\s+(\d+)/m.exec(status)![1]), 'SIGKILL');
    expect((await endOf(handle)).how).toBe('lost');
    await vi.waitFor(() => expect(isRunning(starts()[0]!.pid)).toBe(false), WAIT);
  });

  it('says revoked of a job that somebody else cancels', async () => {
    create();
    const handle = await give('batch-revoked', 'hold');
    await started(1);
    await cluster.slurm('scancel', starts()[0]!.place.jobId);
    expect(await endOf(handle)).toMatchObject({
      how: 'revoked',
      detail: expect.stringMatching(/Job \d+_1 .*cancelled by somebody else/),
    });
    expect(isRunning(starts()[0]!.pid)).toBe(false);
  });

  it('says out_of_memory of a job that is killed for its memory', async () => {
    create({ memory: '200M' });
    const handle = await give('batch-eater', 'eat');
    expect(await endOf(handle)).toMatchObject({ how: 'out_of_memory' });
  });

  it('lets a job that is queued again do its batch, once', async () => {
    create();
    const handle = await give('batch-requeued', 'hold');
    await started(1);
    const { jobId, node } = starts()[0]!.place;
    await cluster.slurm('scontrol', 'requeue', jobId);
    // Slurm would wait two minutes; its nodes refuse a job that was revoked within the same second.
    const log = join(cluster.directory, 'log', `slurmd.${node}.log`);
    const gone = `[${jobId.split('_')[0]}.batch] done with job`;
    await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toContain(gone), WAIT);
    await cluster.slurm('scontrol', 'update', `jobid=${jobId}`, 'StartTime=now+2');
    await started(2);
    expect(starts()[1]!.place.restart).toBe(1);
    expect(isRunning(starts()[0]!.pid)).toBe(false);
    expect(await stateOf(handle)).toBe('running');
    release();
    expect(await endOf(handle)).toMatchObject({ how: 'completed' });
  });

  it('finds jobs again after a restart, by what lies beside the batch file alone', async () => {
    create({ moviesPerJob: 2 });
    const handles = [await give('batch-kept-one', 'hold'), await give('batch-kept-two', 'hold')];
    await started(2);
    await executor.release();
    executor = createSlurmExecutor(settings);
    const bare = handles.map(({ token, batchPath }) => ({
      executor: 'slurm',
      token,
      id: '',
      batchPath: batchPath!,
    }));
    for (const handle of bare) expect(await stateOf(handle)).toBe('running');
    release();
    for (const handle of bare) expect((await endOf(handle)).how).toBe('completed');
    expect(starts()).toHaveLength(2);
  });

  it('cancels jobs of its own that nobody asks for any more', async () => {
    create();
    await give('batch-orphan', 'hold');
    await started(1);
    await executor.release();
    executor = createSlurmExecutor(settings);
    await vi.waitFor(() => expect(isRunning(starts()[0]!.pid)).toBe(false), WAIT);
  });

  it('keeps batches while the controller is away, says so in a sentence, and goes on by itself', async () => {
    create({ commands: { binDir: null, conf: cluster.conf, timeoutMs: 1500 } });
    const before = await give('batch-before', 'hold');
    await started(1);
    await cluster.stop('slurmctld');
    const after = await give('batch-after', 'tell');
    await told(/does not answer/, after);
    expect(executor.condition().health.state).toBe('away');
    expect(await stateOf(after)).toBe('queued');
    release();
    expect((await endOf(before)).how).toBe('completed'); // the job tells its end itself
    await cluster.start('slurmctld');
    expect((await endOf(after)).how).toBe('completed');
    expect(executor.condition().health).toEqual({ state: 'well', detail: null, since: null });
  });

  it('ends a running job on cancel while the controller is away', async () => {
    create({ commands: { binDir: null, conf: cluster.conf, timeoutMs: 1000 } });
    const handle = await give('batch-unheard', 'hold');
    await started(1);
    await cluster.stop('slurmctld');
    await executor.cancel([handle]);
    expect(isRunning(starts()[0]!.pid)).toBe(false);
    expect((await endOf(handle)).how).toBe('cancelled');
    await cluster.start('slurmctld');
  });

  it('says what Slurm refuses, and goes on when it is mended there', async () => {
    create({ partition: 'late' });
    const handle = await give('batch-late', 'tell');
    await told(/no such partition.*Invalid partition name/, handle);
    expect(executor.condition().health.state).toBe('troubled');
    await cluster.slurm('scontrol', 'create', 'PartitionName=late', 'Nodes=c1', 'State=UP');
    expect((await endOf(handle)).how).toBe('completed');
    expect(executor.troubles([handle])).toEqual([]);
  });

  it('says why a job waits that will never start', async () => {
    create({ partition: 'short', timeLimit: '60' });
    const handle = await give('batch-long', 'tell');
    await told(/A job waits in Slurm: .*time_limit in \[slurm\].*\(PartitionTimeLimit\)/, handle);
    await executor.cancel([handle]);
    expect(await cluster.slurm('squeue', '-h', '-t', 'pending,running', '-p', 'short')).toBe('');
  });

  it('says failed, with the last words of the log, of a job whose environment cannot be loaded', async () => {
    create({ environment: 'source /no/such/profile || exit 3' });
    const handle = await give('batch-bare', 'tell');
    expect(await endOf(handle)).toMatchObject({
      how: 'failed',
      detail: expect.stringMatching(/before its work began.*No such file/),
    });
  });

  it('asks Slurm once per interval, however many batches there are', async () => {
    const programs = countingPrograms(directory);
    create({
      commands: { binDir: programs.binDir, conf: cluster.conf, timeoutMs: 20_000 },
      maxJobs: 20,
      times: { ...settingsFor(cluster).times, pollMs: 1000 },
    });
    const from = performance.now();
    const handles = await Promise.all(Array.from({ length: 20 }, (_, i) => give(`many-${i}`, 'hold')));
    await started(8);
    release();
    for (const handle of handles) expect((await endOf(handle)).how).toBe('completed');
    const intervals = Math.ceil((performance.now() - from) / 1000);
    expect(programs.calls('squeue')).toBeLessThanOrEqual(intervals + 2); // one at the start, one for the version
    expect(programs.calls('sbatch')).toBeLessThanOrEqual(2);
    expect(programs.calls('sacct')).toBe(0);
  });

  it('tells whether a job would be taken', async () => {
    create();
    const good = await executor.check();
    expect(good.map(({ state }) => state)).toEqual(['well', 'well', 'well']);
    expect(good[0]!.detail).toMatch(/Slurm \d+\.\d+.* answers/);
    await executor.close();
    create({ arguments: '--gres=gpu:h100:1' });
    expect(await executor.check()).toContainEqual(
      expect.objectContaining({
        state: 'fault',
        detail: expect.stringContaining('No node of the partition'),
      }),
    );
  });
});
