import { useElementSize } from '@mantine/hooks';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import type { SessionSummary } from '../../../src/contract/api.ts';
import { keyText } from '../api/paths.ts';
import { SessionCard } from './session-card.tsx';
import { orderKey, sortAsShown } from './session-list.ts';
import classes from './sessions-view.module.css';
import { facilityWords } from './words.ts';

const CARD_WIDTH_PX = 430;
const GAP_PX = 14;
const CARD_HEIGHT_PX = 206;
const OVERSCAN_ROWS = 4;

/**
 * The sessions as cards; only those near the visible part are in the document. The sessions keep their
 * order while values change.
 */
export function SessionCards({ sessions, now }: { sessions: readonly SessionSummary[]; now: number }) {
  const ordered = useStableOrder(sessions);
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [top, setTop] = useState(0);
  const columns = Math.max(1, Math.floor((width + GAP_PX) / (CARD_WIDTH_PX + GAP_PX)));
  const list = useRef<HTMLDivElement | null>(null);
  useLayoutEffect(() => {
    if (list.current) setTop(list.current.getBoundingClientRect().top + window.scrollY);
  }, []);
  const virtual = useWindowVirtualizer({
    count: Math.ceil(ordered.length / columns),
    estimateSize: () => CARD_HEIGHT_PX + GAP_PX,
    overscan: OVERSCAN_ROWS,
    scrollMargin: top,
  });
  return (
    <div
      ref={(element) => {
        list.current = element;
        ref(element);
      }}
      className={classes.rows}
      style={{ height: virtual.getTotalSize() }}
    >
      {(width > 0 ? virtual.getVirtualItems() : []).map(({ index, start }) => (
        <ul
          key={index}
          aria-label={facilityWords.list}
          ref={virtual.measureElement}
          data-index={index}
          className={classes.row}
          style={{
            transform: `translateY(${start - top}px)`,
            gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
          }}
        >
          {ordered.slice(index * columns, (index + 1) * columns).map((session) => (
            <SessionCard key={keyText(session)} session={session} now={now} />
          ))}
        </ul>
      ))}
    </div>
  );
}

/** The order changes when sessions appear, disappear, start or end, not with every result. */
function useStableOrder(sessions: readonly SessionSummary[]): readonly SessionSummary[] {
  const shown = useRef<{ orderKey: string; keys: readonly string[] }>({ orderKey: '', keys: [] });
  const key = orderKey(sessions);
  if (shown.current.orderKey !== key) shown.current = { orderKey: key, keys: sessions.map(keyText) };
  return sortAsShown(sessions, shown.current.keys);
}
