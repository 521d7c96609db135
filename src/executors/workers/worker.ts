import { closeSync, constants, lstatSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasErrorCode, messageOf } from '../../base/errors.ts';
import type { ProcessResult } from '../../base/process-result.ts';
import { LinkRefused } from '../../base/real-folder.ts';
import { startProcess } from '../../base/start-process.ts';
import { CodedError } from '../../contract/errors.ts';
import { TOKEN_VARIABLE } from '../../contract/executors.ts';
import type { Ending, Submission } from '../executor.ts';

const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
/** Opens a log for appending; a link or a pipe at its path is refused. */
const APPEND_NO_LINK = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK;

/** How a worker ended that was not cancelled. */
export type WorkerExit = Pick<ProcessResult, 'exitCode' | 'signal' | 'startFailure'>;

export interface Worker {
  readonly pid: number | null;
  readonly ended: Promise<WorkerExit>;
}

/**
 * Starts a worker in its own process group, with its output in the log and a pipe without data as standard
 * input. When the service ends, for whatever reason, the pipe closes, and the worker stops by itself.
 * @param command - program and arguments; the path of the batch and `--follow-stdin` are appended
 * @param environment - variables in addition to those of the service
 * @throws CodedError OUTPUT_NOT_WRITABLE if the log cannot be opened
 */
export function startWorker(
  command: readonly string[],
  submission: Submission,
  environment: Readonly<Record<string, string>> = {},
): Worker {
  const log = openLog(submission.logPath);
  try {
    return startProcess([...command, submission.batchPath, '--follow-stdin'], {
      group: 'own',
      stdin: 'held',
      stdout: log,
      stderr: log,
      env: { ...environment, [TOKEN_VARIABLE]: submission.token },
    });
  } finally {
    closeSync(log);
  }
}

/** The ending for a worker that was not cancelled. */
export function endingOfWorker({ exitCode, signal, startFailure }: WorkerExit): Ending {
  const end = (how: Ending['how'], detail: string): Ending => ({ how, exitCode, signal, detail });
  if (startFailure) return end('failed', `The worker did not start: ${startFailure.message}`);
  if (exitCode === 0) return end('completed', 'The worker completed its batch.');
  if (signal === 'SIGKILL')
    return end(
      'lost',
      'The worker was killed from outside, probably because memory ran out: see the system log.',
    );
  if (signal !== null) return end('lost', `The worker was killed by ${signal}.`);
  return end('failed', `The worker ended with exit code ${exitCode}.`);
}

/** Does not create parents: a session that was removed must not be created again as an empty folder. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
    if (lstatSync(path).isSymbolicLink()) throw new LinkRefused(path);
  }
}

function openLog(path: string): number {
  try {
    makeFolder(dirname(path));
    return openSync(path, APPEND_NO_LINK);
  } catch (error) {
    throw new CodedError(
      'OUTPUT_NOT_WRITABLE',
      `The worker's log: ${messageOf(error)}`,
      { file: path },
      { cause: error },
    );
  }
}
