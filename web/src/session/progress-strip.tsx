import type { ReactNode } from 'react';
import type { SessionSummary } from '../../../src/contract/api.ts';
import { ageText, durationText, integerText, percentText } from '../data/format.ts';
import { lagSeconds, ratesIfFallingBehind } from '../data/lag.ts';
import { NONE } from '../data/words.ts';
import { CountsBar } from '../ui/counts-bar.tsx';
import { skipWords } from '../ui/skip-words.ts';
import { useNow } from '../ui/use-now.ts';
import { countWords, progressWords } from '../ui/words.ts';
import classes from './progress-strip.module.css';

/**
 * Progress of the session and of the cycle, rate, time left, processing lag, and when the microscope last
 * wrote a movie.
 */
export function ProgressStrip({ session }: { session: SessionSummary }) {
  const now = useNow();
  const { ratePerHour, lastMovieAt } = session;
  return (
    <section className={`card ${classes.strip}`} aria-label={progressWords.total}>
      <TotalCell session={session} />
      <CycleCell cycle={session.cycle} />
      <Cell label={progressWords.rate}>
        {ratePerHour === null ? NONE : integerText(ratePerHour)} <small>{progressWords.perHour}</small>
      </Cell>
      <Cell label={progressWords.timeLeft}>{durationText(session.secondsLeft || null)}</Cell>
      <LagCell session={session} now={now} />
      <Cell label={progressWords.lastMovie}>
        {lastMovieAt === null ? <small>{progressWords.nothing}</small> : ageText(lastMovieAt, now)}
      </Cell>
    </section>
  );
}

function Cell(props: {
  label: ReactNode;
  children: ReactNode;
  title?: string;
  isWide?: boolean;
  footer?: ReactNode;
}) {
  return (
    <div className={props.isWide ? `${classes.cell} ${classes.wide}` : classes.cell} title={props.title}>
      <div className={classes.label}>{props.label}</div>
      <div className={classes.figure}>{props.children}</div>
      {props.footer}
    </div>
  );
}

function TotalCell({ session: { counts, skipped = [] } }: { session: SessionSummary }) {
  const finished = counts.done + counts.failed;
  const legend = [
    [counts.failed, countWords.failed],
    [counts.queued, countWords.inProgress],
    [counts.waiting, countWords.waiting],
    [counts.arriving, countWords.arriving],
  ] as const;
  const footer = (
    <>
      <CountsBar counts={counts} />
      <div className={classes.legend}>
        {legend.map(([n, word]) => (
          <span key={word} className={n === 0 ? 'muted' : undefined}>
            <b>{integerText(n)}</b> {word}
          </span>
        ))}
        <Skipped skipped={skipped} />
      </div>
    </>
  );
  const label = (
    <>
      {progressWords.total}
      <span>{countWords.ofTotal(finished, counts.total)}</span>
    </>
  );
  return (
    <Cell isWide label={label} footer={footer}>
      {percentText(finished, counts.total)}{' '}
      <small>
        {integerText(counts.done)} {countWords.done}
      </small>
    </Cell>
  );
}

/** Files that might be movies and are not processed; the tooltip has the reasons and examples. */
function Skipped({ skipped }: { skipped: NonNullable<SessionSummary['skipped']> }) {
  const total = skipped.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  const reasons = skipped.map(({ reason, count, example }) => `${skipWords[reason](count)}: ${example}`);
  return (
    <span title={reasons.join('\n')}>
      <b>{integerText(total)}</b> {countWords.skipped}
    </span>
  );
}

function CycleCell({ cycle }: { cycle: SessionSummary['cycle'] }) {
  const { finished, total } = cycle ?? { finished: 0, total: 0 };
  const counts = { done: finished, total, failed: 0, queued: 0, waiting: 0, arriving: 0 };
  const label = (
    <>
      {cycle ? progressWords.cycle(cycle.number) : progressWords.noCycle}
      {cycle && <span>{countWords.ofTotal(finished, total)}</span>}
    </>
  );
  return (
    <Cell
      isWide
      title={progressWords.cycleHelp}
      label={label}
      footer={<CountsBar label={progressWords.noCycle} counts={counts} />}
    >
      {cycle ? percentText(finished, total) : <small>{progressWords.noCycleYet}</small>}
    </Cell>
  );
}

function LagCell({ session, now }: { session: SessionSummary; now: number }) {
  const rates = ratesIfFallingBehind(session, now);
  const isUpToDate = session.behindSince === null;
  const upToDateText = session.counts.total === 0 ? NONE : progressWords.upToDate;
  const note = rates && (
    <div className={classes.note}>
      {progressWords.faster(integerText(rates.arrivalsPerHour), integerText(rates.ratePerHour))}
    </div>
  );
  return (
    <Cell title={progressWords.lagHelp} label={progressWords.lag} footer={note}>
      {isUpToDate ? (
        <small>{upToDateText}</small>
      ) : (
        durationText(Math.max(1, Math.round(lagSeconds(session, now))))
      )}
    </Cell>
  );
}
