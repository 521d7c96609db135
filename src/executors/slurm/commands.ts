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
  /** Timeout of a command. While the controller is down, each command itself retries for nine seconds. */
  readonly timeoutMs: number;
}

export type CommandResult =
  | { readonly ok: true; readonly stdout: string }
  | { readonly ok: false; readonly refusal: Refusal };

export type SlurmCommand = 'sbatch' | 'squeue' | 'scancel' | 'sacct' | 'sinfo';
/** Sufficient for a list of thousands of jobs. */
const MAX_OUTPUT_BYTES = 256 * 1024 ** 2;

/**
 * Variables for the commands. Slurm passes the environment of sbatch to the job, so only the variables of a
 * login are kept; the shell lines of the site set anything else that jobs need.
 */
const PASSED_VARIABLES = [
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
): Promise<CommandResult> {
  const program = binDir === null ? command : join(binDir, command);
  const env: Record<string, string> = {};
  for (const name of PASSED_VARIABLES) {
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
    // sbatch itself would wait for two minutes; the service retries instead.
    shouldStop: (text) => QUEUE_FULL.test(text),
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
