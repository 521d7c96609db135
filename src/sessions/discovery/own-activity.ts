import { isMainThread, workerData } from 'node:worker_threads';
import { Activity } from './activity.ts';

/** The activity of this thread. File calls that may take long show with it that a scan advances. */
export const ownActivity = new Activity(isMainThread ? undefined : workerData?.activity);
