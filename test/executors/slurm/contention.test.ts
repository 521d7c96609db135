import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Cluster, startCluster, whyNoCluster } from '../../support/slurm/cluster.ts';
import { SlurmHarness, WAIT } from '../../support/slurm/harness.ts';
import { isRunning } from '../process-fixture.ts';

describe.skipIf(whyNoCluster !== null)(
  `Slurm executor on a shared cluster${whyNoCluster ? ` [${whyNoCluster}]` : ''}`,
  () => {
    let cluster: Cluster;
    let harness: SlurmHarness;

    beforeAll(async () => {
      cluster = await startCluster();
    });
    afterAll(() => cluster?.down());
    beforeEach(() => {
      harness = new SlurmHarness(cluster);
    });
    afterEach(async () => {
      await harness.end();
      await cluster.slurm('scancel', '--partition=urgent');
    });

    /** Submits a job of another user that needs all nodes, with priority over jobs in other partitions. */
    const submitAsOtherUser = () =>
      cluster.slurm('sbatch', '-o', '/dev/null', '-p', 'urgent', '-N2', '--exclusive', '--wrap=sleep 600');

    it('reports preempted for a job that is cancelled in favour of another job', async () => {
      harness.create({ partition: 'cancelled' });
      const handle = await harness.submitBatch('batch-cancelled', 'wait');
      await harness.untilStarted(1);
      await submitAsOtherUser();
      expect(await harness.endOf(handle)).toMatchObject({
        how: 'preempted',
        detail: expect.stringMatching(/^Job \d+_1 on c[12] was preempted by another job/),
      });
      expect(isRunning(harness.starts()[0]!.pid)).toBe(false);
    });

    it('waits while a job is requeued in favour of another job, reports it, and continues automatically', async () => {
      harness.create({ partition: 'requeued' });
      const handle = await harness.submitBatch('batch-requeued', 'wait');
      await harness.untilStarted(1);
      const { jobLocation, pid } = harness.starts()[0]!;
      await submitAsOtherUser();
      await harness.untilProblemReported(
        /A job is waiting in Slurm: .*requeued after.*\(BeginTime\)/,
        handle,
      );
      expect(await harness.stateOf(handle)).toBe('queued');
      expect(isRunning(pid)).toBe(false);
      await cluster.slurm('scancel', '--partition=urgent');
      await harness.startAgainSoon(jobLocation);
      await harness.untilStarted(2);
      harness.letContinue();
      expect(await harness.endOf(handle)).toMatchObject({ how: 'completed' });
      expect(harness.starts().map(({ jobLocation: { restart } }) => restart)).toEqual([0, 1]);
    });

    const setNodes = (state: string) =>
      cluster.slurm('scontrol', 'update', 'nodename=c1,c2', `state=${state}`, 'reason=test');
    /** Expects that a job waits while no node is available, and that the executor reports why. */
    async function expectWaitReported(makeNodesAvailable: () => Promise<unknown>): Promise<void> {
      harness.create();
      const handle = await harness.submitBatch('batch-waiting', 'report');
      await harness.untilProblemReported(
        /A job is waiting in Slurm: no available node has the requested resources.*\(.*DRAINED/,
        handle,
      );
      await makeNodesAvailable();
      expect(await harness.endOf(handle)).toMatchObject({ how: 'completed' });
      expect(harness.executor.problems([handle])).toEqual([]);
    }

    it('reports why jobs wait if nodes are drained, and continues', async () => {
      await setNodes('drain');
      await expectWaitReported(() => setNodes('resume'));
    });

    it('reports why jobs wait if nodes are down, and continues', async () => {
      // A running slurmd would register again, which ends the state `down`.
      for (const node of ['c1', 'c2'] as const) await cluster.stop(node);
      await setNodes('down');
      await expectWaitReported(async () => {
        for (const node of ['c1', 'c2'] as const) await cluster.start(node);
      });
    });
  },
);

describe.skipIf(whyNoCluster !== null)(
  `Slurm executor on a cluster that accepts few jobs${whyNoCluster ? ` [${whyNoCluster}]` : ''}`,
  () => {
    let cluster: Cluster;
    let harness: SlurmHarness;

    beforeEach(async () => {
      cluster = await startCluster({ MAX_JOB_COUNT: '12', MAX_ARRAY_SIZE: '5' });
      harness = new SlurmHarness(cluster);
    });
    afterEach(async () => {
      await harness?.end();
      cluster?.down();
    });

    const submitMany = (count: number) =>
      Promise.all(Array.from({ length: count }, (_, i) => harness.submitBatch(`many-${i}`, 'report')));

    it('submits arrays within the size limit of the site', async () => {
      harness.create({ maxJobs: 20 });
      for (const handle of await submitMany(7))
        expect(await harness.endOf(handle)).toMatchObject({ how: 'completed' });
      const names = (await cluster.slurm('squeue', '-h', '-t', 'all', '-o', '%j')).trim().split('\n');
      expect(new Set(names).size).toBeGreaterThan(1);
    });

    it('fills the queue, reports that it is full, and continues when there is room', async () => {
      harness.create({ maxJobs: 30 });
      // Jobs of another user that never start.
      for (let i = 0; i < 3; i++) await cluster.slurm('sbatch', '--hold', '--array=1-3', '--wrap=true');
      const handles = await submitMany(8);
      await harness.untilProblemReported(
        /The Slurm queue is full.*temporarily unable to accept job/,
        handles.at(-1)!,
      );
      await vi.waitFor(() => expect(harness.starts().length).toBeGreaterThan(0), WAIT);
      expect(harness.executor.lastKnownState().health.state).toBe('degraded');
      const text = readFileSync(cluster.conf, 'utf8');
      writeFileSync(cluster.conf, text.replace('MaxJobCount=12', 'MaxJobCount=100'));
      await cluster.restartController();
      for (const handle of handles) expect(await harness.endOf(handle)).toMatchObject({ how: 'completed' });
      expect(harness.executor.lastKnownState().health.state).toBe('healthy');
    });
  },
);
