import { Badge, Button, Skeleton } from '@mantine/core';
import { IconArchive, IconArchiveOff, IconRefresh } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { FailureCauses, MoviePage } from '../../../src/contract/api.ts';
import { ERRORS, type ErrorCode } from '../../../src/contract/errors.ts';
import { useApi } from '../api/page-query-client.ts';
import { type FailureList, failurePath, failuresQuery } from '../api/queries.ts';
import { useReviewActions, useSessionKey } from '../state/session-context.ts';
import { notifyError } from '../ui/error-message.tsx';
import { uiWords } from '../ui/words.ts';
import { FailedMovie } from './failed-movie.tsx';
import classes from './failures.module.css';
import { failureWords } from './words.ts';

/** Failures of one cause: those that need action, or those that were set aside. */
export type ListedFailures = 'open' | 'aside';

/** Failed movies to retry: one, those with one cause, or all that are not set aside. */
export type RetryRequest = { readonly base?: string; readonly code?: ErrorCode };

/** Movies per request. */
const PAGE_SIZE = 200;

/** One error code: its meaning, the remedy, and the movies that failed with it. */
export function FailureCause(props: {
  cause: FailureCauses[number];
  /** Which of the movies that failed for this cause are listed; null: none. */
  shown: ListedFailures | null;
  onShown: (shown: ListedFailures | null) => void;
  retrying: RetryRequest | null;
  onRetry: (request: RetryRequest) => void;
}) {
  const { cause, retrying, onRetry } = props;
  const { code, count, aside } = cause;
  const key = useSessionKey();
  const api = useApi();
  const reviews = useReviewActions();
  const { shown, onShown: setShown } = props;
  const declaration = code === null ? null : ERRORS[code];
  const setAllAside = async () => {
    try {
      const bases: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: MoviePage = await api.get(failurePath(key, { code, aside: false }, cursor, PAGE_SIZE));
        bases.push(...page.movies.map((movie) => movie.base));
        cursor = page.nextCursor;
      }
      reviews?.decide(bases, 'rejected', code ?? undefined);
    } catch (error) {
      notifyError(error);
    }
  };
  const toggleButton = (list: ListedFailures, label: string, n: number) =>
    n > 0 && (
      <Button
        size="compact-sm"
        variant={shown === list ? 'light' : 'subtle'}
        aria-expanded={shown === list}
        onClick={() => setShown(shown === list ? null : list)}
      >
        {label}
      </Button>
    );
  return (
    <section className={`card ${classes.cause}`} aria-label={code ?? failureWords.unknownCode}>
      <div className={classes.head}>
        <div className={classes.description}>
          <Badge variant="light" color="orange" tt="none">
            {code ?? failureWords.unknownCode}
          </Badge>
          {declaration && <span className="muted">{failureWords.causes[declaration.cause]}</span>}
          <p className={classes.line}>{declaration?.text}</p>
          {declaration && (
            <p className={classes.line}>
              <span className="muted">{uiWords.remedy}: </span>
              {declaration.remedy}
            </p>
          )}
        </div>
        {count > 0 && (
          <div className={classes.buttons}>
            <Button
              size="xs"
              variant="light"
              leftSection={<IconRefresh size={15} />}
              loading={retrying?.code === code && code !== null}
              disabled={code === null}
              onClick={() => code !== null && onRetry({ code })}
            >
              {failureWords.retryCause(count)}
            </Button>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconArchive size={15} />}
              onClick={() => void setAllAside()}
            >
              {failureWords.asideCause(count)}
            </Button>
          </div>
        )}
      </div>
      <div className={classes.toggles}>
        {toggleButton('open', failureWords.showOpen(count), count)}
        {toggleButton('aside', failureWords.showAside(aside), aside)}
      </div>
      {shown !== null && (
        <FailureMovies
          key={shown}
          list={{ code, aside: shown === 'aside' }}
          retrying={retrying}
          onRetry={onRetry}
        />
      )}
    </section>
  );
}

function FailureMovies(props: {
  list: FailureList;
  retrying: RetryRequest | null;
  onRetry: (request: RetryRequest) => void;
}) {
  const { list, retrying, onRetry } = props;
  const key = useSessionKey();
  const reviews = useReviewActions();
  const failures = useInfiniteQuery(failuresQuery(key, list));
  if (failures.isPending) return <Skeleton height={80} radius={8} m="sm" />;
  const rows = failures.data?.pages.flatMap((page) => page.movies) ?? [];
  return (
    <>
      <ul className={classes.list}>
        {rows.map((row) => (
          <FailedMovie key={row.base} row={row}>
            {!list.aside && (
              <Button
                size="xs"
                variant="light"
                aria-label={failureWords.retryOne(row.base)}
                loading={retrying?.base === row.base}
                onClick={() => onRetry({ base: row.base })}
              >
                {failureWords.retry}
              </Button>
            )}
            <Button
              size="xs"
              variant="default"
              leftSection={list.aside ? <IconArchiveOff size={15} /> : <IconArchive size={15} />}
              aria-label={(list.aside ? failureWords.restoreOne : failureWords.asideOne)(row.base)}
              onClick={() => reviews?.decide([row.base], list.aside ? null : 'rejected')}
            >
              {list.aside ? failureWords.restore : failureWords.aside}
            </Button>
          </FailedMovie>
        ))}
      </ul>
      {failures.hasNextPage && (
        <Button
          m="sm"
          size="xs"
          variant="default"
          loading={failures.isFetchingNextPage}
          onClick={() => void failures.fetchNextPage()}
        >
          {failureWords.more}
        </Button>
      )}
    </>
  );
}
