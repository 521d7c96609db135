import { z } from 'zod';
import { gainCheckSchema } from '../../contract/gain-check.ts';
import type { ResultRecord } from '../../contract/record.ts';
import { combineChecks } from '../../engine/gain-orientation/verdict.ts';
import { gainWarnings } from '../../pipeline/gain-advice.ts';

/**
 * Gain check of one of the newest movies, in memory and in the ledger. The records contain all checks.
 */
export const gainVoteSchema = z.object({
  base: z.string(),
  /** Step hash of the alignment: checks with another setting or gain reference are ignored. */
  alignHash: z.string(),
  check: gainCheckSchema,
  hasPicture: z.boolean(),
});
export type GainVote = z.infer<typeof gainVoteSchema>;

/** Enough movies to decide, but few enough to detect a change during the session. */
export const MAX_VOTES = 10;

/**
 * Adds the check of a movie. A conclusive check that contradicts the earlier checks replaces them: the gain
 * reference or the camera has changed, and the old checks would only hide this.
 */
export function addVote(votes: readonly GainVote[], vote: GainVote): GainVote[] {
  const others = votes.filter(({ alignHash, base }) => alignHash === vote.alignHash && base !== vote.base);
  const previous = combinedCheckOf(others);
  const hasChanged =
    previous !== null &&
    previous.verdict !== 'thin' &&
    vote.check.verdict !== 'thin' &&
    adviceOf([vote]) !== adviceOf(others);
  return hasChanged ? [vote] : [...others, vote].slice(-MAX_VOTES);
}

/** The combined result of all checks; null if there are none. */
export const combinedCheckOf = (votes: readonly GainVote[]) =>
  votes.length === 0 ? null : combineChecks(votes.map(({ check }) => check));

const adviceOf = (votes: readonly GainVote[]): string => {
  const gainCheck = combinedCheckOf(votes);
  return `${gainCheck?.verdict} ${gainCheck?.best?.rotate} ${gainCheck?.best?.flip} ${gainCheck?.best?.sense}`;
};

/** Warnings of the session. */
export function gainWarningsOf(votes: readonly GainVote[]): string[] {
  const gainCheck = combinedCheckOf(votes);
  return gainCheck ? gainWarnings(gainCheck) : [];
}

export const voteOf = ({ movie, stepHashes, gainCheck, files }: ResultRecord): GainVote | null =>
  gainCheck
    ? {
        base: movie.base,
        alignHash: stepHashes.align,
        check: gainCheck,
        hasPicture: 'gainPicture' in files,
      }
    : null;
