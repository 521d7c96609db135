import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { useElementSize, useLocalStorage } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconArrowUp, IconPhoto } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { COLUMN_FLAGS } from '../../../src/contract/columns.ts';
import type { Verdict } from '../../../src/contract/review.ts';
import type { Selection } from '../data/selection.ts';
import type { Shown } from '../data/shown.ts';
import { Observable, useObservable } from '../state/observable.ts';
import { useFeed, useSessionKey } from '../state/session-context.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import { Empty } from '../ui/fault.tsx';
import { KeysHelp } from '../ui/keys-help.tsx';
import { ShownControl } from '../ui/shown-control.tsx';
import { useKeys } from '../ui/use-keys.ts';
import { type SortBy, useOrder } from '../ui/use-order.ts';
import { useUnderPointer } from '../ui/use-under-pointer.ts';
import { keyWords, reviewWords, shownWords } from '../ui/words.ts';
import classes from './gallery.module.css';
import { GalleryItem } from './gallery-item.tsx';
import { galleryWords } from './words.ts';

const WIDTHS_PX = { s: 110, m: 172, l: 300 } as const;
type Size = keyof typeof WIDTHS_PX;
const GAP_PX = 10;
const CAPTION_PX = 44;
const NEWEST_FIRST: SortBy = { column: 'seq', descending: true };
const nothingSelected = new Observable<Selection | null>(null);

const KEYS = [
  ['← → ↑ ↓', keyWords.move],
  ['A', keyWords.accept],
  ['R', keyWords.reject],
  ['U', keyWords.undo],
  ['X', keyWords.pick],
  ['Enter', keyWords.open],
] as const;

/** Thumbnails, newest first, to be gone through by keys. Only what is in sight is in the page. */
export function GalleryTab(props: {
  snapshot: SeriesSnapshot | null;
  shown: Shown;
  onShown: (shown: Shown) => void;
}) {
  const { snapshot, shown } = props;
  const key = useSessionKey();
  const navigate = useNavigate();
  const feed = useFeed();
  const selection = useObservable(feed?.selection.current ?? nothingSelected);
  const [size, setSize] = useLocalStorage<Size>({ key: 'cryoem-gallery', defaultValue: 'm' });
  const { ref: measured, width } = useElementSize();
  const list = useRef<HTMLDivElement>(null);
  const [away, setAway] = useState(false);
  /** Movie that the keys are about; null before the first key. */
  const [at, setAt] = useState<string | null>(null);
  // While a person goes through the pictures, the list stays as it is.
  const filter = { picturesOnly: true, shown, selection };
  const { isUnder, ...pointer } = useUnderPointer();
  const { bases, fresh, show } = useOrder(snapshot, NEWEST_FIRST, away || isUnder || at !== null, filter);
  const columns = Math.max(2, Math.floor((width + GAP_PX) / (WIDTHS_PX[size] + GAP_PX)));
  const cell = width > 0 ? (width - GAP_PX * (columns - 1)) / columns : WIDTHS_PX[size];
  const rows = useWindowVirtualizer({
    count: Math.ceil(bases.length / columns),
    estimateSize: () => cell + CAPTION_PX + GAP_PX,
    overscan: 3,
    scrollMargin: list.current?.offsetTop ?? 0,
    scrollPaddingStart: 70,
    scrollPaddingEnd: 90,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new width of the cells asks for new heights
  useEffect(() => rows.measure(), [cell, rows]);
  useEffect(() => {
    const onScroll = () => setAway(list.current !== null && list.current.getBoundingClientRect().top < 40);
    addEventListener('scroll', onScroll, { passive: true });
    return () => removeEventListener('scroll', onScroll);
  }, []);
  const index = at === null ? -1 : bases.indexOf(at);
  const goTo = (next: number) => {
    const to = Math.min(bases.length - 1, Math.max(0, next));
    if (bases[to] === undefined) return;
    setAt(bases[to]);
    rows.scrollToIndex(Math.floor(to / columns), { align: 'auto' });
  };
  const move = (by: number) => goTo(index < 0 ? 0 : index + by);
  const decide = (verdict: Verdict) => {
    if (at === null || feed === null || snapshot === null) return;
    const now = snapshot.store.indexOf(at);
    // The same verdict again takes it back.
    const isTakenBack = now !== undefined && snapshot.store.verdict(now) === verdict;
    feed.desk.decide([at], isTakenBack ? null : verdict);
    if (!isTakenBack) move(1);
  };
  const undo = () => {
    const undone = feed?.desk.undo() ?? [];
    if (undone.length === 0) return;
    notifications.show({ message: reviewWords.undone(undone.length) });
    if (undone.length === 1) goTo(bases.indexOf(undone[0]!));
  };
  useKeys({
    ArrowRight: () => move(1),
    ArrowLeft: () => move(-1),
    ArrowDown: () => move(columns),
    ArrowUp: () => move(-columns),
    a: () => decide('accepted'),
    r: () => decide('rejected'),
    u: undo,
    x: at === null ? undefined : () => feed?.selection.toggle(at),
    Enter:
      at === null
        ? undefined
        : () => void navigate({ to: '/s/$project/$user/$session/movie/$base', params: { ...key, base: at } }),
    Escape: at === null ? undefined : () => setAt(null),
  });
  if (snapshot === null || (snapshot.phase === 'loading' && snapshot.store.size === 0))
    return <Skeleton height={400} radius={10} />;
  const { store } = snapshot;
  const isEmpty = !store.flags.subarray(0, store.size).some((flags) => flags & COLUMN_FLAGS.pictures);
  if (isEmpty)
    return (
      <div className="card">
        <Empty
          icon={<IconPhoto size={28} stroke={1.5} />}
          title={galleryWords.empty}
          hint={galleryWords.emptyHint}
        />
      </div>
    );
  return (
    <div ref={measured}>
      <div className={classes.tools}>
        <ShownControl value={shown} onChange={props.onShown} />
        <span className={`muted ${classes.hint}`}>{galleryWords.emptyHint}</span>
        <span className={classes.right}>
          <SegmentedControl
            size="xs"
            aria-label={galleryWords.size}
            value={size}
            onChange={(value) => setSize(value as Size)}
            data={(Object.keys(WIDTHS_PX) as Size[]).map((value) => ({
              value,
              label: galleryWords.sizes[value],
            }))}
          />
          <KeysHelp keys={KEYS} />
        </span>
      </div>
      {bases.length === 0 && <p className="muted">{shownWords.none}</p>}
      {fresh > 0 && (
        <Button
          className={classes.fresh}
          size="xs"
          radius="xl"
          leftSection={<IconArrowUp size={14} />}
          onClick={() => {
            setAt(null);
            show();
            scrollTo({ top: 0 });
          }}
        >
          {galleryWords.fresh(fresh)}
        </Button>
      )}
      <div ref={list} className={classes.list} style={{ height: rows.getTotalSize() }} {...pointer}>
        {width > 0 &&
          rows.getVirtualItems().map((row) => (
            <div
              key={row.key}
              className={classes.row}
              style={{
                transform: `translateY(${row.start - rows.options.scrollMargin}px)`,
                gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
                gap: GAP_PX,
              }}
            >
              {bases.slice(row.index * columns, (row.index + 1) * columns).map((base) => (
                <GalleryItem
                  key={base}
                  store={store}
                  base={base}
                  cell={cell}
                  isAt={base === at}
                  selection={selection}
                  onFocus={() => setAt(base)}
                />
              ))}
            </div>
          ))}
      </div>
    </div>
  );
}
