import type { SessionSummary } from '../../../src/contract/api.ts';
import { ago, duration, integer, percent } from '../data/format.ts';
import { lagSeconds, outrun } from '../data/lag.ts';
import { NONE } from '../data/words.ts';
import { CountsBar } from '../ui/counts-bar.tsx';
import { useNow } from '../ui/use-now.ts';
import { countWords, progressWords } from '../ui/words.ts';
import classes from './session.module.css';

/** How far the session is: in total and in the cycle, how fast, how long still, how far behind the microscope, and when that last wrote. */
export function ProgressStrip({ session }: { session: SessionSummary }) {
  const now = useNow();
  const { counts, cycle } = session;
  const finished = counts.done + counts.failed;
  const faster = outrun(session, now);
  const legend = [
    [counts.failed, countWords.failed],
    [counts.queued, countWords.inWork],
    [counts.waiting, countWords.waiting],
    [counts.arriving, countWords.arriving],
  ] as const;
  return (
    <section className={`card ${classes.strip}`} aria-label={progressWords.total}>
      <div className={`${classes.cell} ${classes.wide}`}>
        <div className={classes.label}>
          {progressWords.total}
          <span>{countWords.ofTotal(finished, counts.total)}</span>
        </div>
        <div className={classes.figure}>
          {percent(finished, counts.total)}{' '}
          <small>
            {integer(counts.done)} {countWords.done}
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
          {cycle ? progressWords.cycle(cycle.number) : progressWords.noCycle}
          {cycle && <span>{countWords.ofTotal(cycle.finished, cycle.total)}</span>}
        </div>
        <div className={classes.figure}>
          {cycle ? percent(cycle.finished, cycle.total) : <small>{progressWords.noCycleYet}</small>}
        </div>
        <CountsBar
          label={progressWords.noCycle}
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
        <div className={classes.label}>{progressWords.rate}</div>
        <div className={classes.figure}>
          {session.ratePerHour === null ? NONE : integer(session.ratePerHour)}{' '}
          <small>{progressWords.perHour}</small>
        </div>
      </div>
      <div className={classes.cell}>
        <div className={classes.label}>{progressWords.timeLeft}</div>
        <div className={classes.figure}>{duration(session.secondsLeft || null)}</div>
      </div>
      <div className={classes.cell} title={progressWords.behindHelp}>
        <div className={classes.label}>{progressWords.behind}</div>
        <div className={classes.figure}>
          {session.behindSince === null ? (
            <small>{counts.total === 0 ? NONE : progressWords.upToDate}</small>
          ) : (
            duration(Math.max(1, Math.round(lagSeconds(session, now))))
          )}
        </div>
        {faster && (
          <div className={classes.note}>
            {progressWords.faster(integer(faster.arriving), integer(faster.done))}
          </div>
        )}
      </div>
      <div className={classes.cell}>
        <div className={classes.label}>{progressWords.lastMovie}</div>
        <div className={classes.figure}>
          {session.lastMovieAt === null ? (
            <small>{progressWords.nothing}</small>
          ) : (
            ago(session.lastMovieAt, now)
          )}
        </div>
      </div>
    </section>
  );
}
