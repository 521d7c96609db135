import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Cluster, startCluster, whyNoAccounting } from '../../support/slurm/cluster.ts';
import { SlurmHarness, WAIT } from '../../support/slurm/harness.ts';

const reason = whyNoAccounting();

describe.skipIf(reason !== null)(`Slurm executor with accounting${reason ? ` [${reason}]` : ''}`, () => {
  let cluster: Cluster;
  let harness: SlurmHarness;

  beforeAll(async () => {
    cluster = await startCluster({ ACCOUNTING: '1' });
  });
  afterAll(() => cluster?.down());
  beforeEach(() => {
    harness = new SlurmHarness(cluster);
  });
  afterEach(() => harness.end());

  it('finds in the accounting records the end state of a job that has left the queue, even after a restart', async () => {
    harness.create();
    const handle = await harness.submitBatch('batch-forgotten', 'wait');
    await harness.untilStarted(1);
    await harness.executor.release();
    await cluster.slurm('scancel', harness.starts()[0]!.jobLocation.jobId);
    const accountingStates = () => cluster.slurm('sacct', '-X', '-n', '-P', '-o', 'State');
    await vi.waitFor(async () => expect(await accountingStates()).toContain('CANCELLED'), WAIT);
    await cluster.restartController('all jobs');
    await harness.restart();
    expect(await harness.endOf(handle)).toMatchObject({
      how: 'cancelled_externally',
      detail: expect.stringMatching(/cancelled outside the service/),
    });
  });

  it('reports that an account is not allowed, and continues when the account is allowed', async () => {
    harness.create({ account: 'later_7' });
    const handle = await harness.submitBatch('batch-later', 'report');
    await harness.untilProblemReported(
      /does not allow this account in this partition.*Invalid account/,
      handle,
    );
    await cluster.slurm('sacctmgr', '-i', 'add', 'account', 'later_7');
    await cluster.slurm('sacctmgr', '-i', 'add', 'user', 'root', 'account=later_7');
    expect(await harness.endOf(handle)).toMatchObject({ how: 'completed' });
    expect(harness.executor.problems([handle])).toEqual([]);
  });

  it('submits as many jobs as the account may have in the queue, reports the limit, and continues as jobs end', async () => {
    harness.create({ maxJobs: 20 });
    const handles = await Promise.all(
      Array.from({ length: 8 }, (_, i) => harness.submitBatch(`many-${i}`, 'wait')),
    );
    await harness.untilStarted(3);
    await harness.untilProblemReported(
      /does not accept more jobs from this account at the moment.*policy/,
      handles.at(-1)!,
    );
    expect(harness.starts()).toHaveLength(3);
    harness.letContinue();
    for (const handle of handles) expect(await harness.endOf(handle)).toMatchObject({ how: 'completed' });
    expect(harness.executor.lastKnownState().health.state).toBe('healthy');
  });
});
