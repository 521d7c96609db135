import { memo } from 'react';
import { type ColorScale, colorOf, isSameScale } from '../data/color-scale.ts';
import { fixed } from '../data/format.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import { gridMetricWords, gridNumber } from '../data/grid-metrics.ts';
import type { SquareFigures } from '../data/grid-squares.ts';
import { QuickLink } from '../parts/quick-link.tsx';
import { text } from '../text.ts';
import classes from './grid.module.css';

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

const WIDTH = 200;
const HEIGHT = 34;

/** A grid square: how many movies, how good and how different they are, and what was rejected or failed. */
export const SquareCard = memo(
  function SquareCard(props: SquareCardProps) {
    const { figures, metric, scale, isSelected } = props;
    const { square, mean, sd, counted, guesses, rejected } = figures;
    const { name, total, done, failed, holes, defocusOffset } = square;
    const t = text.grid;
    const { unit } = gridMetricWords(metric);
    const left = total - done - failed;
    const counts = [
      t.done(done),
      ...(rejected > 0 ? [t.rejected(rejected)] : []),
      ...(failed > 0 ? [t.failed(failed)] : []),
      ...(left > 0 ? [t.waiting(left)] : []),
      ...(guesses > 0 ? [t.guesses(guesses)] : []),
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
            aria-label={t.open(name)}
            title={name}
            onGo={() => props.onOpen(name)}
          >
            {name}
          </QuickLink>
          <input
            type="checkbox"
            className={`no-print ${classes.pick}`}
            aria-label={t.selectSquare(name)}
            checked={isSelected}
            onChange={() => props.onSelect(name)}
          />
        </div>
        <p className={classes.mean} title={t.meanOf(counted)}>
          {mean === null ? (
            <span className="muted">{t.noFigure}</span>
          ) : (
            <>
              <b>{gridNumber(metric, mean)}</b>
              {sd !== null && <> ± {fixedSpread(metric, sd)}</>} <small>{unit}</small>
            </>
          )}
        </p>
        {props.bins !== null && props.range !== null ? (
          <Histogram {...props} bins={props.bins} range={props.range} />
        ) : (
          <Spread scale={scale} mean={mean} sd={sd} />
        )}
        <p className={classes.counts}>
          {t.movies(total)} · {t.holes(holes)}
          <br />
          <span className="muted">{counts.join(' · ')}</span>
        </p>
        {defocusOffset !== null && metric !== 'defocusOffset' && (
          <p className={classes.counts} title={t.defocusOffset.help}>
            {t.offset(
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

/** All squares share one axis, so that shapes can be compared. */
function Histogram({
  figures,
  bins,
  range,
  scale,
  rangeWords,
}: Pick<SquareCardProps, 'figures' | 'scale' | 'rangeWords'> & {
  bins: string;
  range: readonly [number, number];
}) {
  const counts = bins.split(',').map(Number);
  const most = Math.max(1, ...counts);
  const wide = WIDTH / counts.length;
  const [low, high] = range;
  const label = text.grid.histogram(figures.square.name, rangeWords[0] ?? '', rangeWords[1] ?? '');
  const at = (value: number) => ((value - low) / (high - low)) * WIDTH;
  return (
    <svg
      className={classes.histogram}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      {counts.map(
        (count, i) =>
          count > 0 && (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its index
              key={i}
              x={i * wide + 0.5}
              width={wide - 1}
              y={HEIGHT - 1 - (count / most) * (HEIGHT - 4)}
              height={Math.max(1.5, (count / most) * (HEIGHT - 4))}
              fill={colorOf(scale, low + ((i + 0.5) / counts.length) * (high - low))}
            />
          ),
      )}
      <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className={classes.axis} />
      {figures.mean !== null && (
        <line x1={at(figures.mean)} x2={at(figures.mean)} y1={0} y2={HEIGHT} className={classes.meanLine} />
      )}
    </svg>
  );
}

/** Mean and standard deviation on the axis of the scale. */
function Spread({ scale, mean, sd }: { scale: ColorScale; mean: number | null; sd: number | null }) {
  const at = (value: number) =>
    Math.min(WIDTH, Math.max(0, ((value - scale.low) / (scale.high - scale.low)) * WIDTH));
  const middle = HEIGHT / 2;
  return (
    <svg
      className={classes.histogram}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      <line x1={0} x2={WIDTH} y1={middle} y2={middle} className={classes.axis} />
      {scale.low < 0 && scale.high > 0 && (
        <line x1={at(0)} x2={at(0)} y1={6} y2={HEIGHT - 6} className={classes.axis} />
      )}
      {mean !== null && (
        <>
          <rect
            x={at(mean - (sd ?? 0))}
            width={Math.max(2, at(mean + (sd ?? 0)) - at(mean - (sd ?? 0)))}
            y={middle - 6}
            height={12}
            rx={2}
            fill={colorOf(scale, mean)}
            className={classes.outlined}
          />
          <line x1={at(mean)} x2={at(mean)} y1={middle - 11} y2={middle + 11} className={classes.meanLine} />
        </>
      )}
    </svg>
  );
}
