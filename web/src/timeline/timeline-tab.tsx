import { Button, Skeleton, TextInput } from '@mantine/core';
import {
  IconAdjustments,
  IconAlertTriangle,
  IconCheck,
  IconChecklist,
  IconHistory,
  IconPlayerPlayFilled,
  IconPlayerStopFilled,
  IconPlus,
  IconRefresh,
  IconUserEdit,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { TimelineEntry } from '../../../src/contract/review.ts';
import { timelineQuery } from '../api/queries.ts';
import { dateTimeText } from '../data/format.ts';
import { personName, setPersonName } from '../state/person.ts';
import { useSessionKey } from '../state/session-context.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorMessage } from '../ui/error-message.tsx';
import classes from './timeline.module.css';
import { timelineWords } from './words.ts';

const ICONS: Record<TimelineEntry['what'], typeof IconCheck> = {
  started: IconPlayerPlayFilled,
  stopped: IconPlayerStopFilled,
  resumed: IconPlayerPlayFilled,
  changed: IconAdjustments,
  retried: IconRefresh,
  reviewed: IconChecklist,
  completed: IconCheck,
  continued: IconPlus,
  failed: IconAlertTriangle,
  recovered: IconRefresh,
  lost: IconAlertTriangle,
};
/** Name of the service in an entry. */
const SERVICE = 'service';
const FIRST_ENTRIES = 100;
/** Maximum number of entries that the service sends per request. */
const MAX_ENTRIES = 1000;

/** Events of the session, newest first: what happened, why, who did it, and when. */
export function TimelineTab() {
  const key = useSessionKey();
  const [entries, setEntries] = useState(FIRST_ENTRIES);
  const timeline = useQuery(timelineQuery(key, entries));
  const [name, setName] = useState(personName);
  if (timeline.isPending) return <Skeleton height={240} radius={10} />;
  if (timeline.isError && !timeline.data)
    return (
      <ErrorMessage
        title={timelineWords.loadFailed}
        error={timeline.error}
        onRetry={() => void timeline.refetch()}
      />
    );
  return (
    <>
      <TextInput
        className={`${classes.person} no-print`}
        label={timelineWords.person}
        description={timelineWords.personHint}
        size="sm"
        maxLength={80}
        leftSection={<IconUserEdit size={16} />}
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value);
          setPersonName(event.currentTarget.value);
        }}
      />
      {timeline.data.length === 0 ? (
        <div className="card">
          <EmptyState
            icon={<IconHistory size={28} stroke={1.5} />}
            title={timelineWords.empty}
            hint={timelineWords.emptyHint}
          />
        </div>
      ) : (
        <ol className={`card ${classes.list}`}>
          {timeline.data.map(({ at, what, by, note }) => {
            const Icon = ICONS[what];
            return (
              <li key={`${at} ${what} ${note}`} className={classes.item} data-what={what}>
                <span className={classes.icon}>
                  <Icon size={15} aria-hidden />
                </span>
                <div className={classes.words}>
                  <b>{timelineWords.what[what]}</b>
                  {note !== null && <span className={classes.note}>{note}</span>}
                </div>
                <span className={`muted ${classes.by}`}>{by === SERVICE ? timelineWords.service : by}</span>
                <time className={`muted ${classes.at}`} dateTime={at}>
                  {dateTimeText(at)}
                </time>
              </li>
            );
          })}
        </ol>
      )}
      {timeline.data.length >= entries && entries < MAX_ENTRIES && (
        <Button
          mt="sm"
          size="xs"
          variant="default"
          loading={timeline.isPlaceholderData}
          onClick={() => setEntries(MAX_ENTRIES)}
        >
          {timelineWords.more}
        </Button>
      )}
    </>
  );
}
