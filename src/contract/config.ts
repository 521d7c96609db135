import { z } from 'zod';
import { EXECUTOR_LIST, EXECUTOR_NAMES } from './executors.ts';
import { PROGRAMS_SECTION } from './program-config.ts';

/**
 * The config file: the mission's keys, plus our own in sections that the mission leaves free. Each key is declared
 * once with its section; reader, documentation and start-up checks follow this table. Nothing but the loader knows the
 * keys: `settings.ts` has what the rest of the service takes.
 */
const whole = (minimum: number, maximum: number) => z.number().int().min(minimum).max(maximum);

export const CONFIG_SECTIONS = {
  general: z.object({
    debug: z.boolean().default(false).describe('more log lines, and debug_maxjobs in place of maxjobs'),
    session_dir: z.string().min(1).describe('top of <project_id>/sessions/<user>/<session_id>; absolute'),
    state_dir: z
      .string()
      .nullable()
      .default(null)
      .describe('where the ledger lives, on a local disk; null: below $XDG_STATE_HOME or ~/.local/state'),
    executor: z
      .string()
      .regex(EXECUTOR_LIST)
      .default('local')
      .describe(
        `where batches run: ${EXECUTOR_NAMES.join(', ')}, or several of them in the order of preference, as in "local, slurm"`,
      ),
  }),
  api: z.object({
    host: z.string().default('127.0.0.1').describe('address to listen on'),
    port: whole(0, 65535).default(8112).describe('0: any free port'),
    token: z.string().min(1).describe('secret that every request carries'),
  }),
  params: z.object({
    maxjobs: whole(1, 100_000).default(100).describe('most jobs in flight at once, on each executor'),
    debug_maxjobs: whole(1, 100_000).default(50).describe('in place of maxjobs where debug is set'),
    partition: z.string().nullable().default(null).describe('Slurm partition'),
    account: z.string().nullable().default(null).describe('Slurm account'),
    glite_arguments: z.string().nullable().default(null).describe('further sbatch options'),
    cluster_size: whole(1, 10_000).default(5).describe('batches per cycle and GPU'),
    no_of_gpus: z
      .number()
      .int()
      .default(1)
      .transform((n) => (n === 2 || n === 4 ? n : 1))
      .describe('1, 2 or 4; anything else counts as 1'),
    no_of_files_to_proc_in_cycle: whole(1, 1_000_000).default(100),
    pegasus_stageout_clusters: whole(1, 10_000)
      .nullable()
      .default(null)
      .describe('null: a tenth of the files of a cycle'),
  }),
  local: z.object({
    slots: whole(1, 1024)
      .nullable()
      .default(null)
      .describe('batches side by side; null: by cores and memory'),
    threads: whole(1, 64)
      .nullable()
      .default(null)
      .describe('threads per movie; null: what is left of the cores'),
  }),
  slurm: z.object({
    time_limit: z
      .string()
      .regex(/^(\d+|\d+:\d+(:\d+)?|\d+-\d+(:\d+){0,2})$/)
      .nullable()
      .default(null)
      .describe('of a job: minutes, or 2:00:00, or 1-12; null: that of the partition'),
    memory: z
      .string()
      .regex(/^\d+[KMGT]?$/i)
      .nullable()
      .default(null)
      .describe('of a job, such as 64G; null: as the cluster gives it. Not together with --exclusive by CPU'),
    constraint: z.string().nullable().default(null).describe('features that a node must have'),
    threads: whole(1, 256)
      .nullable()
      .default(null)
      .describe(
        'threads per movie, for which cores are asked; null: the cores that the job is given, shared out',
      ),
    environment: z
      .string()
      .nullable()
      .default(null)
      .describe(
        'shell lines that come before the work of a job, such as "module load ..."; indent all but the first',
      ),
    template: z
      .string()
      .nullable()
      .default(null)
      .describe('file with a job script of your own, which holds {{environment}} and {{command}}'),
    install_dir: z
      .string()
      .nullable()
      .default(null)
      .describe('this installation, as the nodes see it; null: under the same path as here'),
    bin_dir: z.string().nullable().default(null).describe('folder of sbatch, squeue and scancel; null: PATH'),
    conf: z.string().nullable().default(null).describe('path of slurm.conf; null: as Slurm finds it'),
    poll_seconds: z
      .number()
      .min(1)
      .max(600)
      .default(5)
      .describe('between questions to Slurm, one for all jobs'),
    command_seconds: z
      .number()
      .min(1)
      .max(600)
      .default(20)
      .describe('a command of Slurm that takes longer is given up'),
    grace_seconds: z
      .number()
      .min(0)
      .max(600)
      .default(10)
      .describe("between asking a worker to end and killing it; less than the cluster's KillWait"),
  }),
  pegasus: z.object({
    bin_dir: z
      .string()
      .nullable()
      .default(null)
      .describe('folder of pegasus-plan and the other commands of Pegasus 5; null: PATH'),
    home: z
      .string()
      .nullable()
      .default(null)
      .describe('where Pegasus lies on the nodes; null: where it lies on this machine'),
    cores: whole(1, 1024).default(1).describe('cores of a job'),
    runtime_minutes: whole(1, 100_000)
      .default(60)
      .describe('time limit of one batch; that of a Slurm job is the sum over its batches'),
    memory_mb: whole(1, 10_000_000)
      .nullable()
      .default(null)
      .describe('memory per core; null: as the cluster gives it, which must be so with --exclusive'),
    threads: whole(1, 256)
      .nullable()
      .default(null)
      .describe('threads per movie; null: the cores that the job is given, shared out'),
    environment: z
      .string()
      .nullable()
      .default(null)
      .describe(
        'shell lines that come before the work of a job, such as "module load ..."; indent all but the first',
      ),
    install_dir: z
      .string()
      .nullable()
      .default(null)
      .describe('this installation, as the nodes see it; null: under the same path as here'),
    gather_seconds: z
      .number()
      .min(0)
      .max(600)
      .default(3)
      .describe('batches of a cycle that come within it go into one workflow'),
    command_seconds: z
      .number()
      .min(1)
      .max(3600)
      .default(120)
      .describe('a command of Pegasus that takes longer is given up'),
  }),
  discovery: z.object({
    scan_seconds: z
      .number()
      .min(0.1)
      .max(3600)
      .default(2)
      .describe('time between looks into a raw directory that is live'),
    quiet_seconds: z
      .number()
      .min(0)
      .max(3600)
      .default(1)
      .describe('a movie must not have changed for so long, by our clock'),
    patience_seconds: z
      .number()
      .min(1)
      .max(86_400)
      .default(60)
      .describe(
        'a movie that stays incomplete for so long without a change is processed all the same, to fail with its own error',
      ),
    complete_seconds: z
      .number()
      .min(1)
      .max(604_800)
      .default(60)
      .describe('a session whose movies are all done and that saw no new file for so long is complete'),
  }),
  programs: PROGRAMS_SECTION,
  scheduling: z.object({
    live_share: z
      .number()
      .min(0)
      .max(1)
      .default(0.75)
      .describe(
        'of the batches of a session to which movies arrive, the share that takes the newest first; the others take the oldest',
      ),
    spill_seconds: z
      .number()
      .min(0)
      .max(604_800)
      .default(60)
      .describe(
        'with several executors: movies that have waited so long while the first one is full go to the next one',
      ),
  }),
  retry: z.object({
    attempts: whole(1, 20).default(3).describe('attempts per movie'),
    delay_seconds: z
      .number()
      .min(0)
      .max(86_400)
      .default(10)
      .describe('wait before the second attempt; doubles each time'),
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
