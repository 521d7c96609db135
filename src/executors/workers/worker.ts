import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasErrorCode, messageOf } from '../../base/errors.ts';
import type { ProcessResult } from '../../base/process-result.ts';
import { type RunningProcess, startProcess } from '../../base/start-process.ts';
import { CodedError } from '../../contract/errors.ts';
import type { Ending, Submission } from '../executor.ts';
import { TOKEN_VARIABLE } from './processes.ts';

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
): RunningProcess {
  const log = openLog(submission.logPath);
  try {
    return startProcess([...command, submission.batchPath, '--follow-stdin'], {
      env: { ...environment, [TOKEN_VARIABLE]: submission.token },
      stdin: 'held',
      stdout: log,
      stderr: log,
      group: 'own',
    });
  } finally {
    closeSync(log);
  }
}

/** In the words of the port, how a worker ended that we did not cancel. */
export function endingOf({ exitCode, signal, startFailure }: ProcessResult): Ending {
  if (startFailure)
    return { how: 'failed', exitCode, signal, detail: `The worker did not start: ${startFailure.message}` };
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
    if (!hasErrorCode(error, 'EEXIST')) throw error;
  }
}

function openLog(path: string): number {
  try {
    makeFolder(dirname(path));
    return openSync(path, 'a');
  } catch (error) {
    const message = messageOf(error);
    throw new CodedError(
      'OUTPUT_NOT_WRITABLE',
      `The worker's log: ${message}`,
      { file: path },
      { cause: error },
    );
  }
}
