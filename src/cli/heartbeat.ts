import { writeSync } from 'node:fs';
import { HEARTBEAT_VARIABLE } from '../contract/batch.ts';

/** Minimum time between two heartbeats; more frequent ones are not sent. */
const MIN_INTERVAL_MS = 500;

/**
 * Sends heartbeats to the program that started this worker, over the pipe that it opened.
 * @returns a function that sends a heartbeat; it has no effect in a process that a user started
 */
export function createHeartbeatSender(env: NodeJS.ProcessEnv): () => void {
  const fd = Number(env[HEARTBEAT_VARIABLE] ?? Number.NaN);
  let lastMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = performance.now();
    if (!Number.isInteger(fd) || nowMs - lastMs < MIN_INTERVAL_MS) return;
    lastMs = nowMs;
    try {
      writeSync(fd, '.');
    } catch {
      // Nobody reads it: the service has ended, and this worker is about to stop too.
    }
  };
}
