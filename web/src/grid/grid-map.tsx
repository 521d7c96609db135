import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import type { Criteria } from '../data/criteria.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import { hasRegion } from '../data/grid-regions.ts';
import { PointMap } from '../plots/point-map.tsx';
import { fitPoints } from '../plots/view-box.ts';
import { type ColorScale, colorOf } from './color-scale.ts';
import grid from './grid.module.css';
import { valueWithUnit } from './grid-metrics.ts';
import classes from './grid-overview.module.css';
import { typicalDistance } from './points.ts';
import type { SquareStatistics } from './square-statistics.ts';
import { gridWords } from './words.ts';

const MIN_WIDTH_PX = 200;
/** Minimum and maximum. */
const HEIGHTS_PX = [180, 460] as const;
/** Margin around the outermost squares, as a fraction of the distance between squares. */
const MARGIN = 0.75;
/** Side of a square, as a fraction of the distance between squares, within limits. */
const SIDE = 0.62;
const MIN_SIDE_PX = 7;
const MAX_SIDE_PX = 46;
/** Pitch of a mesh of 200 lines per inch. */
const DEFAULT_PITCH_UM = 127;
const MAX_PX_PER_UM = 0.75;

/** The squares at their stage positions. */
export function GridMap(props: {
  squares: readonly SquareStatistics[];
  scale: ColorScale;
  metric: GridMetric;
  criteria: Criteria;
  /** Square under the pointer, here or among the cards. */
  hovered: string | null;
  onHover: (name: string | null) => void;
  onOpen: (name: string) => void;
}) {
  const { metric, hovered } = props;
  const { ref, width } = useElementSize();
  const [chosen, setChosen] = useState<string | null>(null);
  const placedSquares = props.squares.flatMap(({ square, mean }) => {
    const { name, total, stageUm } = square;
    return stageUm === null ? [] : [{ name, total, mean, ...stageUm }];
  });
  const pitch = typicalDistance(placedSquares) ?? DEFAULT_PITCH_UM;
  const box = fitPoints(
    placedSquares,
    Math.max(MIN_WIDTH_PX, width),
    pitch * MARGIN,
    HEIGHTS_PX,
    MAX_PX_PER_UM,
  );
  const side = Math.min(MAX_SIDE_PX, Math.max(MIN_SIDE_PX, SIDE * pitch * box.pxPerUnit));
  const drawnSquares = placedSquares.map((square) => ({ ...square, x: box.x(square.x), y: box.y(square.y) }));
  const withName = (act: (name: string) => void) => (index: number) => {
    const name = placedSquares[index]?.name;
    if (name !== undefined) act(name);
  };
  const chosenIndex = placedSquares.findIndex(({ name }) => name === chosen);
  const describedSquare = placedSquares.find(({ name }) => name === (hovered ?? chosen));
  const text = describedSquare
    ? `${gridWords.squareName(describedSquare.name)}: ${valueWithUnit(metric, describedSquare.mean)}, ${gridWords.movies(describedSquare.total)}`
    : '';
  return (
    <section className={`card ${grid.mapCard}`} aria-label={gridWords.map}>
      <p className={`truncate ${grid.mapHead}`}>
        {text === '' ? <span className="muted">{gridWords.map}</span> : <b>{text}</b>}
      </p>
      <div ref={ref}>
        <PointMap
          label={gridWords.mapAlt(placedSquares.length)}
          valueText={text}
          points={drawnSquares}
          box={box}
          chosen={chosenIndex < 0 ? null : chosenIndex}
          isScaled
          onHover={(index) => props.onHover(placedSquares[index ?? -1]?.name ?? null)}
          onChoose={withName(setChosen)}
          onOpen={withName(props.onOpen)}
          // On a touch screen the first tap describes the square, the second one opens it.
          onClick={withName((name) =>
            [hovered, chosen].includes(name) ? props.onOpen(name) : setChosen(name),
          )}
        >
          <polyline
            className={classes.route}
            points={drawnSquares.map(({ x, y }) => `${x},${y}`).join(' ')}
          />
          {drawnSquares.map(({ name, mean, x, y }, i) => (
            <rect
              key={name}
              className={classes.mapSquare}
              data-chosen={i === chosenIndex || name === hovered}
              data-selected={hasRegion(props.criteria.regions, { square: name, hole: null })}
              x={x - side / 2}
              y={y - side / 2}
              width={side}
              height={side}
              rx={side / 8}
              fill={mean === null ? 'var(--surface)' : colorOf(props.scale, mean)}
            />
          ))}
        </PointMap>
      </div>
      <p className={`muted ${grid.note}`}>{gridWords.mapHelp}</p>
    </section>
  );
}
