import type { GainJudgement } from '../../contract/api.ts';
import { BUILTIN_PROGRAM } from '../../contract/programs.ts';
import { gainAdvice } from '../../pipeline/gain-advice.ts';
import { moviePathOf } from '../names.ts';
import type { Session } from '../session.ts';
import { judgementOf } from './votes.ts';

/** What the movies of a session say of its gain, for the page and for programs. */
export function gainJudgementOf(session: Session): GainJudgement {
  const { start, gainVotes, key } = session;
  const gain = start?.recipe.gain ?? null;
  const judgement = judgementOf(gainVotes);
  if (judgement === null || (start !== null && gain === null))
    return { ...NOTHING, ...unjudged(session), gain };
  const best = Math.max(...judgement.scores.map(({ score }) => score));
  // The clearest of them; of equals the newest.
  const shown = gainVotes
    .filter(({ hasPicture }) => hasPicture)
    .reduce<(typeof gainVotes)[number] | null>(
      (a, b) => (a !== null && (a.check.error ?? 1) < (b.check.error ?? 1) ? a : b),
      null,
    );
  const { verdict, scores, margin, error } = judgement;
  return {
    ...{ verdict, gain, best: judgement.best, scores, margin, error },
    none: error === null ? null : Math.min(1, Math.max(0, 1 - best)),
    movies: gainVotes.length,
    base: shown?.base ?? null,
    picture: shown ? `${moviePathOf(key, shown.base)}/pictures/gainPicture` : null,
    ...gainAdvice(judgement),
  };
}

const NOTHING = {
  ...{ best: null, scores: [], none: null, margin: null, error: null, movies: 0, base: null, picture: null },
} satisfies Partial<GainJudgement>;

function unjudged({ start }: Session): Pick<GainJudgement, 'verdict' | 'message' | 'remedy'> {
  if (start === null)
    return {
      verdict: 'pending',
      message: 'The gain is judged from the first movies after the start.',
      remedy: '',
    };
  if (start.recipe.gain === null)
    return {
      verdict: 'no_gain',
      message: 'No gain reference is used: movies are taken as they are.',
      remedy: 'Where the camera does not correct its movies by itself, give a gain reference (rawgainref).',
    };
  const { align } = start.recipe.programs;
  return {
    verdict: 'pending',
    message:
      align === BUILTIN_PROGRAM
        ? 'No movie was judged yet: the first one that is done tells.'
        : `Motion is corrected by ${align}: how the gain lies is judged by the built-in engine only.`,
    remedy: '',
  };
}
