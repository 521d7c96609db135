import { useElementSize } from '@mantine/hooks';
import { useMemo } from 'react';
import type { Criteria } from '../data/criteria.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import { type GridRegion, hasRegion } from '../data/grid-regions.ts';
import { PointMap } from '../plots/point-map.tsx';
import { fitPoints } from '../plots/view-box.ts';
import { type ColorScale, colorOf } from './color-scale.ts';
import classes from './grid.module.css';
import { type HolesLayout, typicalDistance } from './grid-layout.ts';
import { MarkShape } from './grid-mark.tsx';
import type { GridMark } from './grid-marks.ts';
import { gridValue } from './grid-metrics.ts';
import { meanAndSpread } from './grid-squares.ts';
import { gridWords } from './words.ts';

const HEIGHTS_PX = [220, 620] as const;
/** Radius of a mark: of the distance to the next; least and most, px. */
const MARK = 0.42;
const MARKS_PX = [3, 11] as const;
const LARGEST_HOLE_PX = 60;
const KINDS = ['done', 'waiting', 'failed'] as const;

/** Holes as circles, their movies as points in them. */
export function HolesMap(props: {
  layout: HolesLayout;
  marks: ReadonlyMap<string, GridMark>;
  metric: GridMetric;
  scale: ColorScale;
  square: string;
  criteria: Criteria;
  hasSelection: boolean;
  pick: string | null;
  hovered: string | null;
  onPick: (base: string) => void;
  onHover: (base: string | null) => void;
  onOpen: (base: string) => void;
  onSelect: (region: GridRegion) => void;
}) {
  const { layout, marks, metric, scale, square, criteria } = props;
  const { ref, width } = useElementSize();
  const { holes, radius, basis, unplaced } = layout;
  const placed = useMemo(() => holes.flatMap(({ exposures }) => exposures), [holes]);
  const { box, points, markPx } = useMemo(() => {
    const fitted = fitPoints(holes, Math.max(240, width), 1.5 * radius, HEIGHTS_PX, LARGEST_HOLE_PX / radius);
    const onScreen = placed.map(({ x, y }) => ({ x: fitted.x(x), y: fitted.y(y) }));
    const apart = typicalDistance(onScreen) ?? fitted.pxPerUnit * radius;
    return {
      ...{ box: fitted, points: onScreen },
      markPx: Math.min(MARKS_PX[1], Math.max(MARKS_PX[0], MARK * apart)),
    };
  }, [holes, placed, radius, width]);
  const at = placed.findIndex(({ exposure }) => exposure.base === props.pick);
  const chosen = placed[at];
  const nameOf = (index: number) => placed[index]!.exposure.base;
  const describe = () => {
    if (chosen === undefined) return '';
    const { value, isRejected, kind } = marks.get(chosen.exposure.base)!;
    const { name, exposures } = holes[chosen.hole]!;
    const shot = gridWords.shotOf(exposures.indexOf(chosen) + 1, exposures.length);
    return [
      name === null ? gridWords.noHole : gridWords.holeName(name),
      `${gridWords.shot} ${shot}`,
      gridValue(metric, value),
      ...(isRejected ? [gridWords.marks.rejected] : []),
      ...(kind === 'done' ? [] : [gridWords.marks[kind]]),
    ].join(', ');
  };
  const selectHole = () => {
    const name = chosen && holes[chosen.hole]!.name;
    if (name) props.onSelect({ square, hole: name });
  };
  const kinds = new Set([...marks.values()].map(({ kind }) => kind));
  return (
    <section className={`card ${classes.mapCard}`} aria-label={gridWords.holesMap}>
      <p className={`muted no-print ${classes.mapHead}`}>{gridWords.holesHint}</p>
      <div ref={ref}>
        <PointMap
          label={gridWords.holesAlt(square, holes.length, placed.length)}
          valueText={describe()}
          {...{ points, box }}
          chosen={at < 0 ? null : at}
          isScaled={basis !== 'names'}
          onHover={(index) => props.onHover(index === null ? null : nameOf(index))}
          onChoose={(index) => props.onPick(nameOf(index))}
          onOpen={(index) => props.onOpen(nameOf(index))}
          keys={{ x: selectHole }}
        >
          {holes.map((hole, i) => {
            const values = hole.exposures.flatMap(({ exposure }) => marks.get(exposure.base)?.value ?? []);
            const { mean } = meanAndSpread(values);
            return (
              <circle
                // biome-ignore lint/suspicious/noArrayIndexKey: holes stay in the order in which they were begun
                key={i}
                className={classes.hole}
                data-selected={hasRegion(criteria.regions, { square, hole: hole.name })}
                cx={box.x(hole.x)}
                cy={box.y(hole.y)}
                r={radius * box.pxPerUnit}
                style={mean === null ? undefined : { fill: colorOf(scale, mean) }}
              />
            );
          })}
          {placed.map(({ exposure }, i) => (
            <MarkShape
              key={exposure.base}
              {...points[i]!}
              radius={markPx}
              mark={marks.get(exposure.base)!}
              scale={scale}
              isChosen={i === at}
              isHovered={exposure.base === props.hovered}
              isFaded={props.hasSelection && !marks.get(exposure.base)!.isSelected}
            />
          ))}
        </PointMap>
      </div>
      <ul className={classes.key}>
        <KeyItem label={gridWords.noValue} mark={{ kind: 'done', value: null }} scale={scale} />
        <KeyItem label={gridWords.marks.rejected} mark={{ kind: 'done', isRejected: true }} scale={scale} />
        {KINDS.filter((kind) => kind !== 'done' && kinds.has(kind)).map((kind) => (
          <KeyItem
            key={kind}
            label={gridWords.marks[kind as 'failed' | 'waiting']}
            mark={{ kind }}
            scale={scale}
          />
        ))}
      </ul>
      <p className={`muted ${classes.basis}`}>
        {gridWords.basis[basis]} {unplaced > 0 && gridWords.unplaced(unplaced)}
      </p>
    </section>
  );
}

const PLAIN: GridMark = {
  ...{ index: null, kind: 'done', value: null, isRejected: false, isSelected: false },
  ...{ offsetUm: null, defocusUm: null },
};

function KeyItem(props: { label: string; mark: Partial<GridMark>; scale: ColorScale }) {
  return (
    <li>
      <svg width={16} height={16} aria-hidden>
        <MarkShape x={8} y={8} radius={5.5} mark={{ ...PLAIN, ...props.mark }} scale={props.scale} />
      </svg>
      {props.label}
    </li>
  );
}
