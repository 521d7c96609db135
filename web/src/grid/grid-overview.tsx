import { Select } from '@mantine/core';
import { startTransition, useEffect, useMemo, useRef, useState } from 'react';
import type { Grid } from '../../../src/contract/grid.ts';
import type { Criteria } from '../data/criteria.ts';
import { type GridMetric, SQUARE_ORDERS, type SquareOrder } from '../data/grid-choices.ts';
import { hasRegion, toggleRegion } from '../data/grid-regions.ts';
import type { SelectionModel } from '../state/selection-model.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import { colorScale } from './color-scale.ts';
import classes from './grid.module.css';
import { GridMap } from './grid-map.tsx';
import { betterEnd, figuresRange, gridValue } from './grid-metrics.ts';
import { SquareCard } from './grid-square-card.tsx';
import {
  keepOrder,
  meansRange,
  sortSquares,
  squareFigures,
  squareHistograms,
  squareIndices,
} from './grid-squares.ts';
import { GridTools } from './grid-tools.tsx';
import { gridWords } from './words.ts';

const BINS = 20;
const FIRST_CARDS = 24;
/** A map of one square shows nothing. */
const LEAST_MAPPED = 2;

/** All squares: as a map where the stage is known, and as cards. */
export function GridOverview(props: {
  grid: Grid;
  snapshot: SeriesSnapshot;
  metric: GridMetric;
  order: SquareOrder;
  criteria: Criteria;
  model: SelectionModel;
  onMetric: (metric: GridMetric) => void;
  onOrder: (order: SquareOrder) => void;
  onSquare: (name: string) => void;
}) {
  const { grid, snapshot, metric, order, criteria, model } = props;
  const { store } = snapshot;
  const indices = useMemo(() => squareIndices(store, grid.runs), [store, grid.runs]);
  const figures = useMemo(() => squareFigures(store, grid, indices, metric), [store, grid, indices, metric]);
  const scale = useMemo(
    () =>
      colorScale(
        meansRange(figures, metric === 'defocusOffset'),
        betterEnd(metric),
        metric === 'defocusOffset',
      ),
    [figures, metric],
  );
  const histograms = useMemo(() => {
    if (metric === 'defocusOffset') return null;
    const range = figuresRange(store, metric);
    if (range === null) return null;
    // Round ends, which do not move with every movie.
    const { low, high } = colorScale(range, null, false);
    return {
      range: [low, high] as const,
      counts: squareHistograms(store, indices, metric, [low, high], BINS, grid.squares.length),
    };
  }, [store, grid, indices, metric]);
  const [hovered, setHovered] = useState<string | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const handlers = useMemo(
    () => ({
      onOpen: (square: string) => latest.current.onSquare(square),
      onSelect: (square: string) => {
        const before = model.criteria.get();
        model.set({ ...before, regions: toggleRegion(before.regions, { square, hole: null }) });
      },
    }),
    [model],
  );
  const fresh = sortSquares(figures, order, betterEnd(metric));
  const held = useRef({ isInUse: false, asked: '', names: [] as string[] });
  const asked = `${order} ${metric}`;
  const isKept = held.current.isInUse && held.current.asked === asked;
  const sorted = isKept ? keepOrder(fresh, held.current.names) : fresh;
  useEffect(() => {
    held.current.asked = asked;
    held.current.names = sorted.map(({ square }) => square.name);
  });
  const use = (isInUse: boolean) => () => {
    held.current.isInUse = isInUse;
  };
  // What is in sight first; the rest follows while nobody waits for it.
  const [most, setMost] = useState(FIRST_CARDS);
  useEffect(() => startTransition(() => setMost(Number.POSITIVE_INFINITY)), []);
  const hasTargets = grid.squares.some(({ defocusOffset }) => defocusOffset !== null);
  const isMapped = grid.squares.filter(({ stageUm }) => stageUm !== null).length >= LEAST_MAPPED;
  const orderWords =
    betterEnd(metric) === null ? { ...gridWords.orders, ...gridWords.ordersPlain } : gridWords.orders;
  return (
    <>
      <GridTools {...{ metric, scale, hasTargets }} onMetric={props.onMetric}>
        <Select
          className="no-print"
          size="xs"
          label={gridWords.order}
          data={SQUARE_ORDERS.map((value) => ({ value, label: orderWords[value] }))}
          value={order}
          allowDeselect={false}
          onChange={(next) => next !== null && props.onOrder(next as SquareOrder)}
        />
      </GridTools>
      <div className={classes.overview} data-mapped={isMapped}>
        {isMapped && (
          <GridMap
            {...{ figures, scale, metric, criteria, hovered }}
            onHover={setHovered}
            onOpen={props.onSquare}
          />
        )}
        <div>
          <h2 className={classes.count}>
            {gridWords.squaresKnown(grid.squares.length)}
            {grid.elsewhere > 0 && <span className="muted"> · {gridWords.elsewhere(grid.elsewhere)}</span>}
            {grid.isReading && <span className="muted"> · {gridWords.reading}</span>}
          </h2>
          <ul
            className={classes.cards}
            aria-label={gridWords.squares}
            onPointerEnter={use(true)}
            onPointerLeave={use(false)}
            onFocus={use(true)}
            onBlur={use(false)}
          >
            {sorted.slice(0, most).map((square) => {
              const region = { square: square.square.name, hole: null };
              const from = square.order * BINS;
              return (
                <SquareCard
                  key={square.square.name}
                  figures={square}
                  metric={metric}
                  scale={scale}
                  bins={histograms?.counts.subarray(from, from + BINS).join() ?? null}
                  range={histograms?.range ?? null}
                  rangeWords={histograms?.range.map((end) => gridValue(metric, end)) ?? []}
                  isSelected={hasRegion(criteria.regions, region)}
                  isHovered={hovered === square.square.name}
                  onHover={setHovered}
                  {...handlers}
                />
              );
            })}
          </ul>
        </div>
      </div>
    </>
  );
}
