import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Handle } from '../../../src/executors/executor.ts';
import { type Cluster, startCluster, whyNoCluster } from '../../support/slurm/cluster.ts';
import { SlurmHarness } from '../../support/slurm/harness.ts';

const SESSION_TOKEN = 'p_1.ttrojan.20210427113_usc';

describe.skipIf(whyNoCluster !== null)(`Slurm jobs${whyNoCluster ? ` [${whyNoCluster}]` : ''}`, () => {
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

  /** Submits a batch in the folder of a session. */
  function submit(token: string): Promise<Handle> {
    const session = join(harness.directory, 'p_1', 'sessions', 'ttrojan', '20210427113_usc');
    const folder = join(session, 'workflow', 'cycle-000001');
    mkdirSync(folder, { recursive: true });
    const batchPath = join(folder, `${token}.json`);
    writeFileSync(batchPath, JSON.stringify({ slurm: { folder: harness.directory, action: 'wait' } }));
    return harness.executor.submit({ batchPath, token, logPath: join(folder, 'logs', `${token}.log`) });
  }
  const namesAndComments = () => cluster.slurm('squeue', '-h', '-t', 'running', '-o', '%j|%k');

  it('contain project, user and session in their name and comment, and are found again by a restarted service', async () => {
    harness.create();
    const handle = await submit('batch-session-1');
    await harness.untilStarted(1);
    const [name = '', comment = ''] = (await namesAndComments()).trim().split('|');
    expect(name.endsWith(`-${SESSION_TOKEN}`)).toBe(true);
    expect(comment).toBe(SESSION_TOKEN);
    await harness.restart();
    expect(await harness.stateOf(handle)).not.toBe('ended');
    harness.letContinue();
    expect((await harness.endOf(handle)).how).toBe('completed');
  });

  it('have the comment of the site, if the site sets one', async () => {
    harness.create({ sbatchOptions: '--comment=ours' });
    const handle = await submit('batch-session-2');
    await harness.untilStarted(1);
    expect((await namesAndComments()).trim().endsWith('|ours')).toBe(true);
    await harness.executor.cancel([handle]);
  });
});
