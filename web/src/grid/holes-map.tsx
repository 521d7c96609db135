import { useElementSize } from '@mantine/hooks';
import { useMemo } from 'react';
import { hasRegion } from '../data/grid-regions.ts';
import { PointMap } from '../plots/point-map.tsx';
import { fitPoints } from '../plots/view-box.ts';
import { colorOf } from './color-scale.ts';
import { exposureText } from './exposure-text.ts';
import grid from './grid.module.css';
import type { HolesLayout } from './holes-layout.ts';
import classes from './holes-map.module.css';
import { MarkShape } from './mark-shape.tsx';
import { MarksLegend } from './marks-legend.tsx';
import { meanAndSpread } from './mean-and-spread.ts';
import type { OpenSquare } from './open-square.ts';
import { typicalDistance } from './points.ts';
import { gridWords } from './words.ts';

const MIN_WIDTH_PX = 240;
/** Minimum and maximum. */
const HEIGHTS_PX = [220, 620] as const;
/** Margin around the outermost holes, as a multiple of the radius of a hole. */
const MARGIN = 1.5;
/** Radius of a mark, as a fraction of the distance to the next mark, within limits. */
const MARK_RADIUS = 0.42;
const MIN_MARK_PX = 3;
const MAX_MARK_PX = 11;
const MAX_HOLE_PX = 60;

/** Holes as circles, with marks of their movies. */
export function HolesMap(props: {
  openSquare: OpenSquare;
  layout: HolesLayout;
  hasSelection: boolean;
  chosenBase: string | null;
  hovered: string | null;
  onChoose: (base: string) => void;
  onHover: (base: string | null) => void;
  onOpen: (base: string) => void;
}) {
  const { openSquare, layout, chosenBase } = props;
  const { square, marks } = openSquare;
  const { holes, radius, basis, unplaced } = layout;
  const { ref, width } = useElementSize();
  const placed = useMemo(() => holes.flatMap(({ exposures }) => exposures), [holes]);
  const { box, points, markPx } = useMemo(() => {
    const fitted = fitPoints(
      holes,
      Math.max(MIN_WIDTH_PX, width),
      MARGIN * radius,
      HEIGHTS_PX,
      MAX_HOLE_PX / radius,
    );
    const onScreen = placed.map(({ x, y }) => ({ x: fitted.x(x), y: fitted.y(y) }));
    const markDistance = typicalDistance(onScreen) ?? fitted.pxPerUnit * radius;
    const px = Math.min(MAX_MARK_PX, Math.max(MIN_MARK_PX, MARK_RADIUS * markDistance));
    return { box: fitted, points: onScreen, markPx: px };
  }, [holes, placed, radius, width]);
  const chosenIndex = placed.findIndex(({ exposure }) => exposure.base === chosenBase);
  const chosen = placed[chosenIndex];
  const chosenHole = chosen && holes[chosen.hole];
  const baseAt = (index: number | null) => placed[index ?? -1]?.exposure.base ?? null;
  const withBase = (act: (base: string) => void) => (index: number) => {
    const base = baseAt(index);
    if (base !== null) act(base);
  };
  const selectHole = () => {
    if (chosenHole?.name) openSquare.onSelect({ square, hole: chosenHole.name });
  };
  return (
    <section className={`card ${grid.mapCard}`} aria-label={gridWords.holesMap}>
      <p className={`muted no-print ${grid.mapHead}`}>{gridWords.holesHint}</p>
      <div ref={ref}>
        <PointMap
          label={gridWords.holesAlt(square, holes.length, placed.length)}
          valueText={chosen && chosenHole ? exposureText(openSquare, chosenHole, chosen) : ''}
          points={points}
          box={box}
          chosen={chosenIndex < 0 ? null : chosenIndex}
          isScaled={basis !== 'names'}
          onHover={(index) => props.onHover(baseAt(index))}
          onChoose={withBase(props.onChoose)}
          onOpen={withBase(props.onOpen)}
          keys={{ x: selectHole }}
        >
          {holes.map((hole, i) => {
            const { mean } = meanAndSpread(
              hole.exposures.map(({ exposure }) => marks.get(exposure.base)?.value ?? null),
            );
            return (
              <circle
                // biome-ignore lint/suspicious/noArrayIndexKey: holes stay in the order of recording
                key={i}
                className={classes.hole}
                data-selected={hasRegion(openSquare.criteria.regions, { square, hole: hole.name })}
                cx={box.x(hole.x)}
                cy={box.y(hole.y)}
                r={radius * box.pxPerUnit}
                style={mean === null ? undefined : { fill: colorOf(openSquare.scale, mean) }}
              />
            );
          })}
          {placed.map(({ exposure: { base } }, i) => {
            const [mark, point] = [marks.get(base), points[i]];
            return (
              mark &&
              point && (
                <MarkShape
                  key={base}
                  {...point}
                  radius={markPx}
                  mark={mark}
                  scale={openSquare.scale}
                  isChosen={i === chosenIndex}
                  isHovered={base === props.hovered}
                  isFaded={props.hasSelection && !mark.isSelected}
                />
              )
            );
          })}
        </PointMap>
      </div>
      <MarksLegend marks={marks} scale={openSquare.scale} />
      <p className={`muted ${grid.note}`}>
        {gridWords.basis[basis]} {unplaced > 0 && gridWords.unplaced(unplaced)}
      </p>
    </section>
  );
}
