import { dagmanLog } from './dagman.ts';
import type { JobstateReading } from './jobstate.ts';
import type { WorkflowStatus } from './status.ts';

/** DAGMan writes the reason on a separate line after the event, without the name of the job. */
const HOLD_REASON = 'Hold reason:';

/**
 * Jobs that HTCondor holds, according to the logs of Pegasus' monitor and DAGMan: for Pegasus 5.0, whose
 * pegasus-status does not show them. The reason is the last one in DAGMan's log.
 */
export async function heldByLogs(
  submitFolder: string,
  nodes: JobstateReading['nodes'],
): Promise<WorkflowStatus['held']> {
  const held = [...nodes].filter(([, { state }]) => /^JOB_HELD/.test(state));
  if (held.length === 0) return [];
  const reason = lastHoldReason(await dagmanLog(submitFolder)) ?? 'run condor_q -hold for the reason';
  return held.map(([job]) => ({ job, reason }));
}

/** @param log - of DAGMan */
export function lastHoldReason(log: string): string | null {
  const reasons = log.split('\n').map((line) => {
    const at = line.indexOf(HOLD_REASON);
    return at < 0 ? '' : line.slice(at + HOLD_REASON.length).trim();
  });
  return reasons.findLast((reason) => reason !== '') ?? null;
}

/** A sentence for each reason. */
export function heldTexts(held: WorkflowStatus['held']): string[] {
  return [...Map.groupBy(held, ({ reason }) => reason)].map(
    ([reason, { length }]) =>
      `${length === 1 ? 'A Pegasus job is' : `${length} Pegasus jobs are`} held: ${reason}`,
  );
}
