import { afterAll, beforeAll, describe } from 'vitest';
import { createSlurmExecutor } from '../../../src/executors/slurm/executor.ts';
import {
  type Cluster,
  randomServiceId,
  settingsFor,
  startCluster,
  whyNoCluster,
} from '../../support/slurm/cluster.ts';
import { describeExecutor } from '../conformance.ts';

describe.skipIf(whyNoCluster !== null)(`Slurm${whyNoCluster ? ` [${whyNoCluster}]` : ''}`, () => {
  let cluster: Cluster;
  const serviceId = randomServiceId();
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster?.down());

  describeExecutor('slurm', {
    outlivesService: true,
    create: async ({ slots, command }) =>
      createSlurmExecutor(settingsFor(cluster, { serviceId, maxJobs: slots, command: command ?? null })),
  });
});
