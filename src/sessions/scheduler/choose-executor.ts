import type { BatchSettings } from '../../contract/settings.ts';
import type { Executor } from '../../executors/executor.ts';
import type { Context } from '../context.ts';
import type { BatchesInFlight } from './batches-in-flight.ts';

export interface Choice {
  readonly executor: Executor;
  /** Whether a preferred executor is reachable but full: `executor` gets only movies that waited long. */
  readonly isSpill: boolean;
}

/**
 * Executors that a session may use, in order of preference: those given at its start, otherwise those of the
 * config file.
 * @param chosen - parameter `executor` of the start
 */
export const allowedExecutors = (
  { settings, executors }: Context,
  chosen: string | undefined,
): readonly Executor[] => executors.configured(chosen ?? settings.executors.join(', '));

/**
 * The executor of the next batch: the first allowed executor that is reachable and has room. If a preferred
 * executor is reachable but full, the chosen executor takes only movies that have waited for `spillMs`. If
 * none is reachable, the first executor with room gets the batch and submits it later. null: none has room.
 */
export function chooseExecutor(
  context: Context,
  inFlight: BatchesInFlight,
  chosen: string | undefined,
): Choice | null {
  const allowed = allowedExecutors(context, chosen);
  const hasRoom = (executor: Executor) =>
    inFlight.countOn(executor.name) < maxInFlight(context.settings.batches, executor);
  const reachable = allowed.filter((executor) => executor.lastKnownState().health.state !== 'unreachable');
  const executor = reachable.find(hasRoom);
  if (executor) return { executor, isSpill: executor !== reachable[0] };
  const unreachable = reachable.length === 0 ? allowed.find(hasRoom) : undefined;
  return unreachable ? { executor: unreachable, isSpill: false } : null;
}

/** Maximum number of batches in flight on an executor, for all sessions together. */
const maxInFlight = ({ maxJobs }: BatchSettings, executor: Executor): number =>
  Math.min(maxJobs * executor.batchesPerJob, executor.maxInFlight);
