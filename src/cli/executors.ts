import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../base/errors.ts';
import { keyInFile } from '../contract/config-keys.ts';
import { CodedError } from '../contract/errors.ts';
import type { ExecutorName } from '../contract/executors.ts';
import { type AlignProgram, EXTERNAL_ALIGNERS } from '../contract/programs.ts';
import type { ServiceSettings } from '../contract/settings.ts';
import { DEFAULT_TIMES } from '../executors/core/settings.ts';
import type { Executor } from '../executors/executor.ts';
import { BUILTIN_NEED, type Need } from '../executors/local/capacity.ts';
import { createLocalExecutor } from '../executors/local/executor.ts';
import { machineGpus } from '../executors/local/gpus.ts';
import { createPegasusExecutor } from '../executors/pegasus/executor.ts';
import { PEGASUS_TIMES, type PegasusSettings } from '../executors/pegasus/settings.ts';
import { Executors } from '../executors/registry.ts';
import { createSlurmExecutor } from '../executors/slurm/executor.ts';
import type { SlurmSettings } from '../executors/slurm/settings.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * What a movie takes of this machine by the aligner that the config file names; a start that names another
 * one is not foreseen. A program that estimates the CTF counts for nothing: it is at work for a small part of
 * the time only.
 */
export function needOf(align: AlignProgram, gpus: number): Need {
  const row = EXTERNAL_ALIGNERS.find(({ name }) => name === align);
  return {
    bytesPerMovie: row?.bytesPerMovie ?? BUILTIN_NEED.bytesPerMovie,
    maxSlots: row?.needsGpu ? gpus : BUILTIN_NEED.maxSlots,
  };
}

/** How each executor is made of the settings. */
const MAKERS: Readonly<Record<ExecutorName, (settings: ServiceSettings) => Executor>> = {
  local({ local, batches, programs }) {
    const gpus = machineGpus(batches.gpusPerNode);
    const need = needOf(programs.align, gpus.length);
    return createLocalExecutor({ slots: local.slots, threads: local.threads, gpus, need });
  },
  slurm: (settings) => withGoodOptions(() => createSlurmExecutor(slurmSettings(settings))),
  pegasus: (settings) => withGoodOptions(() => createPegasusExecutor(pegasusSettings(settings))),
};

/** @throws CodedError BAD_CONFIG if an executor cannot use the site's sbatch options */
function withGoodOptions(make: () => Executor): Executor {
  try {
    return make();
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError('BAD_CONFIG', `${keyInFile('sbatchOptions')}: ${messageOf(error)}.`);
  }
}

/**
 * The executors that the site names, in its order.
 * @throws CodedError BAD_CONFIG
 */
export const createExecutors = (settings: ServiceSettings): Executors =>
  new Executors(settings.executors.map((name) => MAKERS[name](settings)));

/** @throws CodedError BAD_CONFIG if the template cannot be read */
function slurmSettings({ slurm, batches, cluster, stateDir }: ServiceSettings): SlurmSettings {
  return {
    site: siteOf(stateDir),
    commands: { binDir: slurm.binDir, conf: slurm.confPath, timeoutMs: slurm.commandTimeoutMs },
    partition: cluster.partition,
    account: cluster.account,
    sbatchOptions: cluster.sbatchOptions,
    timeLimit: slurm.timeLimit,
    memory: slurm.memory,
    constraint: slurm.constraint,
    environment: slurm.environment,
    template: slurm.templatePath === null ? null : readTemplate(slurm.templatePath),
    maxJobs: batches.maxJobs,
    batchesPerJob: batches.gpusPerNode,
    threads: slurm.threads,
    node: nodeOf(slurm.installDir),
    installDir: slurm.installDir ?? ROOT,
    command: null,
    times: { ...DEFAULT_TIMES, pollMs: slurm.pollMs, graceMs: slurm.gracePeriodMs },
  };
}

function pegasusSettings({ pegasus, batches, cluster, sessionDir }: ServiceSettings): PegasusSettings {
  return {
    site: {
      partition: cluster.partition,
      account: cluster.account,
      sbatchOptions: cluster.sbatchOptions,
      cores: pegasus.coresPerJob,
      runtimeSeconds: pegasus.runtimeSeconds,
      memoryMib: pegasus.memoryMib,
      maxJobs: batches.maxJobs,
      stageOutClusters: pegasus.stageOutClusters,
    },
    pegasusHome: pegasus.home,
    binDir: pegasus.binDir,
    clusterSize: batches.batchesPerGpu,
    batchesPerJob: batches.gpusPerNode,
    threads: pegasus.threads,
    environment: pegasus.environment,
    sessionDir,
    node: nodeOf(pegasus.installDir),
    installDir: pegasus.installDir ?? ROOT,
    command: null,
    times: { ...PEGASUS_TIMES, gatherMs: pegasus.gatherMs, commandMs: pegasus.commandTimeoutMs },
  };
}

/** Node.js as the nodes see it: that of an installation of theirs, or ours. */
const nodeOf = (installDir: string | null): string =>
  installDir === null ? process.execPath : join(installDir, 'node_modules', 'node', 'bin', 'node');

/**
 * Names a service by where it keeps its ledger: two services of one user must not take each other's jobs for
 * theirs.
 */
const siteOf = (stateDir: string): string =>
  createHash('sha256').update(`${hostname()}\n${stateDir}`).digest('hex').slice(0, 8);

function readTemplate(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CodedError(
      'BAD_CONFIG',
      `${keyInFile('slurm.template')} cannot be read: ${messageOf(error)}.`,
      { file: path },
      { cause: error },
    );
  }
}
