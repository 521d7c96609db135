import type { SessionState } from '../../../src/contract/states.ts';

/** A complete session cannot be stopped, because nothing is in progress. */
const CAN_STOP: readonly SessionState[] = ['processing_start', 'processing'];
const CAN_RESUME: readonly SessionState[] = [
  'needs_processing',
  'processing_failure',
  'incomplete_or_empty',
  'unknown',
];

/**
 * Whether a session can be stopped or resumed.
 * @param wasStarted - a session that was never started cannot be resumed: it has no parameters
 */
export const possibleCommands = (state: SessionState, wasStarted: boolean) => ({
  canStop: CAN_STOP.includes(state),
  canResume: wasStarted && CAN_RESUME.includes(state),
});
