import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mostJobs, type ServiceConfig } from '../contract/config.ts';
import { CodedError } from '../contract/errors.ts';
import { type ExecutorName, executorNames } from '../contract/executors.ts';
import type { AlignProgram } from '../contract/programs.ts';
import type { Executor } from '../executors/executor.ts';
import { BUILTIN_NEED, type Need } from '../executors/local/capacity.ts';
import { createLocalExecutor } from '../executors/local/executor.ts';
import { machineGpus } from '../executors/local/gpus.ts';
import { createPegasusExecutor } from '../executors/pegasus/executor.ts';
import { PEGASUS_TIMES, type PegasusSettings } from '../executors/pegasus/settings.ts';
import { Executors } from '../executors/registry.ts';
import { createSlurmExecutor } from '../executors/slurm/executor.ts';
import { SLURM_TIMES, type SlurmSettings } from '../executors/slurm/settings.ts';
import { stateDirOf } from '../sessions/ledger/open.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** RELION 3.1.3 took 5.3 GiB for a movie of 4096x4096x40 and 9.2 GiB for one of 5760x4092x50. */
const RELION_BYTES_PER_MOVIE = 10 * 1024 ** 3;

/** What a movie takes of this machine by the program that the config file names; a start that names another one is not foreseen. */
export function needOf(align: AlignProgram, gpus: number): Need {
  switch (align) {
    case 'builtin':
      return BUILTIN_NEED;
    case 'relion':
      return { ...BUILTIN_NEED, bytesPerMovie: RELION_BYTES_PER_MOVIE };
    case 'motioncor2':
    case 'motioncor3':
      return { ...BUILTIN_NEED, mostSlots: gpus };
  }
}

/** How each executor is made of the config file. */
const MAKERS: Readonly<Record<ExecutorName, (config: ServiceConfig) => Executor>> = {
  local({ local, params, programs }) {
    const gpus = machineGpus(params.no_of_gpus);
    const need = needOf(programs.align, gpus.length);
    return createLocalExecutor({ slots: local.slots, threads: local.threads, gpus, need });
  },
  slurm: (config) => withGoodOptions(() => createSlurmExecutor(slurmSettings(config))),
  pegasus: (config) => withGoodOptions(() => createPegasusExecutor(pegasusSettings(config))),
};

/** @throws CodedError BAD_CONFIG where an executor cannot take what the site gives to sbatch */
function withGoodOptions(make: () => Executor): Executor {
  try {
    return make();
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError('BAD_CONFIG', `[params] glite_arguments: ${(error as Error).message}.`);
  }
}

/**
 * The executors that the config file names, in its order.
 * @throws CodedError BAD_CONFIG
 */
export const createExecutors = (config: ServiceConfig): Executors =>
  new Executors(executorNames(config.general.executor).map((name) => MAKERS[name](config)));

/** @throws CodedError BAD_CONFIG where the template cannot be read */
export function slurmSettings(config: ServiceConfig): SlurmSettings {
  const { params, slurm, general } = config;
  const installDir = slurm.install_dir ?? ROOT;
  return {
    site: siteOf(stateDirOf(general.state_dir)),
    commands: { binDir: slurm.bin_dir, conf: slurm.conf, timeoutMs: slurm.command_seconds * 1000 },
    partition: params.partition,
    account: params.account,
    arguments: params.glite_arguments,
    timeLimit: slurm.time_limit,
    memory: slurm.memory,
    constraint: slurm.constraint,
    environment: slurm.environment,
    template: slurm.template === null ? null : readTemplate(slurm.template),
    maxJobs: mostJobs(params, general.debug),
    moviesPerJob: params.no_of_gpus,
    threads: slurm.threads,
    node: nodeOf(slurm.install_dir),
    installDir,
    command: null,
    times: { ...SLURM_TIMES, pollMs: slurm.poll_seconds * 1000, graceMs: slurm.grace_seconds * 1000 },
  };
}

export function pegasusSettings(config: ServiceConfig): PegasusSettings {
  const { params, pegasus, general } = config;
  const installDir = pegasus.install_dir ?? ROOT;
  return {
    site: {
      partition: params.partition,
      account: params.account,
      gliteArguments: params.glite_arguments,
      cores: pegasus.cores,
      runtimeSeconds: pegasus.runtime_minutes * 60,
      memoryMib: pegasus.memory_mb,
      maxJobs: mostJobs(params, general.debug),
      // The predecessor's rule: a tenth of the files of a cycle.
      stageoutClusters:
        params.pegasus_stageout_clusters ?? Math.max(1, Math.ceil(params.no_of_files_to_proc_in_cycle / 10)),
    },
    pegasusHome: pegasus.home,
    binDirectory: pegasus.bin_dir,
    clusterSize: params.cluster_size,
    moviesPerJob: params.no_of_gpus,
    threads: pegasus.threads,
    environment: pegasus.environment,
    sessionDir: general.session_dir,
    node: nodeOf(pegasus.install_dir),
    installDir,
    command: null,
    times: {
      ...PEGASUS_TIMES,
      gatherMs: pegasus.gather_seconds * 1000,
      commandMs: pegasus.command_seconds * 1000,
    },
  };
}

/** Node.js as the nodes see it: that of an installation of theirs, or ours. */
const nodeOf = (installDir: string | null): string =>
  installDir === null ? process.execPath : join(installDir, 'node_modules', 'node', 'bin', 'node');

/** Names a service by where it keeps its ledger: two services of one user must not take each other's jobs for theirs. */
const siteOf = (stateDir: string): string =>
  createHash('sha256').update(`${hostname()}\n${stateDir}`).digest('hex').slice(0, 8);

function readTemplate(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CodedError(
      'BAD_CONFIG',
      `[slurm] template cannot be read: ${(error as Error).message}.`,
      { file: path },
      { cause: error },
    );
  }
}
