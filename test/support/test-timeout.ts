/**
 * Maximum time that a test waits for an event, ms: a limit for hanging. On machines with twenty other busy
 * processes, an event that takes a second has taken half a minute.
 */
export const TEST_TIMEOUT_MS = 120_000;
