import { IconAlertTriangle, IconMicroscope } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { SessionSummary } from '../../../src/contract/api.ts';
import { picturePath } from '../api/paths.ts';
import { ageText, durationText, integerText } from '../data/format.ts';
import { isBehind, lagSeconds } from '../data/lag.ts';
import { CountsBar } from '../ui/counts-bar.tsx';
import { Picture } from '../ui/picture.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { countWords, progressWords } from '../ui/words.ts';
import { isActive, isMicroscopeActive } from './session-list.ts';
import classes from './sessions-view.module.css';
import { facilityWords } from './words.ts';

interface SessionCardProps {
  readonly session: SessionSummary;
  /** Epoch ms. */
  readonly now: number;
}

/** One session of the list; the whole card is a link. */
export const SessionCard = memo(function SessionCard({ session, now }: SessionCardProps) {
  const { project, user, lastThumbnail } = session;
  const lastActivity = session.lastResultAt ?? session.lastMovieAt;
  return (
    <li className={`card ${classes.card}`}>
      <div className={classes.thumb}>
        <Picture
          src={lastThumbnail === null ? null : picturePath(session, lastThumbnail, 'thumbnail')}
          alt={facilityWords.thumbnailOf(session.session)}
          missing={facilityWords.noThumbnail}
        />
      </div>
      <div className={classes.body}>
        <div className={classes.top}>
          <StateBadge state={session.state} />
          <span className={`muted ${classes.small}`}>
            {lastActivity === null ? '' : ageText(lastActivity, now)}
          </span>
        </div>
        <Link
          className={classes.name}
          to="/s/$project/$user/$session"
          params={{ project, user, session: session.session }}
          aria-label={facilityWords.open(session.session)}
        >
          {session.session}
        </Link>
        <span className={`muted truncate ${classes.small}`}>
          {project} / {user}
        </span>
        <Microscope session={session} now={now} />
        <CountsBar counts={session.counts} />
        <Counts session={session} />
        <FirstWarning session={session} />
      </div>
    </li>
  );
});

/** Whether the microscope is writing movies, and the processing lag. */
function Microscope({ session, now }: SessionCardProps) {
  const isRecording = isMicroscopeActive(session, now);
  const { lastMovieAt } = session;
  const idle = lastMovieAt === null ? facilityWords.noMovie : facilityWords.quiet(ageText(lastMovieAt, now));
  return (
    <span className={`truncate ${classes.small} ${classes.microscope}`} data-busy={isRecording}>
      <IconMicroscope size={15} aria-hidden />
      {isRecording ? facilityWords.busy : idle}
      {isActive(session) && isBehind(session, now) && (
        <span className={classes.behind}>
          {' '}
          · {progressWords.lagOf(durationText(Math.round(lagSeconds(session, now))))}
        </span>
      )}
    </span>
  );
}

function Counts({ session: { counts, ratePerHour, secondsLeft } }: { session: SessionSummary }) {
  return (
    <div className={classes.figures}>
      <span>
        <b>{integerText(counts.done)}</b>{' '}
        <span className="muted">
          / {integerText(counts.total)} {countWords.done}
        </span>
      </span>
      {counts.failed > 0 && (
        <span className={classes.failed}>
          <b>{integerText(counts.failed)}</b> {countWords.failed}
        </span>
      )}
      {ratePerHour !== null && ratePerHour > 0 && (
        <span>
          <b>{integerText(ratePerHour)}</b> <span className="muted">{progressWords.perHour}</span>
        </span>
      )}
      {secondsLeft !== null && secondsLeft > 0 && (
        <span>
          <b>{durationText(secondsLeft)}</b> <span className="muted">{facilityWords.timeLeft}</span>
        </span>
      )}
    </div>
  );
}

/** The reason why the session needs action, or its first warning; and the number of other warnings. */
function FirstWarning({ session: { state, reason, warnings } }: { session: SessionSummary }) {
  const hasReason = state === 'processing_failure' && reason !== null;
  const first = hasReason ? reason : warnings[0];
  if (!first) return null;
  const more = warnings.length - (hasReason ? 0 : 1);
  return (
    <span className={classes.warning}>
      <IconAlertTriangle size={15} aria-hidden />
      <span title={warnings.join('\n')}>
        {first}
        {more > 0 && ` ${facilityWords.moreWarnings(more)}`}
      </span>
    </span>
  );
}
