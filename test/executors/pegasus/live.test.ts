import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Executor } from '../../../src/executors/executor.ts';
import { createPegasusExecutor } from '../../../src/executors/pegasus/executor.ts';
import { readJobstate } from '../../../src/executors/pegasus/jobstate.ts';
import { PEGASUS_TIMES } from '../../../src/executors/pegasus/settings.ts';
import { untilEnded } from '../../support/ending.ts';
import { STUB_WORKER } from '../process-fixture.ts';
import { settingsFor } from './fixture.ts';

/**
 * Clustering by labels with the real Pegasus, HTCondor and Slurm. No recording contains it: the recorded
 * workflows were clustered horizontally, and the stand-in follows the documentation of Pegasus. Run this
 * test on a submit host. `CRYOEM_PEGASUS_PARTITION` is the Slurm partition; `CRYOEM_PEGASUS_DIR` is a shared
 * directory that is not below /tmp (default: the home directory).
 */
const noPegasus = reasonForNoPegasus();
const LIMIT_MS = 900_000;
const BATCHES = 5;
const CLUSTER_SIZE = 2;

function reasonForNoPegasus(): string | null {
  for (const command of ['pegasus-version', 'condor_q', 'squeue'])
    try {
      execFileSync(command, command === 'squeue' ? ['--version'] : [], { stdio: 'ignore' });
    } catch {
      return `needs Pegasus, HTCondor and Slurm: ${command} does not work here`;
    }
  return null;
}

describe.skipIf(noPegasus !== null)(`real Pegasus workflows${noPegasus ? ` [${noPegasus}]` : ''}`, () => {
  let executor: Executor | null = null;
  let directory = '';
  afterEach(async () => {
    await executor?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it(
    'with more jobs than cluster_size run all of them, in cluster_size Slurm jobs',
    async () => {
      directory = mkdtempSync(join(process.env.CRYOEM_PEGASUS_DIR ?? homedir(), 'cryoem-pegasus-live-'));
      const defaults = settingsFor({ binDirectory: '', calls: () => [], remove: () => undefined });
      const pegasus = createPegasusExecutor({
        ...defaults,
        site: {
          ...defaults.site,
          partition: process.env.CRYOEM_PEGASUS_PARTITION ?? null,
          account: null,
          sbatchOptions: null,
          maxJobs: CLUSTER_SIZE,
        },
        binDir: null,
        clusterSize: CLUSTER_SIZE,
        sessionDir: directory,
        command: STUB_WORKER,
        times: PEGASUS_TIMES,
      });
      executor = pegasus;
      const cycle = join(directory, 'p_1', 'sessions', 'ttrojan', 'live', 'workflow', 'cycle-000001');
      mkdirSync(cycle, { recursive: true });
      const handles = await Promise.all(
        Array.from({ length: BATCHES }, (_, i) => {
          const token = `batch-live-${i}`;
          const batchPath = join(cycle, `${token}.json`);
          writeFileSync(batchPath, JSON.stringify({ stub: { folder: directory, action: 'exit', code: 0 } }));
          return pegasus.submit({ batchPath, token, logPath: join(cycle, 'logs', `${token}.log`) });
        }),
      );
      for (const handle of handles)
        expect(await untilEnded(pegasus, handle, { timeout: LIMIT_MS, interval: 1000 })).toMatchObject({
          how: 'completed',
        });
      const { nodes } = readJobstate(readFileSync(join(cycle, 'submit', 'jobstate.log'), 'utf8'));
      const merged = [...nodes.keys()].filter((name) => name.startsWith('merge_'));
      expect(merged).toHaveLength(CLUSTER_SIZE);
    },
    LIMIT_MS,
  );
});
