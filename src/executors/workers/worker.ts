import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { CodedError } from '../../contract/errors.ts';
import type { Ending, Submission } from '../executor.ts';
import { TOKEN_VARIABLE } from './processes.ts';

export interface Worker {
  readonly pid: number | null;
  readonly exited: Promise<{ exitCode: number | null; signal: NodeJS.Signals | null; failure: Error | null }>;
}

/**
 * Starts a worker: its own process group, output to the log, standard input a pipe that nobody writes to. When the
 * service dies, however it dies, the pipe closes, and the worker stops by itself.
 * @param command - program and arguments; the path of the batch and `--follow-stdin` are appended
 * @param environment - beside that of the service
 * @throws CodedError OUTPUT_NOT_WRITABLE where the log cannot be opened
 */
export function startWorker(
  command: readonly string[],
  submission: Submission,
  environment: Readonly<Record<string, string>> = {},
): Worker {
  const [program = '', ...args] = command;
  const log = openLog(submission.logPath);
  let child: ChildProcess;
  try {
    child = spawn(program, [...args, submission.batchPath, '--follow-stdin'], {
      detached: true,
      stdio: ['pipe', log, log],
      env: { ...process.env, ...environment, [TOKEN_VARIABLE]: submission.token },
    });
  } finally {
    closeSync(log);
  }
  // A worker that ends closes its end of the pipe: nothing was written, so there is nothing to lose.
  child.stdin?.on('error', () => undefined);
  const exited = new Promise<Awaited<Worker['exited']>>((resolve) => {
    child.once('error', (failure) => resolve({ exitCode: null, signal: null, failure }));
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal, failure: null }));
  });
  return { pid: child.pid ?? null, exited };
}

/** In the words of the port, how a worker ended that we did not cancel. */
export function endingOf({ exitCode, signal, failure }: Awaited<Worker['exited']>): Ending {
  if (failure)
    return { how: 'failed', exitCode, signal, detail: `The worker did not start: ${failure.message}` };
  if (exitCode === 0) return { how: 'completed', exitCode, signal, detail: 'The worker did its batch.' };
  if (signal === 'SIGKILL') {
    const detail = 'The worker was killed from outside, likely because memory ran out: see the system log.';
    return { how: 'lost', exitCode, signal, detail };
  }
  if (signal !== null) return { how: 'lost', exitCode, signal, detail: `The worker died of ${signal}.` };
  return { how: 'failed', exitCode, signal, detail: `The worker ended with exit code ${exitCode}.` };
}

/** One folder only: a session that was taken away must not come back as an empty shell. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function openLog(path: string): number {
  try {
    makeFolder(dirname(path));
    return openSync(path, 'a');
  } catch (error) {
    const message = (error as Error).message;
    throw new CodedError(
      'OUTPUT_NOT_WRITABLE',
      `The worker's log: ${message}`,
      { file: path },
      { cause: error },
    );
  }
}
