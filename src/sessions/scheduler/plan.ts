import type { BatchSettings } from '../../contract/settings.ts';
import type { Executor } from '../../executors/executor.ts';

/** How many batches an executor may have in flight, over all sessions: its jobs are limited. */
export const mostInFlight = (
  { maxJobs }: BatchSettings,
  executor: Pick<Executor, 'mostInFlight' | 'batchesPerJob'>,
): number => Math.min(maxJobs * executor.batchesPerJob, executor.mostInFlight);

/**
 * Movies per batch: a cycle goes into so many batches for each GPU of a node, or into as many as keep the executor busy to
 * the end, where that is more.
 * @param movies - that the cycle holds and may still take
 */
export function batchSize(
  { batchesPerGpu, gpusPerNode }: BatchSettings,
  executor: Pick<Executor, 'batchesPerCycle'>,
  movies: number,
): number {
  const batches = Math.max(batchesPerGpu * gpusPerNode, executor.batchesPerCycle);
  return Math.max(1, Math.ceil(movies / batches));
}
