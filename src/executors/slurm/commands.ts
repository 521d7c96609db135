import { join } from 'node:path';
import { isSuccess } from '../../base/process-result.ts';
import { runProcess } from '../../base/start-process.ts';
import { QUEUE_FULL, type Refusal, refusalOf } from './refusal.ts';

/** How Slurm is called. */
export interface CommandSettings {
  /** Folder of sbatch, squeue, scancel; null: PATH. */
  readonly binDir: string | null;
  /** Path of slurm.conf; null: as Slurm finds it. */
  readonly conf: string | null;
  /** A command that takes longer is killed: with the controller down each tries for nine seconds by itself. */
  readonly timeoutMs: number;
}

export type Answer =
  | { readonly ok: true; readonly stdout: string }
  | { readonly ok: false; readonly refusal: Refusal; readonly isMissing: boolean };

export type SlurmCommand = 'sbatch' | 'squeue' | 'scancel' | 'sacct' | 'sinfo';
/** What a long list of thousands of jobs takes. */
const MAX_OUTPUT_BYTES = 256 * 1024 ** 2;

/**
 * Our environment travels with a job, so it holds only what programs need of a login; what jobs need beyond that is
 * for `environment` in `[slurm]`.
 */
const KEPT = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'SLURM_CONF',
  'SLURM_TIME_FORMAT',
];

/** Runs one command of Slurm. Never throws: what went wrong is a sentence. */
export async function runSlurm(
  settings: CommandSettings,
  command: SlurmCommand,
  args: readonly string[],
): Promise<Answer> {
  const program = settings.binDir === null ? command : join(settings.binDir, command);
  const env = Object.fromEntries(
    KEPT.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  if (settings.conf !== null) env.SLURM_CONF = settings.conf;
  const result = await runProcess([program, ...args], {
    env,
    inheritEnv: false,
    timeoutMs: settings.timeoutMs,
    graceMs: 0,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    stopsAt: (text) => QUEUE_FULL.test(text),
  });
  if (isSuccess(result)) return { ok: true, stdout: result.stdout };
  const isMissing = result.startFailure?.code === 'ENOENT' || result.startFailure?.code === 'EACCES';
  const text = `${program} cannot be run here: install the Slurm client, or set bin_dir in [slurm].`;
  return {
    ok: false,
    isMissing,
    refusal: isMissing
      ? { kind: 'away', text }
      : refusalOf(command, result.stderr, result.stoppedBy !== null),
  };
}
