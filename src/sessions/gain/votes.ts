import { z } from 'zod';
import { gainCheckSchema, type ResultRecord } from '../../contract/record.ts';
import { combineChecks } from '../../engine/gain-orientation/verdict.ts';
import { gainWarnings } from '../../pipeline/gain-advice.ts';

/**
 * What the newest movies say of the gain. Kept in memory and in the ledger, which is only an index here too: the records
 * hold all of it.
 */
export const gainVoteSchema = z.object({
  base: z.string(),
  /** Step hash of the alignment: votes under another setting or another gain do not count. */
  alignHash: z.string(),
  check: gainCheckSchema,
  hasPicture: z.boolean(),
});
export type GainVote = z.infer<typeof gainVoteSchema>;

/** Enough evidence, and few enough that a change in mid-session shows. */
export const MAX_VOTES = 10;

/**
 * Adds what a movie says. A movie that alone says clearly something else than those before it replaces them: the gain or
 * the camera has changed, and the old votes would only hide that.
 */
export function addVote(votes: readonly GainVote[], vote: GainVote): GainVote[] {
  const others = votes.filter(({ alignHash, base }) => alignHash === vote.alignHash && base !== vote.base);
  const before = judgementOf(others);
  const isNews =
    before !== null &&
    before.verdict !== 'thin' &&
    vote.check.verdict !== 'thin' &&
    adviceOf([vote]) !== adviceOf(others);
  return isNews ? [vote] : [...others, vote].slice(-MAX_VOTES);
}

/** The votes taken together; null where there are none. */
export const judgementOf = (votes: readonly GainVote[]) =>
  votes.length === 0 ? null : combineChecks(votes.map(({ check }) => check));

const adviceOf = (votes: readonly GainVote[]): string => {
  const judgement = judgementOf(votes);
  return `${judgement?.verdict} ${judgement?.best?.rotate} ${judgement?.best?.flip}`;
};

/** What the session warns of. */
export function gainWarningsOf(votes: readonly GainVote[]): string[] {
  const judgement = judgementOf(votes);
  return judgement ? gainWarnings(judgement) : [];
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
