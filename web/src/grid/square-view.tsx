import { Skeleton } from '@mantine/core';
import { IconGridDots } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Grid } from '../../../src/contract/grid.ts';
import { gridHolesQuery } from '../api/queries.ts';
import type { Criteria } from '../data/criteria.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import { type GridRegion, hasRegion } from '../data/grid-regions.ts';
import { useObservable } from '../state/observable.ts';
import type { SelectionModel } from '../state/selection-model.ts';
import { useSessionKey } from '../state/session-context.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorMessage } from '../ui/error-message.tsx';
import { selectRegion } from './select-region.ts';
import { SquareContents } from './square-contents.tsx';
import { SquareHead } from './square-head.tsx';
import { useSquareDrawing } from './use-square-drawing.ts';
import { gridWords } from './words.ts';

/**
 * One square: holes and exposures at their positions, the chosen movie, a plot of measured against target
 * defocus, and a table of the holes.
 */
export function SquareView(props: {
  grid: Grid;
  snapshot: SeriesSnapshot;
  metric: GridMetric;
  square: string;
  criteria: Criteria;
  model: SelectionModel;
  chosenBase: string | null;
  onMetric: (metric: GridMetric) => void;
  onSquare: (name: string | null) => void;
  onChoose: (base: string) => void;
}) {
  const { snapshot, metric, square, criteria, model } = props;
  const { series } = snapshot;
  const selection = useObservable(model.current);
  const query = useQuery(gridHolesQuery(useSessionKey(), square));
  const holes = query.data;
  const { layout, marks, scale } = useSquareDrawing(holes, series, metric, selection?.mask ?? null);
  const exposures = holes?.holes.flatMap((hole) => hole.exposures) ?? [];
  const hasTargets = exposures.some(({ targetDefocusUm }) => targetDefocusUm !== null);
  const onSelect = (region: GridRegion) => selectRegion(model, region);
  return (
    <>
      <SquareHead
        squares={props.grid.squares}
        square={square}
        isSelected={hasRegion(criteria.regions, { square, hole: null })}
        isEmpty={exposures.length === 0}
        onSelect={() => onSelect({ square, hole: null })}
        onSquare={props.onSquare}
      />
      {query.isError && !holes ? (
        <ErrorMessage
          title={gridWords.squareFailed}
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : !holes || !layout ? (
        <section aria-busy="true" aria-label={gridWords.loading}>
          <Skeleton height={480} radius={10} />
        </section>
      ) : exposures.length === 0 ? (
        <NoMovies />
      ) : (
        <SquareContents
          openSquare={{ square, holes, marks, metric, scale, criteria, hasTargets, onSelect }}
          layout={layout}
          series={series}
          hasSelection={selection !== null}
          chosenBase={props.chosenBase}
          onChoose={props.onChoose}
          onMetric={props.onMetric}
        />
      )}
    </>
  );
}

function NoMovies() {
  return (
    <div className="card">
      <EmptyState
        icon={<IconGridDots size={28} stroke={1.5} />}
        title={gridWords.noSquare}
        hint={gridWords.noSquareHint}
      />
    </div>
  );
}
