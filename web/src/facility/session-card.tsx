import { IconAlertTriangle, IconMicroscope } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { SessionSummary } from '../../../src/contract/api.ts';
import { picturePath } from '../api/paths.ts';
import { ago, duration, integer } from '../data/format.ts';
import { isBehind, lagSeconds } from '../data/lag.ts';
import { CountsBar } from '../ui/counts-bar.tsx';
import { Picture } from '../ui/picture.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { countWords, progressWords } from '../ui/words.ts';
import { isActive, isBusy } from './session-list.ts';
import classes from './sessions-view.module.css';
import { facilityWords } from './words.ts';

/** One session of the list; the whole card is a link. */
export const SessionCard = memo(function SessionCard({
  session,
  now,
}: {
  session: SessionSummary;
  now: number;
}) {
  const { counts, project, user } = session;
  const busy = isBusy(session, now);
  const last = session.lastResultAt ?? session.lastMovieAt;
  const hasReason = session.state === 'processing_failure' && session.reason !== null;
  const warning = hasReason ? session.reason : session.warnings[0];
  const more = session.warnings.length - (hasReason ? 0 : 1);
  return (
    <li className={`card ${classes.card}`}>
      <div className={classes.thumb}>
        <Picture
          src={
            session.lastThumbnail === null ? null : picturePath(session, session.lastThumbnail, 'thumbnail')
          }
          alt={facilityWords.thumbnailOf(session.session)}
          missing={facilityWords.noThumbnail}
        />
      </div>
      <div className={classes.body}>
        <div className={classes.top}>
          <StateBadge state={session.state} />
          <span className={`muted ${classes.small}`}>{last === null ? '' : ago(last, now)}</span>
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
        <span className={`truncate ${classes.small} ${classes.microscope}`} data-busy={busy}>
          <IconMicroscope size={15} aria-hidden />
          {busy
            ? facilityWords.busy
            : session.lastMovieAt === null
              ? facilityWords.noMovie
              : facilityWords.quiet(ago(session.lastMovieAt, now))}
          {isActive(session) && isBehind(session, now) && (
            <span className={classes.behind}>
              {' '}
              · {progressWords.lagOf(duration(Math.round(lagSeconds(session, now))))}
            </span>
          )}
        </span>
        <CountsBar counts={counts} />
        <div className={classes.figures}>
          <span>
            <b>{integer(counts.done)}</b>{' '}
            <span className="muted">
              / {integer(counts.total)} {countWords.done}
            </span>
          </span>
          {counts.failed > 0 && (
            <span className={classes.failed}>
              <b>{integer(counts.failed)}</b> {countWords.failed}
            </span>
          )}
          {session.ratePerHour !== null && session.ratePerHour > 0 && (
            <span>
              <b>{integer(session.ratePerHour)}</b> <span className="muted">{progressWords.perHour}</span>
            </span>
          )}
          {session.secondsLeft !== null && session.secondsLeft > 0 && (
            <span>
              <b>{duration(session.secondsLeft)}</b>{' '}
              <span className="muted">{progressWords.timeLeft.toLowerCase()}</span>
            </span>
          )}
        </div>
        {warning && (
          <span className={classes.warning}>
            <IconAlertTriangle size={15} aria-hidden />
            <span title={session.warnings.join('\n')}>
              {warning}
              {more > 0 && ` ${facilityWords.moreWarnings(more)}`}
            </span>
          </span>
        )}
      </div>
    </li>
  );
});
