import { ActionIcon, Title } from '@mantine/core';
import { IconAlertTriangle, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { SessionSummary } from '../../../src/contract/api.ts';
import { picturePath } from '../api/paths.ts';
import { movieQuery, sessionsQuery } from '../api/queries.ts';
import { ageText, durationText, integerText, metricText, numberText, percentText } from '../data/format.ts';
import { lagSeconds, ratesIfFallingBehind } from '../data/lag.ts';
import { metricWords } from '../data/metric-words.ts';
import { NONE } from '../data/words.ts';
import { useFacilityFeed } from '../state/facility-feed.ts';
import { CountsBar } from '../ui/counts-bar.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Picture } from '../ui/picture.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { useTabStatus } from '../ui/tab-status.ts';
import { useNow } from '../ui/use-now.ts';
import { countWords, progressWords } from '../ui/words.ts';
import classes from './kiosk.module.css';
import { isMicroscopeActive, selectSessions } from './session-list.ts';
import { facilityWords, kioskWords } from './words.ts';

/** Time for which each session is shown, seconds. */
const DEFAULT_SECONDS = 20;

/**
 * For a wall display: shows in turn the sessions in progress, those that need action, and complete ones whose
 * microscope is still active.
 */
export function KioskView() {
  const { q = '', project, user, seconds = DEFAULT_SECONDS } = useSearch({ strict: false });
  const all = useQuery(sessionsQuery).data;
  const now = useNow(1000);
  const [turn, setTurn] = useState(0);
  useFacilityFeed();
  useEffect(() => {
    const timer = setInterval(() => setTurn((before) => before + 1), seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds]);
  useTabStatus({ title: kioskWords.title, progress: null, state: null });
  const matching = selectSessions(all ?? [], q, { filter: 'all', project, user });
  const shown = matching
    .filter(
      (s) =>
        s.state.startsWith('processing') && (s.state !== 'processing_complete' || isMicroscopeActive(s, now)),
    )
    .sort((a, b) => (`${a.project}/${a.user}/${a.session}` < `${b.project}/${b.user}/${b.session}` ? -1 : 1));
  const session = shown[turn % Math.max(1, shown.length)];
  return (
    <section className={classes.kiosk} aria-label={kioskWords.title}>
      <ActionIcon
        component={Link}
        to="/"
        variant="subtle"
        color="gray"
        size="lg"
        className={classes.leave}
        aria-label={kioskWords.leave}
      >
        <IconX />
      </ActionIcon>
      {session ? (
        <Screen
          session={session}
          now={now}
          position={kioskWords.position((turn % shown.length) + 1, shown.length)}
        />
      ) : (
        all && (
          <div className={classes.none}>
            <EmptyState title={kioskWords.none} hint={kioskWords.noneHint} />
          </div>
        )
      )}
    </section>
  );
}

function Screen({ session, now, position }: { session: SessionSummary; now: number; position: string }) {
  const { counts, lastThumbnail } = session;
  const finished = counts.done + counts.failed;
  const record = useQuery({
    ...movieQuery(session, lastThumbnail ?? ''),
    enabled: lastThumbnail !== null,
  }).data?.record;
  const picture = (role: string) =>
    lastThumbnail === null ? null : picturePath(session, lastThumbnail, role);
  const defocusUm = record?.ctf ? (record.ctf.defocusUA + record.ctf.defocusVA) / 20_000 : Number.NaN;
  const rates = ratesIfFallingBehind(session, now);
  const warning =
    session.state === 'processing_failure'
      ? session.reason
      : (session.warnings[0] ??
        (rates && progressWords.faster(integerText(rates.arrivalsPerHour), integerText(rates.ratePerHour))));
  const facts = [
    [
      progressWords.rate,
      session.ratePerHour === null ? NONE : integerText(session.ratePerHour),
      progressWords.perHour,
    ],
    [progressWords.timeLeft, durationText(session.secondsLeft || null), ''],
    [
      progressWords.lag,
      session.behindSince === null
        ? progressWords.upToDate
        : durationText(Math.round(lagSeconds(session, now))),
      '',
    ],
    [progressWords.lastMovie, session.lastMovieAt === null ? NONE : ageText(session.lastMovieAt, now), ''],
    [metricWords.defocus.label, numberText(defocusUm, 2, 'µm'), ''],
    [metricWords.fitResolution.label, metricText('fitResolution', record?.ctf?.fitResolutionA ?? null), ''],
    [metricWords.motionTotal.label, metricText('motionTotal', record?.motion?.totalA ?? null), ''],
  ] as const;
  return (
    <>
      <header className={classes.head}>
        <Title order={1}>{session.session}</Title>
        <StateBadge state={session.state} />
        <span className="muted">
          {session.project} / {session.user} · {position}
        </span>
      </header>
      <div className={classes.progress}>
        <b className={classes.percent}>{percentText(finished, counts.total)}</b>
        <span>
          {integerText(counts.done)} {countWords.done} · {integerText(counts.failed)} {countWords.failed} ·{' '}
          {integerText(counts.total)} {countWords.found}
        </span>
      </div>
      <CountsBar counts={counts} />
      {warning && (
        <p className={classes.warning}>
          <IconAlertTriangle aria-hidden /> {warning}
        </p>
      )}
      <div className={classes.body}>
        <Picture src={picture('thumbnail')} alt={kioskWords.newest} missing={facilityWords.noThumbnail} />
        <Picture src={picture('ctfPicture')} alt={kioskWords.spectrum} missing={facilityWords.noThumbnail} />
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
