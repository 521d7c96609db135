import type { ExecutorName } from './executors.ts';
import type { AlignProgram, CtfProgram, ExternalAligner, ProgramSettings } from './programs.ts';

/**
 * Settings of the service in domain terms, with units in their names. `src/cli/config-settings.ts` makes them
 * from the config file once, when it is loaded: the keys of the file are used there and in `config.ts` only.
 */
export interface ServiceSettings {
  /** More detailed log. */
  readonly isDebug: boolean;
  /** Directory above `<project_id>/sessions/<user>/<session_id>`; absolute. */
  readonly sessionDir: string;
  /** Directory of the ledger; absolute, on a local disk. */
  readonly stateDir: string;
  /** Executors in order of preference. */
  readonly executors: readonly ExecutorName[];
  readonly api: ApiSettings;
  readonly batches: BatchSettings;
  readonly scheduling: SchedulingSettings;
  readonly retry: RetrySettings;
  readonly discovery: DiscoverySettings;
  readonly programs: SiteProgramSettings;
  readonly cluster: ClusterSettings;
  readonly local: LocalSettings;
  readonly slurm: SlurmSiteSettings;
  readonly pegasus: PegasusSiteSettings;
}

export interface ApiSettings {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly token: string;
}

/** Settings that divide the movies of a session among batches and jobs. */
export interface BatchSettings {
  /** Movies per cycle. */
  readonly cycleSize: number;
  /** A cycle is divided into this number of batches for each GPU of a node. */
  readonly batchesPerGpu: number;
  readonly gpusPerNode: 1 | 2 | 4;
  /** Maximum number of jobs in flight on each executor. */
  readonly maxJobs: number;
}

export interface SchedulingSettings {
  /** Share of the batches of a live session that take the newest movies first: 0 to 1. */
  readonly liveShare: number;
  /** Movies that have waited this long because the first executor is full go to the next one. */
  readonly spillMs: number;
}

interface RetrySettings {
  /** Attempts per movie. */
  readonly attempts: number;
  /** Delay before the second attempt; doubles each time. */
  readonly firstDelayMs: number;
}

interface DiscoverySettings {
  /** Interval between scans of the raw directory of a live session. */
  readonly scanMs: number;
  /** A movie is processed only if it has not changed for this long, according to our clock. */
  readonly quietMs: number;
  /** An incomplete movie that has not changed for this long is processed anyway. */
  readonly incompleteTimeoutMs: number;
  /** A session is complete when no movie is left to do and no new file has appeared for this long. */
  readonly completeMs: number;
  /**
   * Folders, besides that of the session, in which a pattern (`*`) in rawgainref or rawdefectsmap may match
   * files; absolute.
   */
  readonly referenceDirs: readonly string[];
  /** Whether a gain reference of half the size of the movies is refused. */
  readonly refusesHalfSizeGain: boolean;
  /** Folders, besides that of a session, to which links in its raw may point; absolute. */
  readonly linkDirs: readonly string[];
}

/** External programs, and which programs are used if none is chosen when a session is started. */
interface SiteProgramSettings {
  readonly align: AlignProgram;
  readonly ctf: CtfProgram;
  /** Paths and time limits. */
  readonly paths: ProgramSettings;
  /** Additional arguments of aligners in shell syntax; null: none. */
  readonly arguments: Readonly<Record<ExternalAligner, string | null>>;
}

/** Options of Slurm jobs, submitted directly or through Pegasus. */
interface ClusterSettings {
  readonly partition: string | null;
  readonly account: string | null;
  /** Additional sbatch options in shell syntax. */
  readonly sbatchOptions: string | null;
}

interface LocalSettings {
  /** Batches that run in parallel; null: derived from cores and memory. */
  readonly slots: number | null;
  /** Threads per movie; null: the cores divided by the slots. */
  readonly threads: number | null;
}

/** What a worker needs on the nodes of a cluster. */
interface NodeSettings {
  /** Threads per movie; null: the cores of the job divided among its movies. */
  readonly threads: number | null;
  /** Shell lines that run at the beginning of a job. */
  readonly environment: string | null;
  /** Path of this installation on the nodes; null: the same path as here. */
  readonly installDir: string | null;
  /** Directory of the commands of the scheduler; null: PATH. */
  readonly binDir: string | null;
  /** Timeout of a command of the scheduler. */
  readonly commandTimeoutMs: number;
}

interface SlurmSiteSettings extends NodeSettings {
  /** Time limit of a job, in Slurm's notation; null: that of the partition. */
  readonly timeLimit: string | null;
  /** Memory of a job, in Slurm's notation; null: the default of the cluster. */
  readonly memory: string | null;
  readonly constraint: string | null;
  /** Path of a job script with the placeholder `{{command}}`; null: our own script. */
  readonly templatePath: string | null;
  /** Path of slurm.conf; null: the default of Slurm. */
  readonly confPath: string | null;
  /** Polling interval, for all jobs together. */
  readonly pollMs: number;
  /** Time between the request to stop a worker and killing it. */
  readonly gracePeriodMs: number;
}

interface PegasusSiteSettings extends NodeSettings {
  /** Directory of Pegasus on the nodes; null: the same as on this machine. */
  readonly home: string | null;
  readonly coresPerJob: number;
  /** Time limit of one batch. */
  readonly runtimeSeconds: number;
  /** Memory per core; null: the default of the cluster. */
  readonly memoryMib: number | null;
  /** Batches of a cycle that are submitted within this time are put into one workflow. */
  readonly gatherMs: number;
  /** Number of clusters of the stage-out jobs. */
  readonly stageOutClusters: number;
}
