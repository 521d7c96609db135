import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type RefObject, useEffect, useRef } from 'react';
import { movieQuery } from '../api/queries.ts';
import { useSeries, useSessionKey } from '../state/session-context.ts';
import { Crumbs } from '../ui/crumbs.tsx';
import { useKeys } from '../ui/use-keys.ts';
import { uiWords } from '../ui/words.ts';
import { MovieDetails } from './movie-details.tsx';
import { MovieError } from './movie-error.tsx';
import { MovieHead } from './movie-head.tsx';
import { MovieSkeleton } from './movie-skeleton.tsx';
import { ReviewBar } from './review-bar.tsx';
import { useMovieReview } from './use-movie-review.ts';
import { useNeighbours } from './use-neighbours.ts';

/** One movie: review, images, plots, metrics and how it was processed. Arrow keys go to other movies. */
export function MovieView() {
  const key = useSessionKey();
  const { base = '' } = useParams({ strict: false });
  const { picture } = useSearch({ strict: false });
  const navigate = useNavigate();
  const series = useSeries()?.series;
  const index = series?.indexOf(base);
  const { previous, next, position } = useNeighbours(series, index);
  const movie = useQuery(movieQuery(key, base));
  const goTo = (target: string | undefined) => {
    if (target === undefined) return;
    void navigate({
      to: '/s/$project/$user/$session/movie/$base',
      params: { ...key, base: target },
      search: { picture },
      replace: true,
      resetScroll: false,
    });
  };
  const row = movie.data?.row;
  const verdict = (index === undefined ? row?.verdict : series?.verdict(index)) ?? null;
  const review = useMovieReview({ base, verdict, goTo, goToNext: () => goTo(next) });
  const commentField = useRef<HTMLTextAreaElement>(null);
  useKeys({
    ArrowLeft: () => goTo(previous),
    ArrowRight: () => goTo(next),
    k: () => goTo(previous),
    j: () => goTo(next),
    a: () => review.decide('accepted'),
    r: () => review.decide('rejected'),
    u: review.undo,
    c: () => commentField.current?.focus(),
  });
  useEffect(() => {
    document.title = `${base} · ${uiWords.product}`;
  }, [base]);
  usePrefetch(next, previous);
  const body = useRef<HTMLDivElement>(null);
  const minHeight = useHeightWhilePending(body, movie.isPending);
  return (
    <>
      <Crumbs hasSession />
      <MovieHead base={base} position={position} previous={previous} next={next} onGo={goTo} />
      {!movie.isError && (
        <ReviewBar
          reviews={row ? review.reviews : null}
          base={base}
          verdict={verdict}
          comment={row?.comment ?? null}
          shouldAdvance={review.shouldAdvance}
          onShouldAdvance={review.setShouldAdvance}
          onDecide={review.decide}
          onUndo={review.undo}
          commentField={commentField}
        />
      )}
      <div ref={body} style={{ minHeight }}>
        {movie.isPending && <MovieSkeleton />}
        {movie.isError && !movie.data && (
          <MovieError error={movie.error} onRetry={() => void movie.refetch()} />
        )}
        {movie.data && <MovieDetails detail={movie.data} verdict={verdict} />}
      </div>
    </>
  );
}

/** Loads the previous and the next movie, so that the arrow keys show them at once. */
function usePrefetch(next: string | undefined, previous: string | undefined): void {
  const key = useSessionKey();
  const queryClient = useQueryClient();
  useEffect(() => {
    for (const neighbour of [next, previous])
      if (neighbour !== undefined) void queryClient.prefetchQuery(movieQuery(key, neighbour));
  }, [queryClient, next, previous, key]);
}

/** Height that the page keeps while the next movie is being loaded: otherwise the browser would scroll. */
function useHeightWhilePending(body: RefObject<HTMLElement | null>, isPending: boolean): number | undefined {
  const height = useRef<number>(undefined);
  useEffect(() => {
    if (!isPending) height.current = body.current?.offsetHeight;
  });
  return isPending ? height.current : undefined;
}
