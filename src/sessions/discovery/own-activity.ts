import { isMainThread, workerData } from 'node:worker_threads';
import { Activity } from './activity.ts';

/** The activity of this thread. Every file call that may take long updates it, to show that a scan advances. */
export const ownActivity = new Activity(isMainThread ? undefined : workerData?.activity);
