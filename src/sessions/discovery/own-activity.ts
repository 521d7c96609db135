import { isMainThread, workerData } from 'node:worker_threads';
import { Activity } from './activity.ts';

/** The activity of this thread: each call on a file advances it, so that a long scan does not seem hung. */
export const ownActivity = new Activity(isMainThread ? undefined : workerData?.activity);
