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
import { BUILTIN_REQUIREMENTS, type MovieRequirements } from '../executors/local/capacity.ts';
import { createLocalExecutor } from '../executors/local/executor.ts';
import { machineGpus } from '../executors/local/gpus.ts';
import { createPegasusExecutor } from '../executors/pegasus/executor.ts';
import { PEGASUS_TIMES, type PegasusSettings } from '../executors/pegasus/settings.ts';
import { Executors } from '../executors/registry.ts';
import { createSlurmExecutor } from '../executors/slurm/executor.ts';
import type { SlurmSettings } from '../executors/slurm/settings.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Resources of this machine that a movie needs with the alignment program of the config file. An alignment
 * program that is given when a session is started is not considered, nor are programs that estimate the CTF,
 * because these run only for a small part of the time.
 */
export function movieRequirements(align: AlignProgram, gpus: number): MovieRequirements {
  const row = EXTERNAL_ALIGNERS.find(({ name }) => name === align);
  return {
    bytesPerMovie: row?.bytesPerMovie ?? BUILTIN_REQUIREMENTS.bytesPerMovie,
    maxSlots: row?.needsGpu ? gpus : BUILTIN_REQUIREMENTS.maxSlots,
  };
}

/** Creates each executor from the settings. */
const FACTORIES: Readonly<Record<ExecutorName, (settings: ServiceSettings) => Executor>> = {
  local({ local, batches, programs }) {
    const gpus = machineGpus(batches.gpusPerNode);
    const requirements = movieRequirements(programs.align, gpus.length);
    return createLocalExecutor({ slots: local.slots, threads: local.threads, gpus, requirements });
  },
  slurm: (settings) => reportingBadOptions(() => createSlurmExecutor(slurmSettings(settings))),
  pegasus: (settings) => reportingBadOptions(() => createPegasusExecutor(pegasusSettings(settings))),
};

/** @throws CodedError BAD_CONFIG if an executor cannot use the site's sbatch options */
function reportingBadOptions(create: () => Executor): Executor {
  try {
    return create();
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError('BAD_CONFIG', `${keyInFile('sbatchOptions')}: ${messageOf(error)}.`);
  }
}

/**
 * Creates the executors in the order of the config file.
 * @throws CodedError BAD_CONFIG
 */
export const createExecutors = (settings: ServiceSettings): Executors =>
  new Executors(settings.executors.map((name) => FACTORIES[name](settings)));

/** @throws CodedError BAD_CONFIG if the template cannot be read */
function slurmSettings({ slurm, batches, cluster, stateDir }: ServiceSettings): SlurmSettings {
  return {
    serviceId: serviceIdOf(stateDir),
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
    node: nodeJsPathOf(slurm.installDir),
    installDir: slurm.installDir ?? ROOT,
    command: null,
    times: { ...DEFAULT_TIMES, pollMs: slurm.pollMs, graceMs: slurm.gracePeriodMs },
  };
}

function pegasusSettings({ pegasus, slurm, batches, cluster, sessionDir }: ServiceSettings): PegasusSettings {
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
    slurmCommands: { binDir: slurm.binDir, conf: slurm.confPath, timeoutMs: slurm.commandTimeoutMs },
    node: nodeJsPathOf(pegasus.installDir),
    installDir: pegasus.installDir ?? ROOT,
    command: null,
    times: { ...PEGASUS_TIMES, gatherMs: pegasus.gatherMs, commandMs: pegasus.commandTimeoutMs },
  };
}

/** Path of Node.js on the nodes: in the installation for the nodes; without one, that of this process. */
const nodeJsPathOf = (installDir: string | null): string =>
  installDir === null ? process.execPath : join(installDir, 'node_modules', 'node', 'bin', 'node');

/**
 * Identifies a service by its machine and the location of its ledger, so that two services of one user do not
 * mistake each other's jobs for their own.
 */
const serviceIdOf = (stateDir: string): string =>
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
