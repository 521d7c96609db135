import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissingOrStale, unlessMissing } from '../../base/missing-file.ts';
import { namesIn } from '../core/group-folder.ts';
import type { JobstateReading } from './jobstate.ts';
import type { WorkflowStatus } from './status.ts';

/** Of the end of DAGMan's log, which grows with each event of each job. */
const TAIL_BYTES = 256 * 1024;
/** DAGMan tells it on a line of its own after the event, without the job that it belongs to. */
const HOLD_REASON = /Hold reason:\s*(.*\S)/g;

/**
 * Jobs that HTCondor holds, by what Pegasus' monitor and DAGMan have written: for Pegasus 5.0, whose pegasus-status does
 * not tell of them. The reason is the last that DAGMan was given.
 */
export async function heldByLogs(
  submitFolder: string,
  progress: Pick<JobstateReading, 'nodes'>,
): Promise<WorkflowStatus['held']> {
  const held = [...progress.nodes].filter(([, { state }]) => /^JOB_HELD/.test(state));
  if (held.length === 0) return [];
  const names = await namesIn(submitFolder);
  const log = names.find((name) => name.endsWith('.dagman.out'));
  const text =
    log === undefined ? '' : await unlessMissing(readTail(join(submitFolder, log)), '', isMissingOrStale);
  const reason = [...text.matchAll(HOLD_REASON)].at(-1)?.[1] ?? 'condor_q -hold tells why';
  return held.map(([job]) => ({ job, reason }));
}

/** A sentence for each reason. */
export function heldTexts(held: WorkflowStatus['held']): string[] {
  return [...Map.groupBy(held, ({ reason }) => reason)].map(
    ([reason, { length }]) =>
      `${length === 1 ? 'A job of Pegasus is' : `${length} jobs of Pegasus are`} held: ${reason}`,
  );
}

async function readTail(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8');
  } finally {
    await file.close();
  }
}
