import { Skeleton } from '@mantine/core';
import { IconGridDots } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { gridQuery } from '../api/queries.ts';
import { NO_CRITERIA } from '../data/criteria.ts';
import type { GridMetric, SquareOrder } from '../data/grid-choices.ts';
import type { SessionSearch } from '../routes.ts';
import { Observable, useObservable } from '../state/observable.ts';
import { useFeed, useSessionKey } from '../state/session-context.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorMessage } from '../ui/error-message.tsx';
import classes from './grid.module.css';
import { GridOverview } from './grid-overview.tsx';
import { SquareView } from './square-view.tsx';
import { gridWords } from './words.ts';

const noCriteria = new Observable(NO_CRITERIA);

export interface GridTabProps {
  readonly snapshot: SeriesSnapshot | null;
  /** Number of movies of the session. */
  readonly total: number;
  /** Name of the open square. */
  readonly square: string | undefined;
  readonly metric: GridMetric | undefined;
  readonly order: SquareOrder | undefined;
  readonly chosenBase: string | null;
  readonly onSearch: (next: SessionSearch, canGoBack?: boolean) => void;
}

/** Positions on the grid at which the movies were recorded: all squares, or the holes of the open square. */
export function GridTab(props: GridTabProps) {
  const { snapshot, square, metric = 'fitResolution', order = 'begun', onSearch } = props;
  const key = useSessionKey();
  const feed = useFeed();
  const grid = useQuery(gridQuery(key));
  const criteria = useObservable(feed?.selection.criteria ?? noCriteria);
  if (grid.isError && !grid.data)
    return (
      <ErrorMessage title={gridWords.loadFailed} error={grid.error} onRetry={() => void grid.refetch()} />
    );
  if (!grid.data || !feed || !snapshot || (snapshot.phase === 'loading' && snapshot.series.size === 0))
    return (
      <section aria-busy="true" aria-label={gridWords.loading} className={classes.loading}>
        <Skeleton height={58} radius={10} />
        <Skeleton height={420} radius={10} />
      </section>
    );
  if (grid.data.squares.length === 0) {
    const hint = props.total === 0 ? gridWords.emptyNoMovies : gridWords.emptyHint(props.total);
    return (
      <div className="card">
        <EmptyState
          icon={<IconGridDots size={28} stroke={1.5} />}
          title={gridWords.empty}
          hint={grid.data.isReading ? gridWords.reading : hint}
        />
      </div>
    );
  }
  const sharedProps = {
    grid: grid.data,
    snapshot,
    metric,
    criteria,
    model: feed.selection,
    onMetric: (next: GridMetric) => onSearch({ metric: next }),
    onSquare: (name: string | null) => onSearch({ square: name ?? undefined }, true),
  };
  return square === undefined ? (
    <GridOverview {...sharedProps} order={order} onOrder={(next) => onSearch({ order: next })} />
  ) : (
    <SquareView
      {...sharedProps}
      key={square}
      square={square}
      chosenBase={props.chosenBase}
      onChoose={(base) => onSearch({ pick: base })}
    />
  );
}
