import type { GainCheck } from '../../contract/gain-check.ts';
import type { GainSense } from '../../contract/recipe.ts';
import { isSameOrientation } from './orientations.ts';

/** What the scores mean, for one movie or for several together. */

/** The best score must exceed all others by this many standard errors, and by this fraction of itself. */
const MIN_MARGIN_ERRORS = 6;
const MIN_MARGIN_FRACTION = 0.2;
/** Minimum fraction of the pattern that the counts must show; with a noisy reference it is always below 1. */
const MIN_SCORE = 0.2;
/** Below this fraction, with at most this error, the pattern is not in the data. */
const MAX_ABSENT_SCORE = 0.08;
const MAX_ABSENT_ERROR = 0.015;

/** Orientation and sense with which a gain reference was applied. */
type Setting = GainCheck['setting'];

export const otherSense = (sense: GainSense): GainSense => (sense === 'multiply' ? 'divide' : 'multiply');

/**
 * @param scores - fraction of the pattern that the counts show with each orientation; that of the inverse
 * gain is its negative
 * @param error - standard error of a score; null if the gain has no pattern
 * @param inverseSense - the sense that was not used
 */
export function verdictOf(
  setting: Setting,
  scores: GainCheck['scores'],
  error: number | null,
  inverseSense: GainSense = otherSense(setting.sense ?? 'multiply'),
): GainCheck {
  const base = { setting: settingOf(setting), scores, error };
  const [best, second] = [...scores].sort((a, b) => b.score - a.score);
  if (!best || !second || error === null)
    return { ...base, verdict: 'thin', best: null, margin: 0, error: null };
  const margin = best.score - second.score;
  const lowestScore = scores.reduce((a, b) => (b.score < a.score ? b : a));
  if (-lowestScore.score < best.score && isClear(best.score, margin, error))
    return {
      ...base,
      verdict: isSameOrientation(best, setting) ? 'agrees' : 'contradicts',
      best: { rotate: best.rotate, flip: best.flip },
      margin,
    };
  const marginOfInverse = inverseMargin(scores, lowestScore);
  if (isClear(-lowestScore.score, marginOfInverse, error))
    return {
      ...base,
      verdict: 'contradicts',
      best: { rotate: lowestScore.rotate, flip: lowestScore.flip, sense: inverseSense },
      margin: marginOfInverse,
    };
  const isAbsent = Math.max(best.score, -lowestScore.score) < MAX_ABSENT_SCORE && error < MAX_ABSENT_ERROR;
  return { ...base, verdict: isAbsent ? 'absent' : 'thin', best: null, margin };
}

const settingOf = ({ rotate, flip, sense }: Setting): Setting => ({
  rotate,
  flip,
  ...(sense === undefined ? {} : { sense }),
});

const isClear = (score: number, margin: number, error: number): boolean =>
  score > MIN_SCORE && margin > MIN_MARGIN_ERRORS * error && margin > MIN_MARGIN_FRACTION * score;

/**
 * By how much the best inverted gain exceeds all others, inverted or not. The score of an inverted gain is
 * the negative of that of its orientation, so the best one has the lowest score.
 */
const inverseMargin = (scores: GainCheck['scores'], lowestScore: GainCheck['scores'][number]): number =>
  -lowestScore.score -
  Math.max(...scores.map((other) => (other === lowestScore ? 0 : Math.abs(other.score))));

/**
 * Combines movies with the same setting and gain, each weighted by the inverse square of its error: together
 * they may be conclusive where each one is not.
 * @param checks - at least one, with the same orientations
 */
export function combineChecks(checks: readonly GainCheck[]): GainCheck {
  const newestCheck = checks.at(-1)!;
  const checksWithPattern = checks.filter(({ error }) => error !== null);
  if (checksWithPattern.length === 0) return newestCheck;
  const weightOf = ({ error }: GainCheck) => 1 / Math.max(error!, 1e-6) ** 2;
  const total = checksWithPattern.reduce((sum, check) => sum + weightOf(check), 0);
  const scores = newestCheck.scores.map(({ rotate, flip }, i) => ({
    rotate,
    flip,
    score:
      checksWithPattern.reduce((sum, check) => sum + weightOf(check) * (check.scores[i]?.score ?? 0), 0) /
      total,
  }));
  return verdictOf(newestCheck.setting, scores, Math.sqrt(1 / total), inverseSenseOf(checks));
}

/** The sense of the newest match with the inverted gain; without one, the opposite of the setting's sense. */
const inverseSenseOf = (checks: readonly GainCheck[]): GainSense =>
  checks.flatMap(({ best }) => best?.sense ?? []).at(-1) ??
  otherSense(checks.at(-1)?.setting.sense ?? 'multiply');
