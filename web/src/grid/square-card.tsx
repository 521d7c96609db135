import { memo } from 'react';
import { numberText } from '../data/format.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import { QuickLink } from '../ui/quick-link.tsx';
import { type ColorScale, colorOf, isSameScale } from './color-scale.ts';
import grid from './grid.module.css';
import { gridMetricWords, spreadText, valueText } from './grid-metrics.ts';
import classes from './square-card.module.css';
import { Histogram, Spread } from './square-spread.tsx';
import type { SquareStatistics } from './square-statistics.ts';
import { gridWords } from './words.ts';

interface SquareCardProps {
  readonly statistics: SquareStatistics;
  readonly metric: GridMetric;
  readonly scale: ColorScale;
  /** Counts of the histogram, separated by commas; null if there is none. */
  readonly bins: string | null;
  readonly range: readonly [number, number] | null;
  readonly rangeWords: readonly string[];
  readonly isSelected: boolean;
  /** Whether the pointer is over the square, here or on the map. */
  readonly isHovered: boolean;
  readonly onHover: (square: string | null) => void;
  readonly onSelect: (square: string) => void;
  readonly onOpen: (square: string) => void;
}

/** A grid square: number of movies, mean and spread of the metric, and how many were rejected or failed. */
export const SquareCard = memo(function SquareCard(props: SquareCardProps) {
  const { statistics, metric, scale, isSelected } = props;
  const { square, mean, sd } = statistics;
  const { name } = square;
  return (
    <li
      className={`card ${classes.card}`}
      data-selected={isSelected}
      data-hovered={props.isHovered}
      onPointerEnter={() => props.onHover(name)}
      onPointerLeave={() => props.onHover(null)}
    >
      <span
        className={classes.edge}
        style={{ background: mean === null ? 'var(--line)' : colorOf(scale, mean) }}
        aria-hidden
      />
      <div className={classes.head}>
        <QuickLink
          className={`truncate ${classes.link}`}
          href={`?${new URLSearchParams({ tab: 'grid', square: name })}`}
          aria-label={gridWords.open(name)}
          title={name}
          onGo={() => props.onOpen(name)}
        >
          {name}
        </QuickLink>
        <input
          type="checkbox"
          className={`no-print ${grid.checkbox}`}
          aria-label={gridWords.selectSquare(name)}
          checked={isSelected}
          onChange={() => props.onSelect(name)}
        />
      </div>
      <Mean statistics={statistics} metric={metric} />
      {props.bins !== null && props.range !== null ? (
        <Histogram
          square={name}
          mean={mean}
          bins={props.bins}
          range={props.range}
          rangeWords={props.rangeWords}
          scale={scale}
        />
      ) : (
        <Spread scale={scale} mean={mean} sd={sd} />
      )}
      <Counts statistics={statistics} />
      {square.defocusOffset !== null && metric !== 'defocusOffset' && (
        <p className={classes.counts} title={gridWords.defocusOffset.help}>
          {gridWords.offset(
            valueText('defocusOffset', square.defocusOffset.meanUm),
            square.defocusOffset.sdUm === null ? null : numberText(square.defocusOffset.sdUm, 2),
          )}
        </p>
      )}
    </li>
  );
}, isSameCard);

function Mean({ statistics, metric }: { statistics: SquareStatistics; metric: GridMetric }) {
  const { mean, sd, count } = statistics;
  return (
    <p className={classes.mean} title={gridWords.meanOf(count)}>
      {mean === null ? (
        <span className="muted">{gridWords.noValueYet}</span>
      ) : (
        <>
          <b>{valueText(metric, mean)}</b>
          {sd !== null && <> ± {spreadText(metric, sd)}</>} <small>{gridMetricWords(metric).unit}</small>
        </>
      )}
    </p>
  );
}

function Counts({ statistics: { square, rejected, withoutRings } }: { statistics: SquareStatistics }) {
  const { total, done, failed, holes } = square;
  const waiting = total - done - failed;
  const counts = [
    gridWords.done(done),
    ...(rejected > 0 ? [gridWords.rejected(rejected)] : []),
    ...(failed > 0 ? [gridWords.failed(failed)] : []),
    ...(waiting > 0 ? [gridWords.waiting(waiting)] : []),
    ...(withoutRings > 0 ? [gridWords.withoutRings(withoutRings)] : []),
  ];
  return (
    <p className={classes.counts}>
      {gridWords.movies(total)} · {gridWords.holes(holes)}
      <br />
      <span className="muted">{counts.join(' · ')}</span>
    </p>
  );
}

/** Compares what a card shows, so that only the cards of squares with new movies are rendered again. */
function isSameCard(a: SquareCardProps, b: SquareCardProps): boolean {
  return (
    a.metric === b.metric &&
    a.bins === b.bins &&
    a.rangeWords.join() === b.rangeWords.join() &&
    a.isSelected === b.isSelected &&
    a.isHovered === b.isHovered &&
    a.onHover === b.onHover &&
    a.onSelect === b.onSelect &&
    a.onOpen === b.onOpen &&
    isSameScale(a.scale, b.scale) &&
    JSON.stringify(a.statistics) === JSON.stringify(b.statistics)
  );
}
