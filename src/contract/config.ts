import { z } from 'zod';
import { EXECUTOR_LIST, EXECUTOR_NAMES } from './executors.ts';
import { PROGRAMS_SECTION } from './program-config.ts';

/**
 * The config file: the keys of the predecessor, and new keys in sections that the predecessor does not have.
 * Each key is declared once with its section; the loader, the documentation and the start-up checks follow
 * this table. Only the loader uses the keys; the rest of the service uses `settings.ts`.
 */

const wholeNumber = (minimum: number, maximum: number) => z.number().int().min(minimum).max(maximum);

export const CONFIG_SECTIONS = {
  general: z.object({
    debug: z.boolean().default(false).describe('more detailed log, and debug_maxjobs instead of maxjobs'),
    session_dir: z
      .string()
      .min(1)
      .describe(
        'absolute path of the root directory; sessions are in <project_id>/sessions/<user>/<session_id>',
      ),
    state_dir: z
      .string()
      .nullable()
      .default(null)
      .describe(
        'directory of the ledger, on a local disk; not set: cryoem in $XDG_STATE_HOME or in ~/.local/state',
      ),
    executor: z
      .string()
      .regex(EXECUTOR_LIST)
      .default('local')
      .describe(
        `where batches run: ${EXECUTOR_NAMES.join(', ')}, or several of them in order of preference, such as "local, slurm"`,
      ),
  }),
  api: z.object({
    host: z.string().default('127.0.0.1').describe('address to listen on'),
    port: wholeNumber(0, 65535).default(8112).describe('port to listen on; 0: any free port'),
    token: z
      .string()
      .min(1)
      .describe('secret that grants access to the API; at least 64 bits if host is not a loopback address'),
  }),
  params: z.object({
    maxjobs: wholeNumber(1, 100_000)
      .default(100)
      .describe('maximum number of jobs in flight on each executor'),
    debug_maxjobs: wholeNumber(1, 100_000).default(50).describe('used instead of maxjobs if debug is set'),
    partition: z.string().nullable().default(null).describe('Slurm partition'),
    account: z.string().nullable().default(null).describe('Slurm account'),
    glite_arguments: z.string().nullable().default(null).describe('additional sbatch options'),
    cluster_size: wholeNumber(1, 10_000)
      .default(5)
      .describe(
        'number of batches per cycle for each GPU of a node (a cycle has cluster_size x no_of_gpus batches; with the local executor, at least two for each slot)',
      ),
    no_of_gpus: z
      .number()
      .int()
      .default(1)
      .transform((n) => (n === 2 || n === 4 ? n : 1))
      .describe('GPUs of a node: 1, 2 or 4; anything else counts as 1'),
    no_of_files_to_proc_in_cycle: wholeNumber(1, 1_000_000)
      .default(100)
      .describe('maximum number of movies per cycle'),
    pegasus_stageout_clusters: wholeNumber(1, 10_000)
      .nullable()
      .default(null)
      .describe('pegasus.stageout.clusters of each workflow; not set: a tenth of the files in a cycle'),
  }),
  local: z.object({
    slots: wholeNumber(1, 1024)
      .nullable()
      .default(null)
      .describe(
        'batches that run in parallel; not set: derived from cores and memory, and from GPUs if MotionCor is selected',
      ),
    threads: wholeNumber(1, 64)
      .nullable()
      .default(null)
      .describe('threads per movie; not set: the cores divided by the slots'),
  }),
  slurm: z.object({
    time_limit: z
      .string()
      .regex(/^(\d+|\d+:\d+(:\d+)?|\d+-\d+(:\d+){0,2})$/)
      .nullable()
      .default(null)
      .describe(
        'time limit of a job: minutes, hours:minutes:seconds (2:00:00) or days-hours (1-12); not set: that of the partition',
      ),
    memory: z
      .string()
      .regex(/^\d+[KMGT]?$/i)
      .nullable()
      .default(null)
      .describe(
        'memory of a job, such as 64G; not set: the default of the cluster. Cannot be combined with --exclusive on clusters that allocate memory per CPU',
      ),
    constraint: z.string().nullable().default(null).describe('features that a node must have'),
    threads: wholeNumber(1, 256)
      .nullable()
      .default(null)
      .describe(
        'threads per movie; a job requests this number of cores for each movie, unless glite_arguments request cores or contain --exclusive; not set: the cores of the job divided among its movies',
      ),
    environment: z
      .string()
      .nullable()
      .default(null)
      .describe(
        'shell lines that run at the beginning of a job, such as "module load ..."; indent all but the first',
      ),
    template: z
      .string()
      .nullable()
      .default(null)
      .describe(
        'file with your own job script, which must contain {{command}}; the lines of environment are inserted at {{environment}}',
      ),
    install_dir: z
      .string()
      .nullable()
      .default(null)
      .describe('path of this installation on the nodes; not set: the same path as here'),
    bin_dir: z
      .string()
      .nullable()
      .default(null)
      .describe('folder of sbatch, squeue and scancel; not set: PATH'),
    conf: z.string().nullable().default(null).describe('path of slurm.conf; not set: the default of Slurm'),
    poll_seconds: z
      .number()
      .min(1)
      .max(600)
      .default(5)
      .describe('interval at which Slurm is polled (one query for all jobs)'),
    command_seconds: z.number().min(1).max(600).default(20).describe('timeout of a Slurm command'),
    grace_seconds: z
      .number()
      .min(0)
      .max(600)
      .default(10)
      .describe(
        "time between asking a worker to stop and killing it; must be less than the cluster's KillWait",
      ),
  }),
  pegasus: z.object({
    bin_dir: z
      .string()
      .nullable()
      .default(null)
      .describe('folder of pegasus-plan and the other commands of Pegasus 5; not set: PATH'),
    home: z
      .string()
      .nullable()
      .default(null)
      .describe('directory of Pegasus on the nodes; not set: the same as on this machine'),
    cores: wholeNumber(1, 1024).default(1).describe('cores of a job'),
    runtime_minutes: wholeNumber(1, 100_000)
      .default(60)
      .describe('time limit of one batch; that of a Slurm job is the sum over its batches'),
    memory_mb: wholeNumber(1, 10_000_000)
      .nullable()
      .default(null)
      .describe('memory per core; not set: the default of the cluster. Must not be set with --exclusive'),
    threads: wholeNumber(1, 256)
      .nullable()
      .default(null)
      .describe('threads per movie; not set: the cores of the job divided among its movies'),
    environment: z
      .string()
      .nullable()
      .default(null)
      .describe(
        'shell lines that run at the beginning of a job, such as "module load ..."; indent all but the first',
      ),
    install_dir: z
      .string()
      .nullable()
      .default(null)
      .describe('path of this installation on the nodes; not set: the same path as here'),
    gather_seconds: z
      .number()
      .min(0)
      .max(600)
      .default(3)
      .describe('batches of a cycle that are submitted within this time are put into one workflow'),
    command_seconds: z
      .number()
      .min(1)
      .max(3600)
      .default(300)
      .describe('timeout of pegasus-plan and pegasus-run; that of other Pegasus commands is at most 120'),
  }),
  discovery: z.object({
    scan_seconds: z
      .number()
      .min(0.1)
      .max(3600)
      .default(2)
      .describe('interval between scans of the raw directory of a live session'),
    quiet_seconds: z
      .number()
      .min(0)
      .max(3600)
      .default(1)
      .describe('a movie is processed only if it has not changed for this long'),
    patience_seconds: z
      .number()
      .min(1)
      .max(86_400)
      .default(60)
      .describe(
        'an incomplete movie that has not changed for this long is processed anyway, so that it fails with a specific error',
      ),
    complete_seconds: z
      .number()
      .min(1)
      .max(604_800)
      .default(60)
      .describe(
        'a session is complete when all its movies are done or have failed and no new file has appeared for this long',
      ),
    reference_dirs: z
      .string()
      .regex(/^(\s*(\/[^,]*)?(,|$))*$/)
      .default('')
      .describe(
        'absolute paths of directories, separated by commas, in which a pattern (`*`) in rawgainref or rawdefectsmap may match files, besides the directory of the session',
      ),
    half_size_gain: z
      .enum(['warn', 'hold'])
      .default('warn')
      .describe(
        'what happens if a gain reference is half the size of the movies (not EER), so that each of its pixels would be used for 2 × 2 pixels: `warn`: it is used, with a warning; `hold`: a start with such a gain reference is refused; if this is found only after the start, the affected movies fail (they do not wait) until the session is started with another gain reference',
      ),
    follow_links_to: z
      .string()
      .regex(/^(\s*(\/[^,]*)?(,|$))*$/)
      .default('')
      .describe(
        'absolute paths of directories, separated by commas, to which symbolic links in `raw` (or `raw` itself) may point, besides the directory of the session; other links are counted and reported in a warning, but not followed',
      ),
  }),
  programs: PROGRAMS_SECTION,
  scheduling: z.object({
    live_share: z
      .number()
      .min(0)
      .max(1)
      .default(0.75)
      .describe(
        'share of the batches of a live session that take the newest movies first; the others take the oldest',
      ),
    spill_seconds: z
      .number()
      .min(0)
      .max(604_800)
      .default(60)
      .describe(
        'with several executors: movies that have waited this long because the first executor is full go to the next one',
      ),
  }),
  retry: z.object({
    attempts: wholeNumber(1, 20).default(3).describe('attempts per movie'),
    delay_seconds: z
      .number()
      .min(0)
      .max(86_400)
      .default(10)
      .describe('delay before the second attempt; doubles each time, up to one hour'),
  }),
} as const;

export const configSchema = z.object({
  ...CONFIG_SECTIONS,
  programs: CONFIG_SECTIONS.programs.prefault({}),
  slurm: CONFIG_SECTIONS.slurm.prefault({}),
  pegasus: CONFIG_SECTIONS.pegasus.prefault({}),
  scheduling: CONFIG_SECTIONS.scheduling.prefault({}),
});
export type ServiceConfig = z.infer<typeof configSchema>;
export type ConfigSection = keyof typeof CONFIG_SECTIONS;
