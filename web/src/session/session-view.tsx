import { Badge, Skeleton, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { gainQuery, sessionQuery } from '../api/queries.ts';
import { integer, percent } from '../data/format.ts';
import type { Shown } from '../data/shown.ts';
import { FailuresTab } from '../failures/failures-tab.tsx';
import { GainAlert } from '../gain/gain-alert.tsx';
import { GainTab } from '../gain/gain-tab.tsx';
import { GalleryTab } from '../gallery/gallery-tab.tsx';
import { LiveTab } from '../live/live-tab.tsx';
import { type SessionSearch, TABS, type Tab } from '../routes.ts';
import { SettingsTab } from '../settings/settings-tab.tsx';
import { useFeed, useSeries, useSessionKey } from '../state/session-context.ts';
import { TableTab } from '../table/table-tab.tsx';
import { TimelineTab } from '../timeline/timeline-tab.tsx';
import { Crumbs } from '../ui/crumbs.tsx';
import { Fault } from '../ui/fault.tsx';
import { useTabStatus } from '../ui/tab-status.ts';
import { useSearchChange } from '../ui/use-search-change.ts';
import { Warnings } from '../ui/warnings.tsx';
import { ProgressStrip } from './progress-strip.tsx';
import { SelectionBar } from './selection-bar.tsx';
import classes from './session.module.css';
import { SessionHeader } from './session-header.tsx';
import { useFormOf } from './use-form-of.ts';
import { useSelectionAddress } from './use-selection-address.ts';
import { sessionWords } from './words.ts';

const loadGrid = () => import('../grid/grid-tab.tsx');
const GridTab = lazy(async () => ({ default: (await loadGrid()).GridTab }));
const ParameterForm = lazy(async () => ({
  default: (await import('../start/parameter-form.tsx')).ParameterForm,
}));

/** One session: state, progress, and its movies as plots, pictures, table and failures. Tab and choice are in the address. */
export function SessionView() {
  const key = useSessionKey();
  const { tab = 'live', pick, dialog, sel, sort, list = 'all', ...grid } = useSearch({ strict: false });
  const feed = useFeed();
  const session = useQuery(sessionQuery(key));
  const gain = useQuery(gainQuery(key)).data;
  const snapshot = useSeries();
  const detail = session.data;
  const finished = detail ? detail.counts.done + detail.counts.failed : 0;
  const tabs = useRef<HTMLDivElement>(null);
  // On a phone the tabs are wider than the screen.
  useEffect(() => {
    const chosen = tabs.current?.querySelector<HTMLElement>(`[id$="-tab-${tab}"]`);
    if (tabs.current && chosen)
      tabs.current.scrollLeft = chosen.offsetLeft - (tabs.current.clientWidth - chosen.offsetWidth) / 2;
  }, [tab]);
  const form = useFormOf(dialog === 'stop' ? undefined : dialog, session.refetch);
  const total = detail?.counts.total ?? 0;
  useTabStatus({
    title: `${total > 0 ? `${percent(finished, total)} ` : ''}${key.session}`,
    share: total > 0 ? finished / total : null,
    state: detail?.state ?? null,
  });
  const change = useSearchChange();
  /** @param isStep - one that the browser's Back takes back */
  const search = (next: SessionSearch, isStep = false) => change({ dialog: undefined, ...next }, isStep);
  useSelectionAddress(feed?.selection ?? null, sel, (next) => change({ sel: next }));
  const shownOf = (next: Shown) => search({ list: next === 'all' ? undefined : next });
  if (session.isError && !detail)
    return (
      <Fault title={sessionWords.loadFailed} error={session.error} again={() => void session.refetch()} />
    );
  return (
    <>
      <Crumbs />
      {detail ? (
        <>
          <SessionHeader
            session={detail}
            dialog={dialog ?? null}
            onDialog={(next) => search({ dialog: next ?? undefined })}
          />
          <ProgressStrip session={detail} />
          {gain && <GainAlert judgement={gain} onShow={() => search({ tab: 'gain' })} />}
          <Warnings warnings={detail.warnings.filter((warning) => warning !== gain?.message)} />
        </>
      ) : (
        <div aria-busy="true">
          <Skeleton className={classes.headWaiting} width="min(520px, 100%)" />
          <Skeleton className={classes.stripWaiting} radius={10} />
        </div>
      )}
      <Tabs
        mt="md"
        value={tab}
        onChange={(value) => search({ tab: value === 'live' ? undefined : (value as Tab) })}
        keepMounted={false}
      >
        <Tabs.List ref={tabs} className={`${classes.tabs} no-print`}>
          {TABS.map((name) => (
            <Tabs.Tab
              key={name}
              value={name}
              onPointerEnter={name === 'grid' ? () => void loadGrid() : undefined}
              rightSection={
                name === 'failures' && detail && detail.counts.failed > 0 ? (
                  <Badge size="sm" color="orange" variant="light" miw="max-content" style={{ flex: 'none' }}>
                    {integer(detail.counts.failed)}
                  </Badge>
                ) : undefined
              }
            >
              {sessionWords.tabs[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="live" pt="md">
          <LiveTab
            snapshot={snapshot}
            started={detail?.parameters !== null}
            pick={pick ?? null}
            onPick={(base) => search({ pick: base ?? undefined })}
            onTable={(metric) => search({ tab: 'table', sort: `-${metric}` })}
          />
        </Tabs.Panel>
        <Tabs.Panel value="gallery" pt="md">
          <GalleryTab snapshot={snapshot} shown={list} onShown={shownOf} />
        </Tabs.Panel>
        <Tabs.Panel value="grid" pt="md">
          <Suspense fallback={<Skeleton height={420} radius={10} />}>
            <GridTab
              snapshot={snapshot}
              total={total}
              {...{ square: grid.square, metric: grid.metric, order: grid.order, pick: pick ?? null }}
              onSearch={search}
            />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="table" pt="md">
          <TableTab
            snapshot={snapshot}
            pick={pick ?? null}
            sort={sort}
            onSort={(next) => search({ sort: next })}
            shown={list}
            onShown={shownOf}
          />
        </Tabs.Panel>
        <Tabs.Panel value="failures" pt="md">
          <FailuresTab failed={detail?.counts.failed ?? 0} />
        </Tabs.Panel>
        <Tabs.Panel value="gain" pt="md">
          <GainTab />
        </Tabs.Panel>
        <Tabs.Panel value="timeline" pt="md">
          <TimelineTab />
        </Tabs.Panel>
        <Tabs.Panel value="settings" pt="md">
          {detail ? <SettingsTab session={detail} /> : <Skeleton height={240} radius={10} />}
        </Tabs.Panel>
      </Tabs>
      {feed && snapshot && (
        <SelectionBar snapshot={snapshot} model={feed.selection} desk={feed.desk} name={key.session} />
      )}
      {detail && form && (
        <Suspense fallback={null}>
          <ParameterForm key={form} session={detail} kind={form} onClose={() => search({})} />
        </Suspense>
      )}
    </>
  );
}
