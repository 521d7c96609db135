import { afterAll, beforeAll, describe } from 'vitest';
import { createSlurmExecutor } from '../../../src/executors/slurm/executor.ts';
import {
  type Cluster,
  noCluster,
  randomSite,
  settingsFor,
  startCluster,
} from '../../support/slurm/cluster.ts';
import { describeExecutor } from '../conformance.ts';

describe.skipIf(noCluster !== null)(`Slurm${noCluster ? ` [${noCluster}]` : ''}`, () => {
  let cluster: Cluster;
  const site = randomSite();
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster?.down());

  describeExecutor('slurm', {
    outlivesService: true,
    create: async ({ slots, command }) =>
      createSlurmExecutor(settingsFor(cluster, { site, maxJobs: slots, command: command ?? null })),
  });
});
