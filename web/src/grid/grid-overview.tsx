import { Select } from '@mantine/core';
import { useState } from 'react';
import type { Grid } from '../../../src/contract/grid.ts';
import type { Criteria } from '../data/criteria.ts';
import { type GridMetric, SQUARE_ORDERS, type SquareOrder } from '../data/grid-choices.ts';
import type { SelectionModel } from '../state/selection-model.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import { GridMap } from './grid-map.tsx';
import { betterEnd } from './grid-metrics.ts';
import classes from './grid-overview.module.css';
import { GridTools } from './grid-tools.tsx';
import { SquareCards } from './square-cards.tsx';
import { useSquareOrder } from './use-square-order.ts';
import { useSquares } from './use-squares.ts';
import { gridWords } from './words.ts';

/** A map of a single square is not useful. */
const MIN_MAPPED_SQUARES = 2;

/** All squares: as a map if the stage positions are known, and as cards. */
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
  const { grid, metric, order, criteria } = props;
  const { statistics, scale, histograms } = useSquares(grid, props.snapshot.series, metric);
  const { squares, listeners } = useSquareOrder(statistics, order, metric);
  const [hovered, setHovered] = useState<string | null>(null);
  const hasTargets = grid.squares.some(({ defocusOffset }) => defocusOffset !== null);
  const isMapped = grid.squares.filter(({ stageUm }) => stageUm !== null).length >= MIN_MAPPED_SQUARES;
  const orderWords =
    betterEnd(metric) === null ? { ...gridWords.orders, ...gridWords.ordersPlain } : gridWords.orders;
  return (
    <>
      <GridTools metric={metric} scale={scale} hasTargets={hasTargets} onMetric={props.onMetric}>
        <Select
          className="no-print"
          size="xs"
          label={gridWords.order}
          data={SQUARE_ORDERS.map((value) => ({ value, label: orderWords[value] }))}
          value={order}
          allowDeselect={false}
          onChange={(next) => {
            const choice = SQUARE_ORDERS.find((value) => value === next);
            if (choice !== undefined) props.onOrder(choice);
          }}
        />
      </GridTools>
      <div className={classes.overview} data-mapped={isMapped}>
        {isMapped && (
          <GridMap
            squares={statistics}
            scale={scale}
            metric={metric}
            criteria={criteria}
            hovered={hovered}
            onHover={setHovered}
            onOpen={props.onSquare}
          />
        )}
        <div>
          <h2 className={classes.count}>
            {gridWords.squaresKnown(grid.squares.length)}
            {grid.elsewhere > 0 && (
              <span className="muted"> · {gridWords.withoutSquare(grid.elsewhere)}</span>
            )}
            {grid.isReading && <span className="muted"> · {gridWords.reading}</span>}
          </h2>
          <SquareCards
            squares={squares}
            listeners={listeners}
            metric={metric}
            scale={scale}
            histograms={histograms}
            criteria={criteria}
            model={props.model}
            hovered={hovered}
            onHover={setHovered}
            onOpen={props.onSquare}
          />
        </div>
      </div>
    </>
  );
}
