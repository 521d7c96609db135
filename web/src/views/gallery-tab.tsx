import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { useElementSize, useLocalStorage } from '@mantine/hooks';
import { IconArrowUp, IconPhoto } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { picturePath } from '../api/paths.ts';
import { metricValue, shortName } from '../data/format.ts';
import { isFaint } from '../data/trust.ts';
import type { SeriesSnapshot } from '../live/session-feed.ts';
import { Empty } from '../parts/fault.tsx';
import { Picture } from '../parts/picture.tsx';
import { TrustNote } from '../parts/trust-note.tsx';
import { type SortBy, useOrder } from '../parts/use-order.ts';
import { text } from '../text.ts';
import classes from './gallery.module.css';
import { useSessionKey } from './session-layout.tsx';

const WIDTHS_PX = { s: 110, m: 172, l: 300 } as const;
type Size = keyof typeof WIDTHS_PX;
const GAP_PX = 10;
const CAPTION_PX = 44;
const NEWEST_FIRST: SortBy = { column: 'seq', descending: true };

/** Thumbnails, newest first. Only what is in sight is in the page. */
export function GalleryTab({ snapshot }: { snapshot: SeriesSnapshot | null }) {
  const key = useSessionKey();
  const [size, setSize] = useLocalStorage<Size>({ key: 'cryoem-gallery', defaultValue: 'm' });
  const { ref: measured, width } = useElementSize();
  const list = useRef<HTMLDivElement>(null);
  const [away, setAway] = useState(false);
  const { bases, fresh, show } = useOrder(snapshot, NEWEST_FIRST, away, true);
  const columns = Math.max(2, Math.floor((width + GAP_PX) / (WIDTHS_PX[size] + GAP_PX)));
  const cell = width > 0 ? (width - GAP_PX * (columns - 1)) / columns : WIDTHS_PX[size];
  const rows = useWindowVirtualizer({
    count: Math.ceil(bases.length / columns),
    estimateSize: () => cell + CAPTION_PX + GAP_PX,
    overscan: 3,
    scrollMargin: list.current?.offsetTop ?? 0,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new width of the cells asks for new heights
  useEffect(() => rows.measure(), [cell, rows]);
  useEffect(() => {
    const onScroll = () => setAway(list.current !== null && list.current.getBoundingClientRect().top < 40);
    addEventListener('scroll', onScroll, { passive: true });
    return () => removeEventListener('scroll', onScroll);
  }, []);
  if (snapshot === null || (snapshot.phase === 'loading' && snapshot.store.size === 0))
    return <Skeleton height={400} radius={10} />;
  if (bases.length === 0)
    return (
      <div className="card">
        <Empty
          icon={<IconPhoto size={28} stroke={1.5} />}
          title={text.gallery.empty}
          hint={text.gallery.emptyHint}
        />
      </div>
    );
  const { store } = snapshot;
  return (
    <div ref={measured}>
      <div className={classes.tools}>
        <span className={`muted ${classes.hint}`}>{text.gallery.emptyHint}</span>
        <SegmentedControl
          size="xs"
          aria-label={text.gallery.size}
          value={size}
          onChange={(value) => setSize(value as Size)}
          data={(Object.keys(WIDTHS_PX) as Size[]).map((value) => ({
            value,
            label: text.gallery.sizes[value],
          }))}
        />
      </div>
      {fresh > 0 && (
        <Button
          className={classes.fresh}
          size="xs"
          radius="xl"
          leftSection={<IconArrowUp size={14} />}
          onClick={() => {
            show();
            scrollTo({ top: 0 });
          }}
        >
          {text.gallery.fresh(fresh)}
        </Button>
      )}
      <div ref={list} className={classes.list} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => (
          <div
            key={row.key}
            className={classes.row}
            style={{
              transform: `translateY(${row.start - rows.options.scrollMargin}px)`,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
              gap: GAP_PX,
            }}
          >
            {bases.slice(row.index * columns, (row.index + 1) * columns).map((base) => {
              const index = store.indexOf(base);
              return (
                <Link
                  key={base}
                  className={classes.item}
                  to="/s/$project/$user/$session/movie/$base"
                  params={{ ...key, base }}
                  aria-label={text.gallery.item(base)}
                  title={base}
                  preload={false}
                >
                  <Picture
                    src={picturePath(
                      key,
                      base,
                      'thumbnail',
                      index === undefined ? null : store.finishedAtMs[index]!,
                    )}
                    alt=""
                    missing={text.movie.noPicture}
                  />
                  <span className={classes.caption}>
                    <b
                      className={
                        index !== undefined && isFaint(store.value('confidence', index)) ? 'faint' : undefined
                      }
                    >
                      {index === undefined
                        ? text.none
                        : metricValue('defocus', store.value('defocus', index))}
                      {' · '}
                      {index === undefined
                        ? text.none
                        : metricValue('fitResolution', store.value('fitResolution', index))}
                      {index !== undefined && (
                        <>
                          {' '}
                          <TrustNote confidence={store.value('confidence', index)} />
                        </>
                      )}
                    </b>
                    <span className="muted truncate">
                      {shortName(base, Math.max(12, Math.floor(cell / 8)))}
                    </span>
                  </span>
                </Link>
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}
