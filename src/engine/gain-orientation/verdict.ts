import type { GainCheck } from '../../contract/record.ts';
import { isSameOrientation, type Orientation } from './orientations.ts';

/** What the scores mean, for one movie or for several together. */

/** The best score must exceed all others by this many standard errors, and by this fraction of itself. */
const CLEAR_ERRORS = 6;
const CLEAR_PART = 0.2;
/** Minimum fraction of the pattern that must be seen; with a noisy reference it is less than all of it. */
const MIN_PART = 0.2;
/** Below this fraction, with at most this error, the pattern is not in the data. */
const ABSENT_PART = 0.08;
const ABSENT_ERROR = 0.015;

/**
 * @param scores - fraction of the pattern that the counts show with each orientation
 * @param error - standard error of a score; null if the gain has no pattern
 */
export function verdictOf(
  setting: Orientation,
  scores: GainCheck['scores'],
  error: number | null,
): GainCheck {
  const base = { setting: { rotate: setting.rotate, flip: setting.flip }, scores, error };
  const [best, next] = [...scores].sort((a, b) => b.score - a.score);
  if (!best || !next || error === null)
    return { ...base, verdict: 'thin', best: null, margin: 0, error: null };
  const margin = best.score - next.score;
  const isClear = margin > CLEAR_ERRORS * error && margin > CLEAR_PART * best.score;
  if (best.score > MIN_PART && isClear)
    return {
      ...base,
      verdict: isSameOrientation(best, setting) ? 'agrees' : 'contradicts',
      best: { rotate: best.rotate, flip: best.flip },
      margin,
    };
  const isAbsent = best.score < ABSENT_PART && error < ABSENT_ERROR;
  return { ...base, verdict: isAbsent ? 'absent' : 'thin', best: null, margin };
}

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
  return verdictOf(newest.setting, scores, Math.sqrt(1 / total));
}
