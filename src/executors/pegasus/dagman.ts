import { join } from 'node:path';
import { tryReadTailBelow } from '../../base/below.ts';
import { isMissingOrStale } from '../../base/missing-file.ts';
import { sessionFolderOf } from '../../contract/session-folders.ts';
import { namesIn } from '../core/group-folder.ts';

/** Number of bytes read from the end of the log, which grows with each event of each job. */
const TAIL_BYTES = 256 * 1024;

/** State of DAGMan according to its log, `*.dag.dagman.out` (HTCondor 23.9.6). */
export interface DagmanReading {
  /** According to the last start or end in the log; `unknown`: neither is in the last lines. */
  readonly state: 'unknown' | 'running' | 'ended';
  /** Exit status of the last run; null: it has not ended. */
  readonly exitStatus: number | null;
  /** Why DAGMan ended: its messages since its last start; null if it has not ended or printed no error. */
  readonly reason: string | null;
}

/** The last lines of the log in a submit directory; '' if there is no log. */
export async function dagmanLog(submitFolder: string): Promise<string> {
  const name = (await namesIn(submitFolder)).find((file) => file.endsWith('.dagman.out'));
  if (name === undefined) return '';
  const root = sessionFolderOf(submitFolder);
  return (await tryReadTailBelow(root, join(submitFolder, name), TAIL_BYTES, isMissingOrStale))?.text ?? '';
}

const STARTING = /\(CONDOR_DAGMAN\) STARTING UP/i;
const EXITING = /\(condor_DAGMAN\) pid \d+ EXITING WITH STATUS (\d+)/i;
const ERROR_MESSAGE = /^\S+ \S+ ((?:ERROR|Warning|Fatal)\b.*\S)/i;
/** Number of messages before an exit that are shown as its reason. */
const MAX_MESSAGES = 2;

/** @param text - the end of the log */
export function readDagman(text: string): DagmanReading {
  let state: DagmanReading['state'] = 'unknown';
  let exitStatus: number | null = null;
  let messages: string[] = [];
  for (const line of text.split('\n')) {
    const exit = EXITING.exec(line)?.[1];
    const message = ERROR_MESSAGE.exec(line)?.[1];
    if (exit !== undefined) {
      state = 'ended';
      exitStatus = Number(exit);
    } else if (STARTING.test(line)) {
      state = 'running';
      exitStatus = null;
      messages = [];
    } else if (message !== undefined) messages.push(message);
  }
  const hasError = messages.some((message) => /^error/i.test(message));
  const reason = exitStatus !== null && hasError ? messages.slice(-MAX_MESSAGES).join('; ') : null;
  return { state, exitStatus, reason };
}
