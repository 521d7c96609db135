import { Button, CloseButton, SegmentedControl, Select, Skeleton, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useMemo } from 'react';
import { sessionsQuery } from '../api/queries.ts';
import type { SessionsSearch } from '../app/router.tsx';
import { integer } from '../data/format.ts';
import { currentConnection } from '../state/current.ts';
import { FacilityFeed } from '../state/facility-feed.ts';
import { Empty, Fault } from '../ui/fault.tsx';
import { useTabStatus } from '../ui/tab-status.ts';
import { text } from '../ui/text.ts';
import { useNow } from '../ui/use-now.ts';
import { SessionCards } from './session-cards.tsx';
import {
  facilityTotals,
  namesOf,
  SESSION_FILTERS,
  type SessionFilter,
  selectSessions,
} from './session-list.ts';
import classes from './sessions-view.module.css';

/** All sessions of the service, live. */
export function SessionsView() {
  const { q = '', show = 'all', project, user } = useSearch({ strict: false });
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
  const troubled = sessions.data?.some(({ state }) => state === 'processing_failure') ?? false;
  useTabStatus({ title: text.sessions.title, share: null, state: troubled ? 'processing_failure' : null });
  const wanted = useDeferredValue(q);
  const shown = useMemo(
    () => selectSessions(sessions.data ?? [], wanted, { filter: show, project, user }),
    [sessions.data, wanted, show, project, user],
  );
  const totals = useMemo(() => facilityTotals(shown), [shown]);
  // From the address as it stands when this is called: another change may be on its way to the screen.
  const search = (next: SessionsSearch) =>
    void navigate({ to: '/', search: (now: SessionsSearch) => ({ ...now, ...next }), replace: true });
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
        {(['project', 'user'] as const).map((what) => {
          const names = namesOf(sessions.data ?? [], what);
          const chosen = what === 'project' ? project : user;
          return names.length < 2 && chosen === undefined ? null : (
            <Select
              key={what}
              className={classes.narrow}
              aria-label={text.sessions[what]}
              placeholder={what === 'project' ? text.sessions.anyProject : text.sessions.anyUser}
              data={names}
              value={chosen ?? null}
              onChange={(value) => search({ [what]: value ?? undefined })}
              searchable
              clearable
            />
          );
        })}
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
      {sessions.data && all > 0 && (
        <p className={classes.totals}>
          {(['processing', 'perHour', 'left', 'attention'] as const).map((what) => (
            <span key={what} className={totals[what] === 0 ? 'muted' : undefined}>
              <b>{integer(totals[what])}</b> {text.sessions.totals[what]}
            </span>
          ))}
        </p>
      )}
      {sessions.isPending && (
        <div className={classes.grid} aria-busy="true">
          {[0, 1, 2, 3].map((i) => (
            <Skeleton key={i} height={206} radius={10} />
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
            onClick={() => search({ q: undefined, show: undefined, project: undefined, user: undefined })}
          >
            {text.sessions.clear}
          </Button>
        </Empty>
      )}
      {shown.length > 0 && <SessionCards sessions={shown} now={now} />}
    </>
  );
}
