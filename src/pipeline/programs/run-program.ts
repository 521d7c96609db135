import { execa } from 'execa';
import { CodedError } from '../../contract/errors.ts';

export interface ProgramCall {
  /** Its name in messages. */
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Answers to its questions. */
  readonly input?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** After a polite signal a program has so long to end. */
const GRACE_MS = 2000;
const LAST_LINES = 12;
/** A program that prints more than this is out of its mind. */
const MOST_OUTPUT_CHARACTERS = 20_000_000;

/**
 * Runs a program in a process group of its own, to its end. Whatever ends it early (abort, time, too much output) ends
 * the whole group: politely, then firmly.
 * @returns what it printed, standard output and error in their order
 * @throws CodedError PROGRAM_FAILED with exit code or signal and its last lines; the reason of the signal, when aborted
 */
export async function runProgram(call: ProgramCall): Promise<string> {
  const { name, path, args, cwd, timeoutMs, signal } = call;
  signal?.throwIfAborted();
  const child = execa(path, args, {
    cwd,
    ...(call.input === undefined ? { stdin: 'ignore' } : { input: call.input }),
    all: true,
    reject: false,
    detached: true,
    maxBuffer: MOST_OUTPUT_CHARACTERS,
  });
  let endedBy: 'abort' | 'time' | null = null;
  let firmly: NodeJS.Timeout | undefined;
  const end = (why: 'abort' | 'time') => {
    endedBy ??= why;
    signalGroup(child.pid, 'SIGTERM');
    firmly ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS);
  };
  const onAbort = () => end('abort');
  const timer = setTimeout(() => end('time'), timeoutMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const result = await child;
    signal?.throwIfAborted();
    const output = result.all ?? '';
    const how =
      endedBy === 'time'
        ? `did not end within ${timeoutMs / 1000} s and was ended`
        : result.isMaxBuffer
          ? 'printed without end and was ended'
          : result.signal !== undefined
            ? `was ended by ${result.signal}`
            : result.exitCode === undefined
              ? `could not be started: ${result.shortMessage ?? 'unknown reason'}`
              : result.exitCode === 0
                ? null
                : `ended with exit code ${result.exitCode}`;
    if (how === null) return output;
    throw programFailed(`${name} ${how}.`, output);
  } finally {
    clearTimeout(timer);
    clearTimeout(firmly);
    signal?.removeEventListener('abort', onAbort);
    signalGroup(child.pid, 'SIGKILL'); // whatever it left behind in its group
  }
}

/** A failure of a program, with the end of what it printed. */
export function programFailed(sentence: string, output: string): CodedError {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== '');
  const last = lines.slice(-LAST_LINES).join('\n');
  return new CodedError(
    'PROGRAM_FAILED',
    `${sentence} ${last === '' ? 'It printed nothing.' : `Its last lines:\n${last}\n`}`,
  );
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // gone already is what we want
  }
}

/** A command line that a shell would take. */
export const commandLine = (path: string, args: readonly string[]): string =>
  [path, ...args]
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
