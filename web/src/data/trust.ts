import { GOOD_CONFIDENCE, NO_RINGS_CONFIDENCE } from '../../../src/contract/record.ts';

/** How far a CTF fit can be trusted. */
export type Trust = 'good' | 'doubtful' | 'noRings';

/** Null if there is no fit, or if its confidence is not known. */
export function trustOf(confidence: number | null): Trust | null {
  if (confidence === null) return null;
  if (confidence >= GOOD_CONFIDENCE) return 'good';
  return confidence >= NO_RINGS_CONFIDENCE ? 'doubtful' : 'noRings';
}

/** True for a fit whose numbers are shown faded. */
export const isFaint = (confidence: number | null): boolean => {
  const trust = trustOf(confidence);
  return trust === 'doubtful' || trust === 'noRings';
};
