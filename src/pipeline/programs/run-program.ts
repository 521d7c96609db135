import type { ProcessResult } from '../../base/process-result.ts';
import { shellCommandLine } from '../../base/shell-words.ts';
import { CodedError } from '../../contract/errors.ts';
import { programEnvironment } from './environment.ts';

export interface ProgramCall {
  /** Name of the program in messages. */
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Input for its prompts. */
  readonly input?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Time that a program has to end after SIGTERM. */
const GRACE_MS = 2000;
const LAST_LINES = 12;
const MAX_LINE_LENGTH = 300;
/** Maximum output; more is runaway output. */
const MAX_OUTPUT_BYTES = 20_000_000;

/**
 * Runs a program to its end, in its own process group and with the environment of `environment.ts`. If it is
 * stopped early (abort, time limit, too much output), the whole group gets SIGTERM, then SIGKILL.
 * @returns its standard output and standard error, in the order of arrival
 * @throws CodedError PROGRAM_FAILED with exit code or signal and the last lines of output; if `call.signal`
 * was aborted, its reason
 */
export async function runProgram(call: ProgramCall): Promise<string> {
  const { name, path, args, cwd, timeoutMs, signal } = call;
  signal?.throwIfAborted();
  // Imported only when a program runs, because every batch starts this code, and the built-in engine needs no
  // program.
  const { runProcess } = await import('../../base/start-process.ts');
  const result = await runProcess([path, ...args], {
    cwd,
    env: programEnvironment(process.env),
    inheritEnv: false,
    stdin: { text: call.input ?? '' },
    mergeOutputs: true,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    timeoutMs,
    signal,
    graceMs: GRACE_MS,
    group: 'ownKilledAtEnd',
  });
  signal?.throwIfAborted();
  const failure = describeFailure(result, timeoutMs);
  if (failure === null) return result.stdout;
  throw programFailed(`${name} ${failure}.`, result.stdout);
}

/** Null if it succeeded. */
function describeFailure(
  { stoppedBy, startFailure, signal, exitCode }: ProcessResult,
  timeoutMs: number,
): string | null {
  if (stoppedBy === 'timed out') return `did not finish within ${timeoutMs / 1000} s and was stopped`;
  if (stoppedBy === 'too much output') return 'printed too much output and was stopped';
  if (startFailure !== null) return `could not be started: ${startFailure.message}`;
  if (signal !== null) return `was killed by ${signal}`;
  return exitCode === 0 ? null : `ended with exit code ${exitCode}`;
}

/** A failure of a program, with the end of its output. */
export function programFailed(sentence: string, output: string): CodedError {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== '');
  const lastLines = lines
    .slice(-LAST_LINES)
    .map((line) => line.slice(0, MAX_LINE_LENGTH))
    .join('\n');
  return new CodedError(
    'PROGRAM_FAILED',
    `${sentence} ${lastLines === '' ? 'It printed nothing.' : `Its last lines:\n${lastLines}\n`}`,
  );
}

/** A command line with the links that it needs, for repeating it in an empty directory. */
export const linkedCommandLine = (
  links: readonly (readonly [path: string, name: string])[],
  path: string,
  args: readonly string[],
): string =>
  [
    ...links.map(([target, name]) => shellCommandLine(['ln', '-s', target, name])),
    shellCommandLine([path, ...args]),
  ].join(' && ');
