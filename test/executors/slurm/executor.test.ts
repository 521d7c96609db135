import { afterAll, beforeAll, describe } from 'vitest';
import { createSlurmExecutor } from '../../../src/executors/slurm/executor.ts';
import { type Cluster, noCluster, settingsFor, startCluster } from '../../slurm/cluster.ts';
import { describeExecutor } from '../conformance.ts';

describe.skipIf(noCluster !== null)(`Slurm${noCluster ? ` [${noCluster}]` : ''}`, () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster?.down());

  describeExecutor('slurm', {
    create: async ({ slots, command }) =>
      createSlurmExecutor(settingsFor(cluster, { maxJobs: slots, command: command ?? null })),
  });
});
