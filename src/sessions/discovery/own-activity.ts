import { isMainThread, workerData } from 'node:worker_threads';
import { Activity } from './activity.ts';

/**
 * The activity of this thread. Calls on files that may take long advance it, which shows that a scan goes on.
 */
export const ownActivity = new Activity(isMainThread ? undefined : workerData?.activity);
