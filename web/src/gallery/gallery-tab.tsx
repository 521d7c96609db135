import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { useElementSize, useLocalStorage } from '@mantine/hooks';
import { IconArrowUp, IconPhoto } from '@tabler/icons-react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { COLUMN_FLAGS } from '../../../src/contract/columns.ts';
import type { MovieFilter } from '../data/movie-filter.ts';
import type { Selection } from '../data/selection.ts';
import { Observable, useObservable } from '../state/observable.ts';
import { useFeed } from '../state/session-context.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { KeysHelp } from '../ui/keys-help.tsx';
import { MovieFilterControl } from '../ui/movie-filter-control.tsx';
import { type SortBy, useOrder } from '../ui/use-order.ts';
import { usePointerOver } from '../ui/use-pointer-over.ts';
import { movieFilterWords } from '../ui/words.ts';
import classes from './gallery.module.css';
import { GalleryItem } from './gallery-item.tsx';
import { GALLERY_GAP_PX, GALLERY_SIZES, type GallerySize, galleryLayout } from './gallery-size.ts';
import { GALLERY_KEYS, useGalleryKeys } from './use-gallery-keys.ts';
import { galleryWords } from './words.ts';

/** Height of the text below an image, px. */
const CAPTION_PX = 44;
/** Rows that are rendered above and below the visible ones. */
const OVERSCAN_ROWS = 3;
/** Height of the bars that cover the page at its top and bottom, px. */
const SCROLL_PADDING_PX = { top: 70, bottom: 90 } as const;
/** The list is scrolled away if its top edge is higher than this in the window, px. */
const TOP_EDGE_PX = 40;
const NEWEST_FIRST: SortBy = { column: 'seq', descending: true };
const noSelection = new Observable<Selection | null>(null);

/** Thumbnails, latest first. Only the visible ones are rendered. */
export function GalleryTab(props: {
  snapshot: SeriesSnapshot | null;
  movieFilter: MovieFilter;
  onMovieFilter: (filter: MovieFilter) => void;
}) {
  const { snapshot, movieFilter } = props;
  const feed = useFeed();
  const selection = useObservable(feed?.selection.current ?? noSelection);
  const [size, setSize] = useLocalStorage<GallerySize>({ key: 'cryoem-gallery', defaultValue: 'm' });
  const { ref: measuredRef, width } = useElementSize();
  const list = useRef<HTMLDivElement>(null);
  const isScrolledAway = useIsScrolledAway(list);
  /** Movie that the keys act on; null until a key is pressed. */
  const [current, setCurrent] = useState<string | null>(null);
  const { isPointerOver, ...pointerListeners } = usePointerOver();
  // The list does not change while it is in use.
  const isFrozen = isScrolledAway || isPointerOver || current !== null;
  const filter = { picturesOnly: true, filter: movieFilter, selection };
  const { bases, newCount, showNew } = useOrder(snapshot, NEWEST_FIRST, isFrozen, filter);
  const { columns, cellPx } = galleryLayout(width, size);
  const rows = useWindowVirtualizer({
    count: Math.ceil(bases.length / columns),
    estimateSize: () => cellPx + CAPTION_PX + GALLERY_GAP_PX,
    overscan: OVERSCAN_ROWS,
    scrollMargin: list.current?.offsetTop ?? 0,
    scrollPaddingStart: SCROLL_PADDING_PX.top,
    scrollPaddingEnd: SCROLL_PADDING_PX.bottom,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: row heights follow the width of images
  useEffect(() => rows.measure(), [cellPx, rows]);
  useGalleryKeys({
    feed,
    snapshot,
    bases,
    columns,
    current,
    setCurrent,
    showRow: (row) => rows.scrollToIndex(row, { align: 'auto' }),
  });
  if (snapshot === null || (snapshot.phase === 'loading' && snapshot.series.size === 0))
    return <Skeleton height={400} radius={10} />;
  const { series } = snapshot;
  const isEmpty = !series.flags.subarray(0, series.size).some((flags) => flags & COLUMN_FLAGS.pictures);
  if (isEmpty)
    return (
      <div className="card">
        <EmptyState
          icon={<IconPhoto size={28} stroke={1.5} />}
          title={galleryWords.empty}
          hint={galleryWords.orderHint}
        />
      </div>
    );
  return (
    <div ref={measuredRef}>
      <div className={classes.tools}>
        <MovieFilterControl value={movieFilter} onChange={props.onMovieFilter} />
        <span className={`muted ${classes.hint}`}>{galleryWords.orderHint}</span>
        <span className={classes.right}>
          <SegmentedControl
            size="xs"
            aria-label={galleryWords.size}
            value={size}
            onChange={setSize}
            data={GALLERY_SIZES.map((value) => ({ value, label: galleryWords.sizes[value] }))}
          />
          <KeysHelp keys={GALLERY_KEYS} />
        </span>
      </div>
      {bases.length === 0 && <p className="muted">{movieFilterWords.none}</p>}
      {newCount > 0 && (
        <Button
          className={classes.showNew}
          size="xs"
          radius="xl"
          leftSection={<IconArrowUp size={14} />}
          onClick={() => {
            setCurrent(null);
            showNew();
            scrollTo({ top: 0 });
          }}
        >
          {galleryWords.showNew(newCount)}
        </Button>
      )}
      <div ref={list} className={classes.list} style={{ height: rows.getTotalSize() }} {...pointerListeners}>
        {width > 0 &&
          rows.getVirtualItems().map((row) => (
            <div
              key={row.key}
              className={classes.row}
              style={{
                transform: `translateY(${row.start - rows.options.scrollMargin}px)`,
                gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
                gap: GALLERY_GAP_PX,
              }}
            >
              {bases.slice(row.index * columns, (row.index + 1) * columns).map((base) => (
                <GalleryItem
                  key={base}
                  series={series}
                  base={base}
                  cellPx={cellPx}
                  isCurrent={base === current}
                  selection={selection}
                  onFocus={() => setCurrent(base)}
                />
              ))}
            </div>
          ))}
      </div>
    </div>
  );
}

/** Whether the beginning of a list has been scrolled out of view. */
function useIsScrolledAway(list: RefObject<HTMLElement | null>): boolean {
  const [isScrolledAway, setScrolledAway] = useState(false);
  useEffect(() => {
    const onScroll = () =>
      setScrolledAway(list.current !== null && list.current.getBoundingClientRect().top < TOP_EDGE_PX);
    addEventListener('scroll', onScroll, { passive: true });
    return () => removeEventListener('scroll', onScroll);
  }, [list]);
  return isScrolledAway;
}
