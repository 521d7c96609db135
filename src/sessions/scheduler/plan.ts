import { mostJobs, type ServiceConfig } from '../../contract/config.ts';
import type { Executor } from '../../executors/executor.ts';

/** How many batches an executor may have in flight, over all sessions: `maxjobs` limits its jobs. */
export const mostInFlight = (
  { params, general }: Pick<ServiceConfig, 'params' | 'general'>,
  executor: Pick<Executor, 'mostInFlight' | 'batchesPerJob'>,
): number => Math.min(mostJobs(params, general.debug) * executor.batchesPerJob, executor.mostInFlight);

/**
 * Movies per batch: a cycle goes into `cluster_size * no_of_gpus` batches, or into as many as keep the executor busy to
 * the end, where that is more.
 * @param movies - that the cycle holds and may still take
 */
export function batchSize(
  params: ServiceConfig['params'],
  executor: Pick<Executor, 'batchesPerCycle'>,
  movies: number,
): number {
  const batches = Math.max(params.cluster_size * params.no_of_gpus, executor.batchesPerCycle);
  return Math.max(1, Math.ceil(movies / batches));
}
