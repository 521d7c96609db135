import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import type { Criteria } from '../data/criteria.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import { hasRegion } from '../data/grid-regions.ts';
import { PointMap } from '../plots/point-map.tsx';
import { fitPoints } from '../plots/view-box.ts';
import { type ColorScale, colorOf } from './color-scale.ts';
import classes from './grid.module.css';
import { typicalDistance } from './grid-layout.ts';
import { gridValue } from './grid-metrics.ts';
import type { SquareFigures } from './grid-squares.ts';
import { gridWords } from './words.ts';

const HEIGHTS_PX = [180, 460] as const;
/** Sides of a square, of the distance to the next; least and most, px. */
const SIDE = 0.62;
const SIDES_PX = [7, 46] as const;
/** A mesh of 200 lines per inch. */
const USUAL_PITCH_UM = 127;
const MOST_PX_PER_UM = 0.75;

/** The squares where the stage was. */
export function GridMap(props: {
  figures: readonly SquareFigures[];
  scale: ColorScale;
  metric: GridMetric;
  criteria: Criteria;
  /** Pointed at, here or among the cards. */
  hovered: string | null;
  onHover: (name: string | null) => void;
  onOpen: (name: string) => void;
}) {
  const { scale, metric, criteria, hovered } = props;
  const { ref, width } = useElementSize();
  const [chosen, setChosen] = useState<string | null>(null);
  const placed = props.figures.flatMap((figures) => {
    const { stageUm } = figures.square;
    return stageUm === null ? [] : [{ ...figures, ...stageUm }];
  });
  const pitch = typicalDistance(placed) ?? USUAL_PITCH_UM;
  const box = fitPoints(placed, Math.max(200, width), pitch * 0.75, HEIGHTS_PX, MOST_PX_PER_UM);
  const side = Math.min(SIDES_PX[1], Math.max(SIDES_PX[0], SIDE * pitch * box.pxPerUnit));
  const points = placed.map(({ x, y }) => ({ x: box.x(x), y: box.y(y) }));
  const nameOf = (index: number) => placed[index]!.square.name;
  const choose = (index: number) => setChosen(nameOf(index));
  const at = placed.findIndex(({ square }) => square.name === chosen);
  const told = placed.find(({ square }) => square.name === (hovered ?? chosen));
  const words = told
    ? `${gridWords.squareName(told.square.name)}: ${gridValue(metric, told.mean)}, ${gridWords.movies(told.square.total)}`
    : '';
  return (
    <section className={`card ${classes.mapCard}`} aria-label={gridWords.map}>
      <p className={`truncate ${classes.mapHead}`}>
        {words === '' ? <span className="muted">{gridWords.map}</span> : <b>{words}</b>}
      </p>
      <div ref={ref}>
        <PointMap
          label={gridWords.mapAlt(placed.length)}
          valueText={words}
          {...{ points, box }}
          chosen={at < 0 ? null : at}
          isScaled
          onHover={(index) => props.onHover(index === null ? null : nameOf(index))}
          onChoose={choose}
          onOpen={(index) => props.onOpen(nameOf(index))}
          // Who has no pointer that hovers sees first what it is about.
          onClick={(index) =>
            [hovered, chosen].includes(nameOf(index)) ? props.onOpen(nameOf(index)) : choose(index)
          }
        >
          <polyline className={classes.route} points={points.map(({ x, y }) => `${x},${y}`).join(' ')} />
          {placed.map(({ square, mean }, i) => (
            <rect
              key={square.name}
              className={classes.mapSquare}
              data-chosen={i === at || square.name === hovered}
              data-selected={hasRegion(criteria.regions, { square: square.name, hole: null })}
              x={points[i]!.x - side / 2}
              y={points[i]!.y - side / 2}
              width={side}
              height={side}
              rx={side / 8}
              fill={mean === null ? 'var(--surface)' : colorOf(scale, mean)}
            />
          ))}
        </PointMap>
      </div>
      <p className={`muted ${classes.basis}`}>{gridWords.mapHelp}</p>
    </section>
  );
}
