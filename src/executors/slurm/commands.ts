import { join } from 'node:path';
import { isSuccess, type ProcessResult } from '../../base/process-result.ts';
import { runProcess } from '../../base/start-process.ts';
import { keyInFile } from '../../contract/config-keys.ts';
import type { Refusal } from '../core/driver.ts';
import { QUEUE_FULL, refusalOf } from './refusal.ts';

/** How Slurm is called. */
export interface CommandSettings {
  /** Directory of sbatch, squeue, scancel; null: PATH. */
  readonly binDir: string | null;
  /** Path of slurm.conf; null: the default of Slurm. */
  readonly conf: string | null;
  /** Timeout of a command: with the controller down, each command retries for nine seconds by itself. */
  readonly timeoutMs: number;
}

export type Answer =
  | { readonly ok: true; readonly stdout: string }
  | { readonly ok: false; readonly refusal: Refusal };

export type SlurmCommand = 'sbatch' | 'squeue' | 'scancel' | 'sacct' | 'sinfo';
/** Enough for a list of thousands of jobs. */
const MAX_OUTPUT_BYTES = 256 * 1024 ** 2;

/**
 * Slurm passes our environment to the job, so it contains only the variables of a login; anything else that
 * jobs need is set by the site's own shell lines.
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

/** Runs one command of Slurm. Never throws: a failure is returned as a sentence. */
export async function runSlurm(
  { binDir, conf, timeoutMs }: CommandSettings,
  command: SlurmCommand,
  args: readonly string[],
): Promise<Answer> {
  const program = binDir === null ? command : join(binDir, command);
  const env: Record<string, string> = {};
  for (const name of KEPT) {
    const value = process.env[name];
    if (value) env[name] = value;
  }
  if (conf !== null) env.SLURM_CONF = conf;
  const result = await runProcess([program, ...args], {
    env,
    inheritEnv: false,
    timeoutMs,
    graceMs: 0,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    // sbatch would wait for two minutes: we retry instead.
    stopsAt: (text) => QUEUE_FULL.test(text),
  });
  if (isSuccess(result)) return { ok: true, stdout: result.stdout };
  return { ok: false, refusal: refusalFor(program, command, result) };
}

function refusalFor(program: string, command: string, result: ProcessResult): Refusal {
  if (result.startFailure)
    return {
      kind: 'unreachable',
      text: `${program} cannot be run here: install the Slurm client, or set ${keyInFile('slurm.binDir')}.`,
    };
  return refusalOf(command, result.stderr, result.stoppedBy === 'timed out');
}
