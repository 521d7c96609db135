import type { BatchSettings } from '../../contract/settings.ts';
import type { Executor } from '../../executors/executor.ts';
import type { Context } from '../context.ts';
import type { BatchesInFlight } from './batches-in-flight.ts';

export interface Choice {
  readonly executor: Executor;
  /** A preferred executor is reachable but full: only movies that have waited long go to another one. */
  readonly isSpill: boolean;
}

/**
 * Executors that a start may use, in order of preference: those of the start, else the site's.
 * @param chosen - parameter `executor` of the start
 */
export const allowedExecutors = (
  { settings, executors }: Context,
  chosen: string | undefined,
): readonly Executor[] => executors.configured(chosen ?? settings.executors.join(', '));

/**
 * The executor of the next batch: the first allowed one that is reachable and has room. If a preferred one is
 * reachable but full, it takes only movies that have waited for `spillMs`. If none is reachable, the first
 * with room keeps the batch until it is. null: none has room.
 */
export function chooseExecutor(
  context: Context,
  inFlight: BatchesInFlight,
  chosen: string | undefined,
): Choice | null {
  const all = allowedExecutors(context, chosen);
  const hasRoom = (executor: Executor) =>
    inFlight.countOn(executor.name) < maxInFlight(context.settings.batches, executor);
  const answering = all.filter((executor) => executor.condition().health.state !== 'away');
  const executor = answering.find(hasRoom);
  if (executor) return { executor, isSpill: executor !== answering[0] };
  const keeper = answering.length === 0 ? all.find(hasRoom) : undefined;
  return keeper ? { executor: keeper, isSpill: false } : null;
}

/** Maximum number of batches in flight of an executor, over all sessions: its jobs are limited. */
const maxInFlight = ({ maxJobs }: BatchSettings, executor: Executor): number =>
  Math.min(maxJobs * executor.batchesPerJob, executor.maxInFlight);
