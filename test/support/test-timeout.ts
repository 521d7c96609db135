/**
 * Maximum time that a test waits for an event, ms, so that a test cannot hang. On a machine with twenty other
 * busy processes, an event that usually takes a second once took half a minute.
 */
export const TEST_TIMEOUT_MS = 120_000;
