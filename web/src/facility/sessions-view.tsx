import { Button, Skeleton, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';
import type { SessionSummary } from '../../../src/contract/api.ts';
import { sessionsQuery } from '../api/queries.ts';
import { integerText } from '../data/format.ts';
import type { SessionsSearch } from '../routes.ts';
import { useFacilityFeed } from '../state/facility-feed.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorMessage } from '../ui/error-message.tsx';
import { useTabStatus } from '../ui/tab-status.ts';
import { useNow } from '../ui/use-now.ts';
import { SessionCards } from './session-cards.tsx';
import { facilityTotals, selectSessions } from './session-list.ts';
import { SessionsTools } from './sessions-tools.tsx';
import classes from './sessions-view.module.css';
import { facilityWords } from './words.ts';

const NO_SESSIONS: readonly SessionSummary[] = [];

/** All sessions of the service, live. */
export function SessionsView() {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const sessions = useQuery(sessionsQuery);
  const now = useNow();
  useFacilityFeed();
  const all = sessions.data ?? NO_SESSIONS;
  const hasFailure = all.some(({ state }) => state === 'processing_failure');
  useTabStatus({
    title: facilityWords.title,
    progress: null,
    state: hasFailure ? 'processing_failure' : null,
  });
  const shown = useShown(all, search);
  // Changes the URL as it is at the time of the call: another change may not have been rendered yet.
  const onSearch = (next: SessionsSearch) =>
    void navigate({ to: '/', search: (current: SessionsSearch) => ({ ...current, ...next }), replace: true });
  return (
    <>
      <div className={classes.head}>
        <Title order={1} size="h3">
          {facilityWords.title}
        </Title>
        {sessions.data && <span className="muted">{facilityWords.count(shown.length, all.length)}</span>}
        <span className={classes.space} />
        <SessionsTools sessions={all} search={search} onSearch={onSearch} />
      </div>
      {all.length > 0 && <Totals sessions={shown} />}
      {sessions.isPending && <LoadingCards />}
      {sessions.isError && !sessions.data && (
        <ErrorMessage
          title={facilityWords.listFailed}
          error={sessions.error}
          onRetry={() => void sessions.refetch()}
        />
      )}
      {sessions.data && all.length === 0 && (
        <EmptyState title={facilityWords.emptyTitle} hint={facilityWords.empty} />
      )}
      {all.length > 0 && shown.length === 0 && (
        <NoMatch
          onClear={() => onSearch({ q: undefined, show: undefined, project: undefined, user: undefined })}
        />
      )}
      {shown.length > 0 && <SessionCards sessions={shown} now={now} />}
    </>
  );
}

/** The sessions that match the query of the URL. */
function useShown(sessions: readonly SessionSummary[], search: SessionsSearch): SessionSummary[] {
  const { show = 'all', project, user } = search;
  const words = useDeferredValue(search.q ?? '');
  return useMemo(
    () => selectSessions(sessions, words, { filter: show, project, user }),
    [sessions, words, show, project, user],
  );
}

function Totals({ sessions }: { sessions: readonly SessionSummary[] }) {
  const totals = useMemo(() => facilityTotals(sessions), [sessions]);
  return (
    <p className={classes.totals}>
      {(['processing', 'perHour', 'left', 'withFailures'] as const).map((name) => (
        <span key={name} className={totals[name] === 0 ? 'muted' : undefined}>
          <b>{integerText(totals[name])}</b> {facilityWords.totals[name](totals[name])}
        </span>
      ))}
    </p>
  );
}

function LoadingCards() {
  return (
    <div className={classes.grid} aria-busy="true">
      {[0, 1, 2, 3].map((i) => (
        <Skeleton key={i} height={206} radius={10} />
      ))}
    </div>
  );
}

function NoMatch({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState icon={<IconSearch size={26} stroke={1.5} />} title={facilityWords.noMatch}>
      <Button variant="default" size="xs" mt="sm" onClick={onClear}>
        {facilityWords.clearAll}
      </Button>
    </EmptyState>
  );
}
