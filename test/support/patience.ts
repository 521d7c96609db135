/**
 * Longest that a test waits for what comes by itself, ms: a bound for what hangs. Machines with twenty other
 * things to do have needed half a minute for what takes a second.
 */
export const PATIENCE_MS = 120_000;
