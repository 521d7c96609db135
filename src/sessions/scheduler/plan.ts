import type { ServiceConfig } from '../../contract/config.ts';

/** Batches in flight beyond the executor's slots, so that a slot never waits for the next round. */
const QUEUE_AHEAD = 1;

/** How many batches may be in flight, over all sessions. */
export function mostInFlight(params: ServiceConfig['params'], debug: boolean, slots: number): number {
  return Math.min(debug ? params.debug_maxjobs : params.maxjobs, slots + QUEUE_AHEAD);
}

/**
 * Movies per batch: a cycle goes into `cluster_size * no_of_gpus` batches, or into two per slot where that is more,
 * so that all slots are busy to the end.
 * @param movies - that the cycle holds and may still take
 */
export function batchSize(params: ServiceConfig['params'], slots: number, movies: number): number {
  const batches = Math.max(params.cluster_size * params.no_of_gpus, 2 * slots);
  return Math.max(1, Math.ceil(movies / batches));
}
