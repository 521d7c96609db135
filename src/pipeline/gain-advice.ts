import type { GainCheck, GainUse } from '../contract/gain-check.ts';
import type { GainSense } from '../contract/recipe.ts';

const settingText = ({ rotate, flip, sense }: GainUse) =>
  `rotgain ${rotate}, flipgain ${flip}${sense === undefined ? '' : `, gain_sense ${sense}`}`;

export interface GainAdvice {
  readonly message: string;
  /** What a user should do; empty if there is nothing to do. */
  readonly remedy: string;
}

/**
 * The verdict of a gain check as sentences. They contain no numbers, so that they are the same for all
 * movies.
 */
export function gainAdvice(check: GainCheck): GainAdvice {
  const { verdict, setting, best } = check;
  switch (verdict) {
    case 'agrees':
      return { message: `The counts confirm ${settingText(setting)}.`, remedy: '' };
    case 'contradicts':
      return best?.sense === undefined
        ? wrongOrientation(setting, best)
        : wrongSense({ ...best, sense: best.sense });
    case 'absent':
      return {
        message:
          'The counts do not show the pattern of the gain reference in any orientation: the movies are already corrected, or the gain reference belongs to another camera or mode.',
        remedy:
          'If the camera software already applies the gain reference, resume with rawgainref=none. Otherwise give the gain reference of this camera and mode.',
      };
    case 'thin':
      return { message: `Inconclusive: ${lackOfEvidence(check)}.`, remedy: '' };
  }
}

function wrongSense(best: GainUse & { readonly sense: GainSense }): GainAdvice {
  const operation = best.sense === 'divide' ? 'divided' : 'multiplied';
  return {
    message: `The gain reference is inverted: the counts show that frames must be ${operation} by it. The best match is ${settingText(best)}.`,
    remedy: `Resume with ${settingText(best)}. Movies that were processed with the other setting are then reprocessed.`,
  };
}

function wrongOrientation(setting: GainUse, best: GainUse | null): GainAdvice {
  const match = best === null ? 'another orientation' : settingText(best);
  return {
    message: `The gain orientation is wrong: the best match is ${match}, not ${settingText(setting)}.`,
    remedy: `Resume with ${match}. Movies that were processed with the other setting are then reprocessed.`,
  };
}

/**
 * A score is significant if it is this many standard errors above zero; scores within this fraction of each
 * other are equal.
 */
const MIN_SCORE_ERRORS = 10;
const EQUAL_SCORE_FRACTION = 0.2;

function lackOfEvidence({ scores, error, margin }: GainCheck): string {
  if (error === null) return 'the gain reference is flat, so its orientations cannot be distinguished';
  const best = Math.max(...scores.map(({ score }) => score));
  if (best <= MIN_SCORE_ERRORS * error)
    return 'the pattern of the gain reference is not above the counting noise yet';
  return margin > EQUAL_SCORE_FRACTION * best
    ? 'there are not enough counts yet'
    : 'the pattern of the gain reference is similar in several orientations';
}

/** The warning about a verdict; none if the orientation is confirmed or the check is inconclusive. */
export function gainWarnings(check: GainCheck): string[] {
  const { verdict } = check;
  return verdict === 'contradicts' || verdict === 'absent' ? [gainAdvice(check).message] : [];
}
