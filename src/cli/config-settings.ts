import { homedir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { configSchema, type ServiceConfig } from '../contract/config.ts';
import { executorNames } from '../contract/executors.ts';
import { fromEntries } from '../contract/from-entries.ts';
import { argumentsKey } from '../contract/program-config.ts';
import { EXTERNAL_ALIGNERS, PROGRAM_TABLE } from '../contract/programs.ts';
import type { ServiceSettings } from '../contract/settings.ts';

const SECOND_MS = 1000;
const MINUTE_SECONDS = 60;
/** The predecessor's rule: one stage-out cluster for every ten files of a cycle. */
const FILES_PER_STAGE_OUT_CLUSTER = 10;

/**
 * Converts the config file to settings in domain terms. Depends only on its argument, except for the default
 * of the state directory, which depends on the user.
 */
export function settingsOf(config: ServiceConfig): ServiceSettings {
  const { general, api, local } = config;
  return {
    isDebug: general.debug,
    sessionDir: general.session_dir,
    stateDir: stateDirOf(general.state_dir),
    executors: executorNames(general.executor),
    api,
    batches: batchSettings(config),
    scheduling: {
      liveShare: config.scheduling.live_share,
      spillMs: config.scheduling.spill_seconds * SECOND_MS,
    },
    retry: { attempts: config.retry.attempts, firstDelayMs: config.retry.delay_seconds * SECOND_MS },
    discovery: discoverySettings(config),
    programs: programSettings(config),
    cluster: {
      partition: config.params.partition,
      account: config.params.account,
      sbatchOptions: config.params.glite_arguments,
    },
    local,
    slurm: slurmSettings(config),
    pegasus: pegasusSettings(config),
  };
}

/**
 * Like `settingsOf`, for values in the form of a config file: for the demo, tests and benchmarks.
 * @throws ZodError
 */
export const settingsFrom = (config: z.input<typeof configSchema>): ServiceSettings =>
  settingsOf(configSchema.parse(config));

const stateDirOf = (configured: string | null): string =>
  configured || join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'cryoem');

function batchSettings({ params, general }: ServiceConfig): ServiceSettings['batches'] {
  return {
    cycleSize: params.no_of_files_to_proc_in_cycle,
    batchesPerGpu: params.cluster_size,
    gpusPerNode: params.no_of_gpus,
    maxJobs: general.debug ? params.debug_maxjobs : params.maxjobs,
  };
}

const pathsIn = (list: string): string[] => list.split(',').flatMap((path) => path.trim() || []);

function discoverySettings({ discovery }: ServiceConfig): ServiceSettings['discovery'] {
  return {
    scanMs: discovery.scan_seconds * SECOND_MS,
    quietMs: discovery.quiet_seconds * SECOND_MS,
    incompleteTimeoutMs: discovery.patience_seconds * SECOND_MS,
    completeMs: discovery.complete_seconds * SECOND_MS,
    referenceDirs: pathsIn(discovery.reference_dirs),
    refusesHalfSizeGain: discovery.half_size_gain === 'hold',
    linkDirs: pathsIn(discovery.follow_links_to),
  };
}

function programSettings({ programs }: ServiceConfig): ServiceSettings['programs'] {
  const { align, ctf, timeout_seconds } = programs;
  return {
    align,
    ctf,
    paths: {
      ...fromEntries(PROGRAM_TABLE.map(({ name }) => [name, programs[name]])),
      timeoutSeconds: timeout_seconds,
    },
    arguments: fromEntries(EXTERNAL_ALIGNERS.map(({ name }) => [name, programs[argumentsKey(name)]])),
  };
}

function slurmSettings({ slurm }: ServiceConfig): ServiceSettings['slurm'] {
  return {
    timeLimit: slurm.time_limit,
    memory: slurm.memory,
    constraint: slurm.constraint,
    templatePath: slurm.template,
    confPath: slurm.conf,
    threads: slurm.threads,
    environment: slurm.environment,
    installDir: slurm.install_dir,
    binDir: slurm.bin_dir,
    commandTimeoutMs: slurm.command_seconds * SECOND_MS,
    pollMs: slurm.poll_seconds * SECOND_MS,
    gracePeriodMs: slurm.grace_seconds * SECOND_MS,
  };
}

function pegasusSettings({ pegasus, params }: ServiceConfig): ServiceSettings['pegasus'] {
  const defaultStageOutClusters = Math.max(
    1,
    Math.ceil(params.no_of_files_to_proc_in_cycle / FILES_PER_STAGE_OUT_CLUSTER),
  );
  return {
    home: pegasus.home,
    coresPerJob: pegasus.cores,
    runtimeSeconds: pegasus.runtime_minutes * MINUTE_SECONDS,
    memoryMib: pegasus.memory_mb,
    threads: pegasus.threads,
    environment: pegasus.environment,
    installDir: pegasus.install_dir,
    binDir: pegasus.bin_dir,
    commandTimeoutMs: pegasus.command_seconds * SECOND_MS,
    gatherMs: pegasus.gather_seconds * SECOND_MS,
    stageOutClusters: params.pegasus_stageout_clusters ?? defaultStageOutClusters,
  };
}
