import type { GainSense } from '../../contract/recipe.ts';
import type { GainCheck } from '../../contract/record.ts';
import { isSameOrientation } from './orientations.ts';

/** What the scores mean, for one movie or for several together. */

/** The best score must exceed all others by this many standard errors, and by this fraction of itself. */
const CLEAR_ERRORS = 6;
const CLEAR_PART = 0.2;
/** Minimum fraction of the pattern that must be seen; a noisy reference never shows all of it. */
const MIN_PART = 0.2;
/** Below this fraction, with at most this error, the pattern is not in the data. */
const ABSENT_PART = 0.08;
const ABSENT_ERROR = 0.015;

/** Orientation and sense with which a gain reference was applied. */
type Setting = GainCheck['setting'];

export const otherSense = (sense: GainSense): GainSense => (sense === 'multiply' ? 'divide' : 'multiply');

/**
 * @param scores - fraction of the pattern that the counts show with each orientation; that of the inverse
 * gain is its negative
 * @param error - standard error of a score; null if the gain has no pattern
 * @param inverse - the sense that was not used
 */
export function verdictOf(
  setting: Setting,
  scores: GainCheck['scores'],
  error: number | null,
  inverse: GainSense = otherSense(setting.sense ?? 'multiply'),
): GainCheck {
  const base = { setting: settingOf(setting), scores, error };
  const [best, next] = [...scores].sort((a, b) => b.score - a.score);
  if (!best || !next || error === null)
    return { ...base, verdict: 'thin', best: null, margin: 0, error: null };
  const margin = best.score - next.score;
  const lowest = scores.reduce((a, b) => (b.score < a.score ? b : a));
  if (-lowest.score < best.score && isClear(best.score, margin, error))
    return {
      ...base,
      verdict: isSameOrientation(best, setting) ? 'agrees' : 'contradicts',
      best: { rotate: best.rotate, flip: best.flip },
      margin,
    };
  const marginOfInverse = inverseMargin(scores, lowest);
  if (isClear(-lowest.score, marginOfInverse, error))
    return {
      ...base,
      verdict: 'contradicts',
      best: { rotate: lowest.rotate, flip: lowest.flip, sense: inverse },
      margin: marginOfInverse,
    };
  const isAbsent = Math.max(best.score, -lowest.score) < ABSENT_PART && error < ABSENT_ERROR;
  return { ...base, verdict: isAbsent ? 'absent' : 'thin', best: null, margin };
}

const settingOf = ({ rotate, flip, sense }: Setting): Setting => ({
  rotate,
  flip,
  ...(sense === undefined ? {} : { sense }),
});

const isClear = (score: number, margin: number, error: number): boolean =>
  score > MIN_PART && margin > CLEAR_ERRORS * error && margin > CLEAR_PART * score;

/**
 * By how much the inverted gain with the lowest score fits better than the other inverted gains, and than any
 * gain that is not inverted.
 */
const inverseMargin = (scores: GainCheck['scores'], lowest: GainCheck['scores'][number]): number =>
  -lowest.score - Math.max(...scores.map((other) => (other === lowest ? 0 : Math.abs(other.score))));

/**
 * Combines movies with the same setting and gain, each weighted by the inverse square of its error: together
 * they may be conclusive where each one is not.
 * @param checks - at least one, with the same orientations
 */
export function combineChecks(checks: readonly GainCheck[]): GainCheck {
  const newest = checks.at(-1)!;
  const conclusive = checks.filter(({ error }) => error !== null);
  if (conclusive.length === 0) return newest;
  const weightOf = ({ error }: GainCheck) => 1 / Math.max(error!, 1e-6) ** 2;
  const total = conclusive.reduce((sum, check) => sum + weightOf(check), 0);
  const scores = newest.scores.map(({ rotate, flip }, i) => ({
    rotate,
    flip,
    score:
      conclusive.reduce((sum, check) => sum + weightOf(check) * (check.scores[i]?.score ?? 0), 0) / total,
  }));
  return verdictOf(newest.setting, scores, Math.sqrt(1 / total), inverseOf(checks));
}

/** The sense of the newest match with the inverted gain; without one, the opposite of the setting's sense. */
const inverseOf = (checks: readonly GainCheck[]): GainSense =>
  checks.flatMap(({ best }) => best?.sense ?? []).at(-1) ??
  otherSense(checks.at(-1)?.setting.sense ?? 'multiply');
