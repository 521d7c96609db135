import { join } from 'node:path';
import { readTailBelow } from '../../base/below.ts';
import { isMissingOrStale, unlessMissing } from '../../base/missing-file.ts';
import { sessionFolderOf } from '../../contract/session-folders.ts';
import { namesIn } from '../core/group-folder.ts';

/** Bytes read from the end of the log, which grows with each event of each job. */
const TAIL_BYTES = 256 * 1024;

/** State of DAGMan according to its log, `*.dag.dagman.out` (HTCondor 23.9.6). */
export interface DagmanReading {
  /** According to its last entry on it; `unknown`: there is none in the last lines. */
  readonly state: 'unknown' | 'running' | 'ended';
  /** Exit status of its last start; null: it has not ended. */
  readonly exitStatus: number | null;
  /** Why it ended before it had run anything, in its own words; null if it does not say. */
  readonly reason: string | null;
}

/** The last lines of the log in a submit directory; '' if there is none. */
export async function dagmanLog(submitFolder: string): Promise<string> {
  const name = (await namesIn(submitFolder)).find((one) => one.endsWith('.dagman.out'));
  if (name === undefined) return '';
  const reading = readTailBelow(sessionFolderOf(submitFolder), join(submitFolder, name), TAIL_BYTES);
  return (await unlessMissing(reading, null, isMissingOrStale))?.text ?? '';
}

const STARTING = /\(CONDOR_DAGMAN\) STARTING UP/i;
const EXITING = /\(condor_DAGMAN\) pid \d+ EXITING WITH STATUS (\d+)/i;
const COMPLAINT = /^\S+ \S+ ((?:ERROR|Warning|Fatal)\b.*\S)/i;
/** Messages directly before an exit, which make up its reason. */
const MAX_COMPLAINTS = 2;

/** @param text - the end of the log */
export function readDagman(text: string): DagmanReading {
  let state: DagmanReading['state'] = 'unknown';
  let exitStatus: number | null = null;
  let complaints: string[] = [];
  for (const line of text.split('\n')) {
    const exit = EXITING.exec(line)?.[1];
    const complaint = COMPLAINT.exec(line)?.[1];
    if (exit !== undefined) {
      state = 'ended';
      exitStatus = Number(exit);
    } else if (STARTING.test(line)) {
      state = 'running';
      exitStatus = null;
      complaints = [];
    } else if (complaint !== undefined) complaints.push(complaint);
  }
  const hasError = complaints.some((complaint) => /^error/i.test(complaint));
  const reason = exitStatus !== null && hasError ? complaints.slice(-MAX_COMPLAINTS).join('; ') : null;
  return { state, exitStatus, reason };
}
