import { ActionIcon, Title } from '@mantine/core';
import { IconAlertTriangle, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { SessionSummary } from '../../../src/contract/api.ts';
import { picturePath } from '../api/paths.ts';
import { movieQuery, sessionsQuery } from '../api/queries.ts';
import { ago, duration, fixed, integer, metricValue, percent } from '../data/format.ts';
import { lagSeconds, outrun } from '../data/lag.ts';
import { currentConnection } from '../state/current.ts';
import { FacilityFeed } from '../state/facility-feed.ts';
import { CountsBar } from '../ui/counts-bar.tsx';
import { Empty } from '../ui/fault.tsx';
import { Picture } from '../ui/picture.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { useTabStatus } from '../ui/tab-status.ts';
import { text } from '../ui/text.ts';
import { useNow } from '../ui/use-now.ts';
import classes from './kiosk.module.css';
import { isBusy, selectSessions } from './session-list.ts';

const DEFAULT_SECONDS = 20;

/** For a wall screen: one session in work after the other, large; those that need a person among them. */
export function KioskView() {
  const { q = '', project, user, seconds = DEFAULT_SECONDS } = useSearch({ strict: false });
  const all = useQuery(sessionsQuery).data;
  const now = useNow(1000);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const feed = new FacilityFeed();
    currentConnection.set(feed.connection);
    return () => {
      currentConnection.set(null);
      feed.close();
    };
  }, []);
  useEffect(() => {
    const timer = setInterval(() => setTurn((before) => before + 1), seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds]);
  useTabStatus({ title: text.kiosk.title, share: null, state: null });
  const wanted = selectSessions(all ?? [], q, { filter: 'all', project, user });
  const shown = wanted
    .filter((s) => s.state.startsWith('processing') && (s.state !== 'processing_complete' || isBusy(s, now)))
    .sort((a, b) => (`${a.project}/${a.user}/${a.session}` < `${b.project}/${b.user}/${b.session}` ? -1 : 1));
  const session = shown[turn % Math.max(1, shown.length)];
  return (
    <section className={classes.kiosk} aria-label={text.kiosk.title}>
      <ActionIcon
        component={Link}
        to="/"
        variant="subtle"
        color="gray"
        size="lg"
        className={classes.leave}
        aria-label={text.kiosk.leave}
      >
        <IconX />
      </ActionIcon>
      {session ? (
        <Screen
          session={session}
          now={now}
          place={text.kiosk.place((turn % shown.length) + 1, shown.length)}
        />
      ) : (
        all && (
          <div className={classes.none}>
            <Empty title={text.kiosk.none} hint={text.kiosk.noneHint} />
          </div>
        )
      )}
    </section>
  );
}

function Screen({ session, now, place }: { session: SessionSummary; now: number; place: string }) {
  const { counts, lastThumbnail } = session;
  const finished = counts.done + counts.failed;
  const record = useQuery({
    ...movieQuery(session, lastThumbnail ?? ''),
    enabled: lastThumbnail !== null,
  }).data?.record;
  const picture = (role: string) =>
    lastThumbnail === null ? null : picturePath(session, lastThumbnail, role);
  const defocusUm = record?.ctf ? (record.ctf.defocusUA + record.ctf.defocusVA) / 20_000 : Number.NaN;
  const faster = outrun(session, now);
  const warning =
    session.state === 'processing_failure'
      ? session.reason
      : (session.warnings[0] ??
        (faster && text.progress.faster(integer(faster.arriving), integer(faster.done))));
  const facts = [
    [
      text.progress.rate,
      session.ratePerHour === null ? text.none : integer(session.ratePerHour),
      text.progress.perHour,
    ],
    [text.progress.timeLeft, duration(session.secondsLeft || null), ''],
    [
      text.progress.behind,
      session.behindSince === null ? text.progress.upToDate : duration(Math.round(lagSeconds(session, now))),
      '',
    ],
    [text.progress.lastMovie, session.lastMovieAt === null ? text.none : ago(session.lastMovieAt, now), ''],
    [text.metrics.defocus.label, fixed(defocusUm, 2, 'µm'), ''],
    [text.metrics.fitResolution.label, metricValue('fitResolution', record?.ctf?.fitResolutionA ?? null), ''],
    [text.metrics.motionTotal.label, metricValue('motionTotal', record?.motion?.totalA ?? null), ''],
  ] as const;
  return (
    <>
      <header className={classes.head}>
        <Title order={1}>{session.session}</Title>
        <StateBadge state={session.state} />
        <span className="muted">
          {session.project} / {session.user} · {place}
        </span>
      </header>
      <div className={classes.progress}>
        <b className={classes.percent}>{percent(finished, counts.total)}</b>
        <span>
          {integer(counts.done)} {text.counts.done} · {integer(counts.failed)} {text.counts.failed} ·{' '}
          {integer(counts.total)} {text.counts.found}
        </span>
      </div>
      <CountsBar counts={counts} />
      {warning && (
        <p className={classes.warning}>
          <IconAlertTriangle aria-hidden /> {warning}
        </p>
      )}
      <div className={classes.body}>
        <Picture src={picture('thumbnail')} alt={text.kiosk.newest} missing={text.sessions.noThumbnail} />
        <Picture src={picture('ctfPicture')} alt={text.kiosk.spectrum} missing={text.sessions.noThumbnail} />
        <dl className={classes.facts}>
          {facts.map(([label, value, unit]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                {value} <small>{unit}</small>
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </>
  );
}
