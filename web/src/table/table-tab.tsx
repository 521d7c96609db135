import { Skeleton } from '@mantine/core';
import { IconTable } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import type { MovieFilter } from '../data/movie-filter.ts';
import type { Selection } from '../data/selection.ts';
import { plural } from '../data/words.ts';
import { Observable, useObservable } from '../state/observable.ts';
import { useFeed, useSessionKey } from '../state/session-context.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { MovieFilterControl } from '../ui/movie-filter-control.tsx';
import { useOpenMovie } from '../ui/use-open-movie.ts';
import { useOrder } from '../ui/use-order.ts';
import { usePointerOver } from '../ui/use-pointer-over.ts';
import { movieFilterWords } from '../ui/words.ts';
import classes from './table.module.css';
import { parseSort, TableHead } from './table-head.tsx';
import { ROW_PX, TableRow } from './table-row.tsx';
import { tableWords } from './words.ts';

const OVERSCAN_ROWS = 8;

const noSelection = new Observable<Selection | null>(null);

interface TableTabProps {
  readonly snapshot: SeriesSnapshot | null;
  readonly chosenBase: string | null;
  /** Sort order as in the URL. */
  readonly sort: string | undefined;
  readonly onSort: (sort: string) => void;
  readonly movieFilter: MovieFilter;
  readonly onMovieFilter: (filter: MovieFilter) => void;
}

/** All metrics of all processed movies, sortable. */
export function TableTab(props: TableTabProps) {
  const { snapshot } = props;
  if (snapshot === null || (snapshot.phase === 'loading' && snapshot.series.size === 0))
    return <Skeleton height={400} radius={10} />;
  if (snapshot.series.size === 0)
    return (
      <div className="card">
        <EmptyState
          icon={<IconTable size={28} stroke={1.5} />}
          title={tableWords.empty}
          hint={tableWords.emptyHint}
        />
      </div>
    );
  return <MovieTable {...props} snapshot={snapshot} />;
}

/** Only the rows near the visible part are in the document. */
function MovieTable({ snapshot, ...props }: TableTabProps & { snapshot: SeriesSnapshot }) {
  const { series } = snapshot;
  const { chosenBase, movieFilter } = props;
  const sessionKey = useSessionKey();
  const openMovie = useOpenMovie();
  const feed = useFeed();
  const selection = useObservable(feed?.selection.current ?? noSelection);
  const sort = parseSort(props.sort);
  const [isScrolled, setScrolled] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const { isPointerOver, ...pointerListeners } = usePointerOver();
  const filter = { picturesOnly: false, filter: movieFilter, selection };
  const { bases } = useOrder(snapshot, sort, isScrolled || isPointerOver, filter);
  const rows = useVirtualizer({
    count: bases.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN_ROWS,
  });
  const items = rows.getVirtualItems();
  const heightAbove = items[0]?.start ?? 0;
  const heightBelow = rows.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <>
      <div className={classes.tools}>
        <MovieFilterControl value={movieFilter} onChange={props.onMovieFilter} />
        <span className="muted">{plural(bases.length, 'movie')}</span>
      </div>
      <section
        ref={box}
        className={`card ${classes.box}`}
        aria-label={tableWords.label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        {...pointerListeners}
        onScroll={(event) => setScrolled(event.currentTarget.scrollTop > ROW_PX)}
      >
        <table className={classes.table} aria-rowcount={bases.length + 1}>
          <TableHead sort={sort} onSort={props.onSort} />
          <tbody>
            {heightAbove > 0 && <tr style={{ height: heightAbove }} aria-hidden />}
            {items.map(({ index: row }) => {
              const base = bases[row] ?? '';
              const index = series.indexOf(base);
              if (index === undefined) return <tr key={base} style={{ height: ROW_PX }} />;
              return (
                <TableRow
                  key={base}
                  sessionKey={sessionKey}
                  series={series}
                  index={index}
                  rowIndex={row + 2}
                  isChosen={base === chosenBase}
                  isSelected={selection?.mask[index] === 1}
                  onToggle={() => feed?.selection.toggle(base)}
                  onOpen={openMovie}
                />
              );
            })}
            {heightBelow > 0 && <tr style={{ height: heightBelow }} aria-hidden />}
          </tbody>
        </table>
      </section>
      {bases.length === 0 && <p className="muted">{movieFilterWords.none}</p>}
    </>
  );
}
