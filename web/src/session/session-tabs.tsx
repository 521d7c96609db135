import { Badge, Skeleton, Tabs } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useEffect, useRef } from 'react';
import type { SessionDetail } from '../../../src/contract/api.ts';
import { integerText } from '../data/format.ts';
import type { MovieFilter } from '../data/movie-filter.ts';
import { FailuresTab } from '../failures/failures-tab.tsx';
import { GainTab } from '../gain/gain-tab.tsx';
import { GalleryTab } from '../gallery/gallery-tab.tsx';
import { LiveTab } from '../live/live-tab.tsx';
import { type SessionSearch, TABS, type Tab } from '../routes.ts';
import { SettingsTab } from '../settings/settings-tab.tsx';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import { TableTab } from '../table/table-tab.tsx';
import { TimelineTab } from '../timeline/timeline-tab.tsx';
import classes from './session-tabs.module.css';
import { sessionWords } from './words.ts';

const loadGrid = () => import('../grid/grid-tab.tsx');
const GridTab = lazy(async () => ({ default: (await loadGrid()).GridTab }));

interface SessionTabsProps {
  /** Undefined while it is being loaded. */
  readonly detail: SessionDetail | undefined;
  readonly snapshot: SeriesSnapshot | null;
  /** Query of the URL. */
  readonly search: SessionSearch;
  /** Changes the query. @param canGoBack - the browser's Back button undoes the change */
  readonly onSearch: (next: SessionSearch, canGoBack?: boolean) => void;
}

/** The tabs of a session; the open tab is in the URL. */
export function SessionTabs(props: SessionTabsProps) {
  const { detail, search, onSearch } = props;
  const { tab = 'live' } = search;
  const failedCount = detail?.counts.failed ?? 0;
  const list = useVisibleTab(tab);
  return (
    <Tabs
      mt="md"
      value={tab}
      onChange={(value) => onSearch({ tab: value === 'live' ? undefined : TABS.find((t) => t === value) })}
      keepMounted={false}
    >
      <Tabs.List ref={list} className={`${classes.tabs} no-print`}>
        {TABS.map((name) => (
          <Tabs.Tab
            key={name}
            value={name}
            onPointerEnter={name === 'grid' ? () => void loadGrid() : undefined}
            rightSection={
              name === 'failures' && failedCount > 0 ? <FailureCount count={failedCount} /> : undefined
            }
          >
            {sessionWords.tabs[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {TABS.map((name) => (
        <Tabs.Panel key={name} value={name} pt="md">
          {name === tab && PANELS[name](props)}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

const filterSetter =
  ({ onSearch }: SessionTabsProps) =>
  (filter: MovieFilter) =>
    onSearch({ list: filter === 'all' ? undefined : filter });

const PANELS: Readonly<Record<Tab, (props: SessionTabsProps) => ReactNode>> = {
  live: ({ detail, snapshot, search, onSearch }) => (
    <LiveTab
      snapshot={snapshot}
      hasStarted={detail?.parameters !== null}
      chosenBase={search.pick ?? null}
      onChoose={(base) => onSearch({ pick: base ?? undefined })}
      onTable={(metric) => onSearch({ tab: 'table', sort: `-${metric}` })}
    />
  ),
  gallery: (props) => (
    <GalleryTab
      snapshot={props.snapshot}
      movieFilter={props.search.list ?? 'all'}
      onMovieFilter={filterSetter(props)}
    />
  ),
  grid: ({ detail, snapshot, search, onSearch }) => (
    <Suspense fallback={<Skeleton height={420} radius={10} />}>
      <GridTab
        snapshot={snapshot}
        total={detail?.counts.total ?? 0}
        square={search.square}
        metric={search.metric}
        order={search.order}
        chosenBase={search.pick ?? null}
        onSearch={onSearch}
      />
    </Suspense>
  ),
  table: (props) => (
    <TableTab
      snapshot={props.snapshot}
      chosenBase={props.search.pick ?? null}
      sort={props.search.sort}
      onSort={(sort) => props.onSearch({ sort })}
      movieFilter={props.search.list ?? 'all'}
      onMovieFilter={filterSetter(props)}
    />
  ),
  failures: ({ detail }) => <FailuresTab failed={detail?.counts.failed ?? 0} />,
  gain: () => <GainTab />,
  timeline: () => <TimelineTab />,
  settings: ({ detail }) =>
    detail ? <SettingsTab session={detail} /> : <Skeleton height={240} radius={10} />,
};

function FailureCount({ count }: { count: number }) {
  return (
    <Badge size="sm" color="orange" variant="light" miw="max-content" style={{ flex: 'none' }}>
      {integerText(count)}
    </Badge>
  );
}

/** Keeps the open tab visible: on a phone the tabs are wider than the screen. */
function useVisibleTab(tab: Tab) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const openTab = list.current?.querySelector<HTMLElement>(`[id$="-tab-${tab}"]`);
    if (list.current && openTab)
      list.current.scrollLeft = openTab.offsetLeft - (list.current.clientWidth - openTab.offsetWidth) / 2;
  }, [tab]);
  return list;
}
