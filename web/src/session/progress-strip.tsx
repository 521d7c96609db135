import type { SessionSummary } from '../../../src/contract/api.ts';
import { ago, duration, integer, percent } from '../data/format.ts';
import { lagSeconds, outrun } from '../data/lag.ts';
import { CountsBar } from '../ui/counts-bar.tsx';
import { text } from '../ui/text.ts';
import { useNow } from '../ui/use-now.ts';
import classes from './session.module.css';

/** How far the session is: in total and in the cycle, how fast, how long still, how far behind the microscope, and when that last wrote. */
export function ProgressStrip({ session }: { session: SessionSummary }) {
  const now = useNow();
  const { counts, cycle } = session;
  const finished = counts.done + counts.failed;
  const faster = outrun(session, now);
  const legend = [
    [counts.failed, text.counts.failed],
    [counts.queued, text.counts.inWork],
    [counts.waiting, text.counts.waiting],
    [counts.arriving, text.counts.arriving],
  ] as const;
  return (
    <section className={`card ${classes.strip}`} aria-label={text.progress.total}>
      <div className={`${classes.cell} ${classes.wide}`}>
        <div className={classes.label}>
          {text.progress.total}
          <span>{text.counts.ofTotal(finished, counts.total)}</span>
        </div>
        <div className={classes.figure}>
          {percent(finished, counts.total)}{' '}
          <small>
            {integer(counts.done)} {text.counts.done}
          </small>
        </div>
        <CountsBar counts={counts} />
        <div className={classes.legend}>
          {legend.map(([n, word]) => (
            <span key={word} className={n === 0 ? 'muted' : undefined}>
              <b>{integer(n)}</b> {word}
            </span>
          ))}
        </div>
      </div>
      <div className={`${classes.cell} ${classes.wide}`}>
        <div className={classes.label}>
          {cycle ? text.progress.cycle(cycle.number) : text.progress.noCycle}
          {cycle && <span>{text.counts.ofTotal(cycle.finished, cycle.total)}</span>}
        </div>
        <div className={classes.figure}>
          {cycle ? percent(cycle.finished, cycle.total) : <small>{text.progress.noCycleYet}</small>}
        </div>
        <CountsBar
          label={text.progress.noCycle}
          counts={{
            done: cycle?.finished ?? 0,
            total: cycle?.total ?? 0,
            failed: 0,
            queued: 0,
            waiting: 0,
            arriving: 0,
          }}
        />
      </div>
      <div className={classes.cell}>
        <div className={classes.label}>{text.progress.rate}</div>
        <div className={classes.figure}>
          {session.ratePerHour === null ? text.none : integer(session.ratePerHour)}{' '}
          <small>{text.progress.perHour}</small>
        </div>
      </div>
      <div className={classes.cell}>
        <div className={classes.label}>{text.progress.timeLeft}</div>
        <div className={classes.figure}>{duration(session.secondsLeft || null)}</div>
      </div>
      <div className={classes.cell} title={text.progress.behindHelp}>
        <div className={classes.label}>{text.progress.behind}</div>
        <div className={classes.figure}>
          {session.behindSince === null ? (
            <small>{counts.total === 0 ? text.none : text.progress.upToDate}</small>
          ) : (
            duration(Math.max(1, Math.round(lagSeconds(session, now))))
          )}
        </div>
        {faster && (
          <div className={classes.note}>
            {text.progress.faster(integer(faster.arriving), integer(faster.done))}
          </div>
        )}
      </div>
      <div className={classes.cell}>
        <div className={classes.label}>{text.progress.lastMovie}</div>
        <div className={classes.figure}>
          {session.lastMovieAt === null ? (
            <small>{text.progress.nothing}</small>
          ) : (
            ago(session.lastMovieAt, now)
          )}
        </div>
      </div>
    </section>
  );
}
