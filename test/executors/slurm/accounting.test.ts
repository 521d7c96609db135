import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Cluster, noAccounting, startCluster } from '../../support/slurm/cluster.ts';
import { Trial, WAIT } from '../../support/slurm/trial.ts';

const reason = noAccounting();

describe.skipIf(reason !== null)(`Slurm executor with accounting${reason ? ` [${reason}]` : ''}`, () => {
  let cluster: Cluster;
  let trial: Trial;

  beforeAll(async () => {
    cluster = await startCluster({ ACCOUNTING: '1' });
  });
  afterAll(() => cluster?.down());
  beforeEach(() => {
    trial = new Trial(cluster);
  });
  afterEach(() => trial.end());

  it('finds in the accounting records the end state of a job that has left the queue, even after a restart', async () => {
    trial.create();
    const handle = await trial.give('batch-forgotten', 'hold');
    await trial.started(1);
    await trial.executor.release();
    await cluster.slurm('scancel', trial.starts()[0]!.place.jobId);
    const accountingStates = () => cluster.slurm('sacct', '-X', '-n', '-P', '-o', 'State');
    await vi.waitFor(async () => expect(await accountingStates()).toContain('CANCELLED'), WAIT);
    await cluster.restartController('all jobs');
    await trial.restart();
    expect(await trial.endOf(handle)).toMatchObject({
      how: 'cancelled_externally',
      detail: expect.stringMatching(/cancelled outside the service/),
    });
  });

  it('reports that an account is not allowed, and continues when the account is allowed', async () => {
    trial.create({ account: 'later_7' });
    const handle = await trial.give('batch-later', 'report');
    await trial.reportsProblem(/does not allow this account in this partition.*Invalid account/, handle);
    await cluster.slurm('sacctmgr', '-i', 'add', 'account', 'later_7');
    await cluster.slurm('sacctmgr', '-i', 'add', 'user', 'root', 'account=later_7');
    expect(await trial.endOf(handle)).toMatchObject({ how: 'completed' });
    expect(trial.executor.problems([handle])).toEqual([]);
  });

  it('submits as many jobs as the account may have in the queue, reports the limit, and continues as jobs end', async () => {
    trial.create({ maxJobs: 20 });
    const handles = await Promise.all(Array.from({ length: 8 }, (_, i) => trial.give(`many-${i}`, 'hold')));
    await trial.started(3);
    await trial.reportsProblem(
      /does not accept more jobs from this account at the moment.*policy/,
      handles.at(-1)!,
    );
    expect(trial.starts()).toHaveLength(3);
    trial.release();
    for (const handle of handles) expect(await trial.endOf(handle)).toMatchObject({ how: 'completed' });
    expect(trial.executor.condition().health.state).toBe('healthy');
  });
});
