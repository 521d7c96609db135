import { dagmanLog } from './dagman.ts';
import type { JobstateReading } from './jobstate.ts';
import type { WorkflowStatus } from './status.ts';

/** DAGMan tells it on a line of its own after the event, without the job that it belongs to. */
const HOLD_REASON = /Hold reason:\s*(.*\S)/g;

/**
 * Jobs that HTCondor holds, by what Pegasus' monitor and DAGMan have written: for Pegasus 5.0, whose pegasus-status does
 * not tell of them. The reason is the last that DAGMan was given.
 */
export async function heldByLogs(
  submitFolder: string,
  nodes: JobstateReading['nodes'],
): Promise<WorkflowStatus['held']> {
  const held = [...nodes].filter(([, { state }]) => /^JOB_HELD/.test(state));
  if (held.length === 0) return [];
  const text = await dagmanLog(submitFolder);
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
