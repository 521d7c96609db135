import { isMainThread, workerData } from 'node:worker_threads';
import { Activity } from './activity.ts';

/** The activity of this thread. Every call on a file that may take long shows with it that a scan advances. */
export const ownActivity = new Activity(isMainThread ? undefined : workerData?.activity);
