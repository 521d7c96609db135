import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolderBelow, openToAppendBelow } from '../../base/below.ts';
import { messageOf } from '../../base/errors.ts';
import type { ProcessResult } from '../../base/process-result.ts';
import { HEARTBEAT_FD, startProcess } from '../../base/start-process.ts';
import { HEARTBEAT_VARIABLE } from '../../contract/batch.ts';
import { CodedError } from '../../contract/errors.ts';
import { TOKEN_VARIABLE } from '../../contract/executors.ts';
import { sessionFolderOf } from '../../contract/session-folders.ts';
import type { Ending, Submission } from '../executor.ts';

/** How the process of a worker ended. */
export type WorkerExit = Pick<ProcessResult, 'exitCode' | 'signal' | 'startFailure'>;

export interface Worker {
  readonly pid: number | null;
  readonly ended: Promise<WorkerExit>;
}

/**
 * Starts a worker in its own process group, with its output in the log and a pipe without data as standard
 * input. When the service ends, for whatever reason, the pipe closes, and the worker stops by itself.
 * @param command - program and arguments; the path of the batch and `--follow-stdin` are appended
 * @param log - open file, which the caller closes
 * @param environment - in addition to that of the service
 * @param onHeartbeat - called for each heartbeat from the worker
 */
export function startWorker(
  command: readonly string[],
  submission: Submission,
  log: FileHandle,
  environment: Readonly<Record<string, string>>,
  onHeartbeat: () => void,
): Worker {
  return startProcess([...command, submission.batchPath, '--follow-stdin'], {
    group: 'own',
    stdin: 'held',
    stdout: log.fd,
    stderr: log.fd,
    onHeartbeat,
    env: { ...environment, [TOKEN_VARIABLE]: submission.token, [HEARTBEAT_VARIABLE]: String(HEARTBEAT_FD) },
  });
}

/**
 * Opens the log of a worker for appending. Its folder is created, but not the parents: a session that was
 * removed must not be created again as an empty folder. A link or a pipe is refused.
 * @throws CodedError OUTPUT_NOT_WRITABLE
 */
export async function openLog({ logPath }: Submission): Promise<FileHandle> {
  try {
    await makeFolderBelow(sessionFolderOf(logPath), dirname(logPath));
    return await openToAppendBelow(sessionFolderOf(logPath), logPath);
  } catch (error) {
    throw new CodedError(
      'OUTPUT_NOT_WRITABLE',
      `The worker's log: ${messageOf(error)}`,
      { file: logPath },
      { cause: error },
    );
  }
}

/**
 * The sentence about a worker that was stopped because it gave no sign of life.
 * @param hasEnded - false: it cannot be ended
 */
export const stalledDetail = (hasEnded: boolean): string =>
  hasEnded
    ? 'The worker gave no sign of life and was stopped.'
    : 'The worker gave no sign of life and cannot be ended: it waits for a file system that does not respond.';

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
