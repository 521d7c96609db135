import { memo } from 'react';
import { fixed } from '../data/format.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import { QuickLink } from '../ui/quick-link.tsx';
import { type ColorScale, colorOf, isSameScale } from './color-scale.ts';
import classes from './grid.module.css';
import { gridMetricWords, gridNumber } from './grid-metrics.ts';
import { Histogram, Spread } from './grid-spread.tsx';
import type { SquareFigures } from './grid-squares.ts';
import { gridWords } from './words.ts';

interface SquareCardProps {
  readonly figures: SquareFigures;
  readonly metric: GridMetric;
  readonly scale: ColorScale;
  /** Counts of the histogram, with commas; null where there is none. */
  readonly bins: string | null;
  readonly range: readonly [number, number] | null;
  readonly rangeWords: readonly string[];
  readonly isSelected: boolean;
  /** Pointed at, here or on the map. */
  readonly isHovered: boolean;
  readonly onHover: (square: string | null) => void;
  readonly onSelect: (square: string) => void;
  readonly onOpen: (square: string) => void;
}

/** A grid square: how many movies, how good and how different they are, and what was rejected or failed. */
export const SquareCard = memo(
  function SquareCard(props: SquareCardProps) {
    const { figures, metric, scale, isSelected } = props;
    const { square, mean, sd, counted, guesses, rejected } = figures;
    const { name, total, done, failed, holes, defocusOffset } = square;
    const { unit } = gridMetricWords(metric);
    const left = total - done - failed;
    const counts = [
      gridWords.done(done),
      ...(rejected > 0 ? [gridWords.rejected(rejected)] : []),
      ...(failed > 0 ? [gridWords.failed(failed)] : []),
      ...(left > 0 ? [gridWords.waiting(left)] : []),
      ...(guesses > 0 ? [gridWords.guesses(guesses)] : []),
    ];
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
        <div className={classes.cardHead}>
          <QuickLink
            className={`truncate ${classes.cardLink}`}
            href={`?${new URLSearchParams({ tab: 'grid', square: name })}`}
            aria-label={gridWords.open(name)}
            title={name}
            onGo={() => props.onOpen(name)}
          >
            {name}
          </QuickLink>
          <input
            type="checkbox"
            className={`no-print ${classes.pick}`}
            aria-label={gridWords.selectSquare(name)}
            checked={isSelected}
            onChange={() => props.onSelect(name)}
          />
        </div>
        <p className={classes.mean} title={gridWords.meanOf(counted)}>
          {mean === null ? (
            <span className="muted">{gridWords.noFigure}</span>
          ) : (
            <>
              <b>{gridNumber(metric, mean)}</b>
              {sd !== null && <> ± {fixedSpread(metric, sd)}</>} <small>{unit}</small>
            </>
          )}
        </p>
        {props.bins !== null && props.range !== null ? (
          <Histogram
            {...{ figures, scale }}
            bins={props.bins}
            range={props.range}
            rangeWords={props.rangeWords}
          />
        ) : (
          <Spread scale={scale} mean={mean} sd={sd} />
        )}
        <p className={classes.counts}>
          {gridWords.movies(total)} · {gridWords.holes(holes)}
          <br />
          <span className="muted">{counts.join(' · ')}</span>
        </p>
        {defocusOffset !== null && metric !== 'defocusOffset' && (
          <p className={classes.counts} title={gridWords.defocusOffset.help}>
            {gridWords.offset(
              gridNumber('defocusOffset', defocusOffset.meanUm),
              defocusOffset.sdUm === null ? null : fixed(defocusOffset.sdUm, 2),
            )}
          </p>
        )}
      </li>
    );
  },
  // While movies come in, only the cards of their squares are drawn anew.
  (a, b) =>
    a.metric === b.metric &&
    a.bins === b.bins &&
    a.rangeWords.join() === b.rangeWords.join() &&
    a.isSelected === b.isSelected &&
    a.isHovered === b.isHovered &&
    a.onHover === b.onHover &&
    a.onSelect === b.onSelect &&
    a.onOpen === b.onOpen &&
    isSameScale(a.scale, b.scale) &&
    JSON.stringify(a.figures) === JSON.stringify(b.figures),
);

const fixedSpread = (metric: GridMetric, sd: number) => gridNumber(metric, sd).replace('+', '');
