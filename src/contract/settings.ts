import type { ExecutorName } from './executors.ts';
import type { AlignProgram, CtfProgram, ExternalAligner, ProgramSettings } from './programs.ts';

/**
 * Settings of the service in the words of the domain, with units in their names. `src/cli/config-settings.ts`
 * makes them of the config file, once, when it is loaded: the keys of the file are known there and in
 * `config.ts` only.
 */
export interface ServiceSettings {
  /** More log lines. */
  readonly isDebug: boolean;
  /** Top of `<project_id>/sessions/<user>/<session_id>`; absolute. */
  readonly sessionDir: string;
  /** Where the ledger lives; absolute, on a local disk. */
  readonly stateDir: string;
  /** Where batches run, in the order of preference. */
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

/** How the movies of a session are divided among batches and jobs. */
export interface BatchSettings {
  /** Movies of a cycle. */
  readonly cycleSize: number;
  /** Into so many batches per GPU of a node a cycle is divided. */
  readonly batchesPerGpu: number;
  readonly gpusPerNode: 1 | 2 | 4;
  /** Maximum of jobs in flight at once, on each executor. */
  readonly maxJobs: number;
}

export interface SchedulingSettings {
  /** Of the batches of a session to which movies arrive, the share that takes the newest first: 0 to 1. */
  readonly liveShare: number;
  /** Movies that have waited so long while the first executor is full go to the next one. */
  readonly spillMs: number;
}

interface RetrySettings {
  /** Per movie. */
  readonly attempts: number;
  /** Before the second attempt; doubles each time. */
  readonly firstDelayMs: number;
}

interface DiscoverySettings {
  /** Between looks into a raw directory that is live. */
  readonly scanMs: number;
  /** A movie must not have changed for so long, by our clock. */
  readonly quietMs: number;
  /** A movie that stays incomplete for so long without a change is processed all the same. */
  readonly incompleteTimeoutMs: number;
  /** A session whose movies are all done and that saw no new file for so long is complete. */
  readonly completeMs: number;
}

/** Programs of others, and which of them a start takes that names none. */
interface SiteProgramSettings {
  readonly align: AlignProgram;
  readonly ctf: CtfProgram;
  /** Where they lie, and how long each may take. */
  readonly paths: ProgramSettings;
  /** Further arguments of aligners, as a shell would take them; null: none. */
  readonly arguments: Readonly<Record<ExternalAligner, string | null>>;
}

/** What jobs of Slurm are given, submitted to it directly or through Pegasus. */
interface ClusterSettings {
  readonly partition: string | null;
  readonly account: string | null;
  /** Further options of sbatch, as a shell would take them. */
  readonly sbatchOptions: string | null;
}

interface LocalSettings {
  /** Batches side by side; null: by cores and memory. */
  readonly slots: number | null;
  /** Per movie; null: what is left of the cores. */
  readonly threads: number | null;
}

/** What the nodes of a cluster need to run a worker. */
interface NodeSettings {
  /** Threads per movie; null: the cores that the job is given, divided among its movies. */
  readonly threads: number | null;
  /** Shell lines that come before the work of a job. */
  readonly environment: string | null;
  /** This installation, as the nodes see it; null: under the same path as here. */
  readonly installDir: string | null;
  /** Folder of the commands of the scheduler; null: PATH. */
  readonly binDir: string | null;
  /** A command of the scheduler that takes longer is given up. */
  readonly commandTimeoutMs: number;
}

interface SlurmSiteSettings extends NodeSettings {
  /** As Slurm writes it, of a job; null: that of the partition. */
  readonly timeLimit: string | null;
  /** As Slurm writes it, of a job; null: as the cluster gives it. */
  readonly memory: string | null;
  readonly constraint: string | null;
  /** Path of a job script with `{{environment}}` and `{{command}}`; null: ours. */
  readonly templatePath: string | null;
  /** Path of slurm.conf; null: as Slurm finds it. */
  readonly confPath: string | null;
  /** Polling interval, for all jobs together. */
  readonly pollMs: number;
  /** Between asking a worker to end and killing it. */
  readonly gracePeriodMs: number;
}

interface PegasusSiteSettings extends NodeSettings {
  /** Where Pegasus lies on the nodes; null: where it lies on this machine. */
  readonly home: string | null;
  readonly coresPerJob: number;
  /** Time limit of one batch. */
  readonly runtimeSeconds: number;
  /** Per core; null: as the cluster gives it. */
  readonly memoryMib: number | null;
  /** Batches of a cycle that come within it go into one workflow. */
  readonly gatherMs: number;
  /** Clusters of the jobs that stage outputs out. */
  readonly stageOutClusters: number;
}
