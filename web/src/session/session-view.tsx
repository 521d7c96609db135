import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { SessionDetail, SessionGainCheck } from '../../../src/contract/api.ts';
import { gainQuery, sessionQuery } from '../api/queries.ts';
import { percentText } from '../data/format.ts';
import { GainAlert } from '../gain/gain-alert.tsx';
import type { Dialog, SessionSearch } from '../routes.ts';
import { useFeed, useSeries, useSessionKey } from '../state/session-context.ts';
import { Crumbs } from '../ui/crumbs.tsx';
import { ErrorMessage } from '../ui/error-message.tsx';
import { useTabStatus } from '../ui/tab-status.ts';
import { useSearchChange } from '../ui/use-search-change.ts';
import { Warnings } from '../ui/warnings.tsx';
import { ProgressStrip } from './progress-strip.tsx';
import { SelectionBar } from './selection-bar.tsx';
import classes from './session.module.css';
import { SessionHeader } from './session-header.tsx';
import { SessionTabs } from './session-tabs.tsx';
import { useOpenForm } from './use-open-form.ts';
import { useSelectionAddress } from './use-selection-address.ts';
import { sessionWords } from './words.ts';

const ParameterForm = lazy(async () => ({
  default: (await import('../start/parameter-form.tsx')).ParameterForm,
}));

/**
 * One session: state, progress, and its movies in tabs. Tab, dialog, selection and chosen movie are in the
 * URL.
 */
export function SessionView() {
  const key = useSessionKey();
  const search = useSearch({ strict: false });
  const { dialog } = search;
  const feed = useFeed();
  const snapshot = useSeries();
  const session = useQuery(sessionQuery(key));
  const detail = session.data;
  const gain = useQuery(gainQuery(key)).data;
  const change = useSearchChange();
  const onSearch = (next: SessionSearch, canGoBack = false) =>
    change({ dialog: undefined, ...next }, canGoBack);
  const form = useOpenForm(dialog === 'stop' ? undefined : dialog, session.refetch);
  useSelectionAddress(feed?.selection ?? null, search.sel, (sel) => change({ sel }));
  useSessionTabStatus(key.session, detail);
  if (session.isError && !detail)
    return (
      <ErrorMessage
        title={sessionWords.loadFailed}
        error={session.error}
        onRetry={() => void session.refetch()}
      />
    );
  return (
    <>
      <Crumbs />
      {detail ? (
        <SessionTop session={detail} gain={gain} dialog={dialog ?? null} onSearch={onSearch} />
      ) : (
        <div aria-busy="true">
          <Skeleton className={classes.headWaiting} width="min(520px, 100%)" />
          <Skeleton className={classes.stripWaiting} radius={10} />
        </div>
      )}
      <SessionTabs detail={detail} snapshot={snapshot} search={search} onSearch={onSearch} />
      {feed && snapshot && (
        <SelectionBar snapshot={snapshot} model={feed.selection} reviews={feed.reviews} name={key.session} />
      )}
      {detail && form && (
        <Suspense fallback={null}>
          <ParameterForm key={form} session={detail} kind={form} onClose={() => onSearch({})} />
        </Suspense>
      )}
    </>
  );
}

/** The part of the view above the tabs. */
function SessionTop(props: {
  session: SessionDetail;
  gain: SessionGainCheck | undefined;
  dialog: Dialog | null;
  onSearch: (next: SessionSearch) => void;
}) {
  const { session, gain, dialog, onSearch } = props;
  return (
    <>
      <SessionHeader
        session={session}
        dialog={dialog}
        onDialog={(next) => onSearch({ dialog: next ?? undefined })}
      />
      <ProgressStrip session={session} />
      {gain && <GainAlert gainCheck={gain} onShow={() => onSearch({ tab: 'gain' })} />}
      <Warnings warnings={session.warnings.filter((warning) => warning !== gain?.message)} />
    </>
  );
}

function useSessionTabStatus(name: string, detail: SessionDetail | undefined): void {
  const total = detail?.counts.total ?? 0;
  const finished = detail ? detail.counts.done + detail.counts.failed : 0;
  useTabStatus({
    title: total > 0 ? `${percentText(finished, total)} ${name}` : name,
    progress: total > 0 ? finished / total : null,
    state: detail?.state ?? null,
  });
}
