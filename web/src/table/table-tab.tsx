import { Skeleton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconTable } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import { clock, fixed } from '../data/format.ts';
import { metricWords } from '../data/metric-words.ts';
import { isDoubtful, METRICS, metricsIn } from '../data/metrics.ts';
import type { Selection } from '../data/selection.ts';
import type { Shown } from '../data/shown.ts';
import { plural } from '../data/words.ts';
import { Observable, useObservable } from '../state/observable.ts';
import { useFeed, useSessionKey } from '../state/session-context.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import { Empty } from '../ui/fault.tsx';
import { ShownControl } from '../ui/shown-control.tsx';
import { type SortBy, useOrder } from '../ui/use-order.ts';
import { useUnderPointer } from '../ui/use-under-pointer.ts';
import { columnWords, shownWords, verdictWords } from '../ui/words.ts';
import classes from './table.module.css';
import { tableWords } from './words.ts';

const ROW_PX = 32;
const COLUMNS = metricsIn('table');
const HEADS: readonly { column: SortBy['column']; label: string; unit: string; help?: string }[] = [
  { column: 'seq', label: tableWords.number, unit: '' },
  { column: 'base', label: columnWords.movie, unit: '' },
  ...COLUMNS.map((column) => ({ column, ...metricWords[column] })),
  { column: 'finishedAt', label: columnWords.finished, unit: '' },
  { column: 'verdict', label: columnWords.verdict, unit: '' },
];

const nothingSelected = new Observable<Selection | null>(null);
const NEWEST_FIRST: SortBy = { column: 'seq', descending: true };

function parseSort(words: string | undefined): SortBy {
  const descending = words?.startsWith('-') ?? true;
  const name = descending ? words?.slice(1) : words;
  const head = HEADS.find(({ column }) => column === name);
  return head ? { column: head.column, descending } : NEWEST_FIRST;
}

/** Every figure of every finished movie, sortable. Rows in sight only. */
export function TableTab(props: {
  snapshot: SeriesSnapshot | null;
  pick: string | null;
  /** As it stands in the address. */
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
  shown: Shown;
  onShown: (shown: Shown) => void;
}) {
  const { snapshot, pick, shown } = props;
  const feed = useFeed();
  const selection = useObservable(feed?.selection.current ?? nothingSelected);
  const key = useSessionKey();
  const navigate = useNavigate();
  const sort = parseSort(props.sort);
  const [away, setAway] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const { isUnder, ...pointer } = useUnderPointer();
  const { bases } = useOrder(snapshot, sort, away || isUnder, { picturesOnly: false, shown, selection });
  const rows = useVirtualizer({
    count: bases.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  if (snapshot === null || (snapshot.phase === 'loading' && snapshot.store.size === 0))
    return <Skeleton height={400} radius={10} />;
  const { store } = snapshot;
  if (store.size === 0)
    return (
      <div className="card">
        <Empty
          icon={<IconTable size={28} stroke={1.5} />}
          title={tableWords.empty}
          hint={tableWords.emptyHint}
        />
      </div>
    );
  const items = rows.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = rows.getTotalSize() - (items[items.length - 1]?.end ?? 0);
  const isPicked = (index: number) => selection !== null && selection.mask[index] === 1;
  return (
    <>
      <div className={classes.tools}>
        <ShownControl value={shown} onChange={props.onShown} />
        <span className="muted">{plural(bases.length, 'movie')}</span>
      </div>
      <section
        ref={box}
        className={`card ${classes.box}`}
        aria-label={tableWords.label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        {...pointer}
        onScroll={(e) => setAway(e.currentTarget.scrollTop > ROW_PX)}
      >
        <table className={classes.table} aria-rowcount={bases.length + 1}>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">{shownWords.selected}</span>
              </th>
              {HEADS.map(({ column, label, unit, help }) => {
                const active = sort.column === column;
                const Arrow = sort.descending ? IconArrowDown : IconArrowUp;
                return (
                  <th
                    key={column}
                    scope="col"
                    aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : 'none'}
                    className={column === 'base' || column === 'verdict' ? classes.left : undefined}
                  >
                    <button
                      type="button"
                      title={`${tableWords.sortBy(label)}. ${help ?? ''}`.trim()}
                      onClick={() => props.onSort(`${active && sort.descending ? '' : '-'}${column}`)}
                    >
                      {label}
                      <span className="muted">{unit}</span>
                      {active && <Arrow size={13} aria-hidden />}
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {above > 0 && <tr style={{ height: above }} aria-hidden />}
            {items.map((item) => {
              const base = bases[item.index]!;
              const index = store.indexOf(base);
              if (index === undefined) return <tr key={base} style={{ height: ROW_PX }} />;
              const params = { ...key, base };
              return (
                <tr
                  key={base}
                  aria-rowindex={item.index + 2}
                  data-chosen={base === pick}
                  data-picked={isPicked(index)}
                  data-verdict={store.verdict(index)}
                  onClick={() => void navigate({ to: '/s/$project/$user/$session/movie/$base', params })}
                >
                  {/* biome-ignore lint/a11y/useKeyWithClickEvents: the box in it is what keys reach; this only keeps a miss from opening the movie */}
                  <td className={classes.pick} onClick={(event) => event.stopPropagation()}>
                    <input
                      type="checkbox"
                      aria-label={tableWords.pick(base)}
                      checked={isPicked(index)}
                      onChange={() => feed?.selection.toggle(base)}
                    />
                  </td>
                  <td>{store.seqs()[index]}</td>
                  <td className={classes.left}>
                    <Link to="/s/$project/$user/$session/movie/$base" params={params} preload={false}>
                      {base}
                    </Link>
                  </td>
                  {COLUMNS.map((column) => (
                    <td
                      key={column}
                      className={
                        isDoubtful(column, store.value('confidence', index)) ? classes.doubtful : undefined
                      }
                    >
                      {fixed(store.value(column, index), METRICS[column].digits)}
                    </td>
                  ))}
                  <td>{clock(store.finishedMs(index))}</td>
                  <td className={classes.left}>
                    {store.verdict(index) === null ? '' : verdictWords[store.verdict(index)!]}
                  </td>
                </tr>
              );
            })}
            {below > 0 && <tr style={{ height: below }} aria-hidden />}
          </tbody>
        </table>
      </section>
      {bases.length === 0 && <p className="muted">{shownWords.none}</p>}
    </>
  );
}
