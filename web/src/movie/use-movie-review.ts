import { useLocalStorage } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import type { Verdict } from '../../../src/contract/review.ts';
import { useReviewActions } from '../state/session-context.ts';
import { reviewWords } from '../ui/words.ts';

/**
 * Accepts or rejects a movie and, if "Advance automatically" is on, goes to the next one; also undoes the
 * last decision.
 */
export function useMovieReview(movie: {
  readonly base: string;
  readonly verdict: Verdict | null;
  readonly goTo: (base: string | undefined) => void;
  readonly goToNext: () => void;
}) {
  const { base, verdict, goTo, goToNext } = movie;
  const reviews = useReviewActions();
  const [shouldAdvance, setShouldAdvance] = useLocalStorage({ key: 'cryoem-advance', defaultValue: true });
  return {
    reviews,
    /** Whether the view goes to the next movie after a decision. */
    shouldAdvance,
    setShouldAdvance,
    /** Giving the same verdict again removes it. */
    decide(newVerdict: Verdict) {
      reviews?.decide([base], verdict === newVerdict ? null : newVerdict);
      if (shouldAdvance && verdict !== newVerdict) goToNext();
    },
    undo() {
      const bases = reviews?.undo() ?? [];
      if (bases.length > 0) notifications.show({ message: reviewWords.undone(bases.length) });
      if (bases.length === 1 && bases[0] !== base) goTo(bases[0]);
    },
  };
}
