import { type ChildProcess, spawn } from 'node:child_process';
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
const LONGEST_LINE = 300;
/** A program that prints more than this is out of its mind. */
const MOST_OUTPUT_BYTES = 20_000_000;

type EndedBy = 'abort' | 'time' | 'output';

/**
 * Runs a program in a process group of its own, to its end. Whatever ends it early (abort, time, too much output) ends
 * the whole group: politely, then firmly.
 * @returns what it printed, standard output and error as they came
 * @throws CodedError PROGRAM_FAILED with exit code or signal and its last lines; the reason of the signal, when aborted
 */
export async function runProgram(call: ProgramCall): Promise<string> {
  const { name, path, args, cwd, timeoutMs, signal } = call;
  signal?.throwIfAborted();
  const child = spawn(path, args, { cwd, detached: true, stdio: 'pipe' });
  let endedBy: EndedBy | null = null;
  let firmly: NodeJS.Timeout | undefined;
  const end = (why: EndedBy) => {
    endedBy ??= why;
    signalGroup(child.pid, 'SIGTERM');
    firmly ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS);
  };
  const output = collect(child, () => end('output'));
  const onAbort = () => end('abort');
  const timer = setTimeout(() => end('time'), timeoutMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  child.stdin.on('error', () => undefined); // it may end without having read its answers
  child.stdin.end(call.input ?? '');
  try {
    const ending = await endOf(child);
    signal?.throwIfAborted();
    const how = describeEnding(ending, endedBy, timeoutMs);
    if (how === null) return output();
    throw programFailed(`${name} ${how}.`, output());
  } finally {
    clearTimeout(timer);
    clearTimeout(firmly);
    signal?.removeEventListener('abort', onAbort);
  }
}

interface ProgramEnding {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly failure: Error | null;
}

/** Resolves when it has ended, its output is read, and what it left behind in its group is gone. */
function endOf(child: ChildProcess): Promise<ProgramEnding> {
  return new Promise((resolve) => {
    child.once('error', (failure) => resolve({ exitCode: null, signal: null, failure }));
    child.once('exit', () => {
      // What it left behind would hold its output open: in its group it is ended, elsewhere it is not waited for.
      signalGroup(child.pid, 'SIGKILL');
      const letGo = () => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      };
      setTimeout(letGo, GRACE_MS).unref();
    });
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, failure: null }));
  });
}

/** Keeps what a program prints, as long as it is not too much. */
function collect(child: ChildProcess, onTooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_OUTPUT_BYTES) onTooMuch();
      else chunks.push(chunk);
    });
  return () => Buffer.concat(chunks).toString('utf8');
}

/** Null where it ended well. */
function describeEnding(
  { exitCode, signal, failure }: ProgramEnding,
  endedBy: EndedBy | null,
  timeoutMs: number,
): string | null {
  if (endedBy === 'time') return `did not end within ${timeoutMs / 1000} s and was ended`;
  if (endedBy === 'output') return 'printed without end and was ended';
  if (failure !== null) return `could not be started: ${failure.message}`;
  if (signal !== null) return `was ended by ${signal}`;
  return exitCode === 0 ? null : `ended with exit code ${exitCode}`;
}

/** A failure of a program, with the end of what it printed. */
export function programFailed(sentence: string, output: string): CodedError {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== '');
  const last = lines
    .slice(-LAST_LINES)
    .map((line) => line.slice(0, LONGEST_LINE))
    .join('\n');
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

/** A command line with the links that it needs, to be tried in an empty directory. */
export const linkedCommandLine = (
  links: readonly (readonly [path: string, name: string])[],
  path: string,
  args: readonly string[],
): string =>
  [...links.map(([target, name]) => commandLine('ln', ['-s', target, name])), commandLine(path, args)].join(
    ' && ',
  );
