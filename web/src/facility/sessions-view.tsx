import { Button, CloseButton, SegmentedControl, Select, Skeleton, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useDeferredValue, useMemo } from 'react';
import { sessionsQuery } from '../api/queries.ts';
import { integer } from '../data/format.ts';
import { SESSION_FILTERS, type SessionFilter, type SessionsSearch } from '../routes.ts';
import { useFacilityFeed } from '../state/facility-feed.ts';
import { Empty, Fault } from '../ui/fault.tsx';
import { useTabStatus } from '../ui/tab-status.ts';
import { useNow } from '../ui/use-now.ts';
import { SessionCards } from './session-cards.tsx';
import { facilityTotals, namesOf, selectSessions } from './session-list.ts';
import classes from './sessions-view.module.css';
import { facilityWords } from './words.ts';

/** All sessions of the service, live. */
export function SessionsView() {
  const { q = '', show = 'all', project, user } = useSearch({ strict: false });
  const navigate = useNavigate();
  const sessions = useQuery(sessionsQuery);
  const now = useNow();
  useFacilityFeed();
  const troubled = sessions.data?.some(({ state }) => state === 'processing_failure') ?? false;
  useTabStatus({ title: facilityWords.title, share: null, state: troubled ? 'processing_failure' : null });
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
          {facilityWords.title}
        </Title>
        {sessions.data && <span className="muted">{facilityWords.count(shown.length, all)}</span>}
        <span className={classes.space} />
        <SegmentedControl
          className={classes.filter}
          aria-label={facilityWords.filter}
          size="sm"
          value={show}
          onChange={(value) => search({ show: value === 'all' ? undefined : (value as SessionFilter) })}
          data={SESSION_FILTERS.map((value) => ({ value, label: facilityWords[value] }))}
        />
        {(['project', 'user'] as const).map((what) => {
          const names = namesOf(sessions.data ?? [], what);
          const chosen = what === 'project' ? project : user;
          return names.length < 2 && chosen === undefined ? null : (
            <Select
              key={what}
              className={classes.narrow}
              aria-label={facilityWords[what]}
              placeholder={what === 'project' ? facilityWords.anyProject : facilityWords.anyUser}
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
          aria-label={facilityWords.search}
          placeholder={facilityWords.searchHint}
          leftSection={<IconSearch size={16} />}
          rightSection={
            q && (
              <CloseButton
                size="sm"
                aria-label={facilityWords.clear}
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
              <b>{integer(totals[what])}</b> {facilityWords.totals[what]}
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
        <Fault
          title={facilityWords.listFailed}
          error={sessions.error}
          again={() => void sessions.refetch()}
        />
      )}
      {sessions.data && all === 0 && <Empty title={facilityWords.emptyTitle} hint={facilityWords.empty} />}
      {sessions.data && all > 0 && shown.length === 0 && (
        <Empty icon={<IconSearch size={26} stroke={1.5} />} title={facilityWords.noMatch}>
          <Button
            variant="default"
            size="xs"
            mt="sm"
            onClick={() => search({ q: undefined, show: undefined, project: undefined, user: undefined })}
          >
            {facilityWords.clear}
          </Button>
        </Empty>
      )}
      {shown.length > 0 && <SessionCards sessions={shown} now={now} />}
    </>
  );
}
