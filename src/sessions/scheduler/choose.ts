import type { BatchSettings } from '../../contract/settings.ts';
import type { Executor } from '../../executors/executor.ts';
import type { Context } from '../context.ts';
import type { BatchesInFlight } from './batches-in-flight.ts';

export interface Choice {
  readonly executor: Executor;
  /** One that the session prefers answers, but is full: only what has waited long goes elsewhere. */
  readonly isSpill: boolean;
}

/**
 * Executors that a start may use, in the order of preference: its own choice, else the site's.
 * @param chosen - parameter `executor` of the start
 */
export const executorsOf = (
  { settings, executors }: Context,
  chosen: string | undefined,
): readonly Executor[] => executors.known(chosen ?? settings.executors.join(', '));

/**
 * The executor that takes the next batch: the first of those that a start may use that answers and has room. While one
 * before it answers too, it takes only movies that have waited for `spillMs`. Where none answers, the first that has
 * room keeps the batch until it does. null: none has room.
 */
export function chooseExecutor(
  context: Context,
  inFlight: BatchesInFlight,
  chosen: string | undefined,
): Choice | null {
  const all = executorsOf(context, chosen);
  const hasRoom = (executor: Executor) =>
    inFlight.countOn(executor.name) < maxInFlight(context.settings.batches, executor);
  const answering = all.filter((executor) => executor.condition().health.state !== 'away');
  const executor = answering.find(hasRoom);
  if (executor) return { executor, isSpill: executor !== answering[0] };
  const keeper = answering.length === 0 ? all.find(hasRoom) : undefined;
  return keeper ? { executor: keeper, isSpill: false } : null;
}

/** How many batches an executor may have in flight, over all sessions: its jobs are limited. */
const maxInFlight = ({ maxJobs }: BatchSettings, executor: Executor): number =>
  Math.min(maxJobs * executor.batchesPerJob, executor.maxInFlight);
