import { Button, CloseButton, SegmentedControl, Skeleton, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useMemo } from 'react';
import { keyText } from '../api/paths.ts';
import { sessionsQuery } from '../api/queries.ts';
import { SESSION_FILTERS, type SessionFilter, selectSessions } from '../data/session-list.ts';
import { currentConnection } from '../live/current.ts';
import { FacilityFeed } from '../live/facility-feed.ts';
import { Empty, Fault } from '../parts/fault.tsx';
import { useNow } from '../parts/use-now.ts';
import { text } from '../text.ts';
import { SessionCard } from './session-card.tsx';
import classes from './sessions-view.module.css';

/** All sessions of the service, live. */
export function SessionsView() {
  const { q = '', show = 'all' } = useSearch({ strict: false });
  const navigate = useNavigate();
  const sessions = useQuery(sessionsQuery);
  const now = useNow();
  useEffect(() => {
    const feed = new FacilityFeed();
    currentConnection.set(feed.connection);
    return () => {
      currentConnection.set(null);
      feed.close();
    };
  }, []);
  useEffect(() => {
    document.title = `${text.sessions.title} · ${text.product}`;
  }, []);
  const wanted = useDeferredValue(q);
  const shown = useMemo(
    () => selectSessions(sessions.data ?? [], wanted, show),
    [sessions.data, wanted, show],
  );
  const search = (next: { q?: string; show?: SessionFilter }) =>
    void navigate({
      to: '/',
      search: { q: q || undefined, show: show === 'all' ? undefined : show, ...next },
      replace: true,
    });
  const all = sessions.data?.length ?? 0;
  return (
    <>
      <div className={classes.head}>
        <Title order={1} size="h3">
          {text.sessions.title}
        </Title>
        {sessions.data && <span className="muted">{text.sessions.count(shown.length, all)}</span>}
        <span className={classes.space} />
        <SegmentedControl
          className={classes.filter}
          aria-label={text.sessions.filter}
          size="sm"
          value={show}
          onChange={(value) => search({ show: value === 'all' ? undefined : (value as SessionFilter) })}
          data={SESSION_FILTERS.map((value) => ({ value, label: text.sessions[value] }))}
        />
        <TextInput
          className={classes.search}
          aria-label={text.sessions.search}
          placeholder={text.sessions.searchHint}
          leftSection={<IconSearch size={16} />}
          rightSection={
            q && (
              <CloseButton
                size="sm"
                aria-label={text.sessions.clear}
                onClick={() => search({ q: undefined })}
              />
            )
          }
          value={q}
          onChange={(event) => search({ q: event.currentTarget.value || undefined })}
        />
      </div>
      {sessions.isPending && (
        <div className={classes.grid} aria-busy="true">
          {[0, 1, 2, 3].map((i) => (
            <Skeleton key={i} height={172} radius={10} />
          ))}
        </div>
      )}
      {sessions.isError && !sessions.data && (
        <Fault title={text.errors.listFailed} error={sessions.error} again={() => void sessions.refetch()} />
      )}
      {sessions.data && all === 0 && <Empty title={text.sessions.emptyTitle} hint={text.sessions.empty} />}
      {sessions.data && all > 0 && shown.length === 0 && (
        <Empty icon={<IconSearch size={26} stroke={1.5} />} title={text.sessions.noMatch}>
          <Button
            variant="default"
            size="xs"
            mt="sm"
            onClick={() => search({ q: undefined, show: undefined })}
          >
            {text.sessions.clear}
          </Button>
        </Empty>
      )}
      <ul className={classes.grid}>
        {shown.map((session) => (
          <SessionCard key={keyText(session)} session={session} now={now} />
        ))}
      </ul>
    </>
  );
}
