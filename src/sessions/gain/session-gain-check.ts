import type { SessionGainCheck } from '../../contract/api.ts';
import { BUILTIN_PROGRAM } from '../../contract/programs.ts';
import { gainAdvice } from '../../pipeline/gain-advice.ts';
import type { StartFile } from '../lifecycle/start-file.ts';
import { movieUrlPathOf } from '../names.ts';
import type { Session } from '../session.ts';
import { combinedCheckOf, type GainVote } from './votes.ts';

/** The combined result of the gain checks of a session's movies, for the page and for API clients. */
export function sessionGainCheckOf({ key, lifecycle, gainVotes: { all: votes } }: Session): SessionGainCheck {
  const { start } = lifecycle;
  const gain = start?.recipe.gain ?? null;
  const gainCheck = combinedCheckOf(votes);
  if (gainCheck === null || (start !== null && gain === null))
    return { ...NO_CHECKS, ...adviceWithoutChecks(start), gain };
  const isInverted = gainCheck.best?.sense !== undefined;
  const bestScore = Math.max(...gainCheck.scores.map(({ score }) => (isInverted ? -score : score)));
  const pictureVote = clearestPicture(votes);
  const { verdict, best, scores, margin, error } = gainCheck;
  return {
    verdict,
    gain,
    best,
    scores,
    margin,
    error,
    none: error === null ? null : Math.min(1, Math.max(0, 1 - bestScore)),
    movies: votes.length,
    base: pictureVote?.base ?? null,
    picture: pictureVote ? `${movieUrlPathOf(key, pictureVote.base)}/pictures/gainPicture` : null,
    ...gainAdvice(gainCheck),
  };
}

/** The check with the smallest error among those with a picture; if several are equal, the newest. */
function clearestPicture(votes: readonly GainVote[]): GainVote | null {
  return votes
    .filter(({ hasPicture }) => hasPicture)
    .reduce<GainVote | null>(
      (a, b) => (a !== null && (a.check.error ?? 1) < (b.check.error ?? 1) ? a : b),
      null,
    );
}

const NO_CHECKS = {
  best: null,
  scores: [],
  none: null,
  margin: null,
  error: null,
  movies: 0,
  base: null,
  picture: null,
} satisfies Partial<SessionGainCheck>;

function adviceWithoutChecks(
  start: StartFile | null,
): Pick<SessionGainCheck, 'verdict' | 'message' | 'remedy'> {
  if (start === null)
    return {
      verdict: 'pending',
      message: 'The gain orientation is checked with the first movies after the start.',
      remedy: '',
    };
  if (start.recipe.gain === null)
    return {
      verdict: 'no_gain',
      message: 'No gain reference is used: movies are not gain-corrected.',
      remedy:
        'If the camera software does not apply the gain reference itself, give a gain reference (rawgainref).',
    };
  const { align } = start.recipe.programs;
  return {
    verdict: 'pending',
    message:
      align === BUILTIN_PROGRAM
        ? 'No movie has been checked yet.'
        : `Motion is corrected by ${align}: the gain orientation is checked by the built-in engine only.`,
    remedy: '',
  };
}
