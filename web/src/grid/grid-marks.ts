import type { GridExposure } from '../../../src/contract/grid.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import type { Series } from '../data/series.ts';
import { gridFigure, isGuess } from './grid-metrics.ts';

/** How a movie of the grid is drawn. */
export interface GridMark {
  /** Index in the store; null where the movie has no result. */
  readonly index: number | null;
  readonly kind: 'done' | 'failed' | 'waiting';
  /** Of the figure that colours the grid; null where there is none, or a guess. */
  readonly value: number | null;
  readonly isRejected: boolean;
  readonly isSelected: boolean;
  /** Measured less target defocus, um; null where one is not known, or a guess. */
  readonly offsetUm: number | null;
  /** um; null where there is no fit, or a guess. */
  readonly defocusUm: number | null;
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);

/** What the store says counts: its figures are newer than the answer that the exposure came with. */
export function markOf(
  store: Series,
  { base, state, targetDefocusUm }: GridExposure,
  metric: GridMetric,
  mask: Uint8Array | null,
): GridMark {
  const index = store.indexOf(base) ?? null;
  if (index === null)
    return {
      ...{ index, kind: state === 'failed' ? 'failed' : 'waiting', value: null, isRejected: false },
      ...{ isSelected: false, offsetUm: null, defocusUm: null },
    };
  const isSeen = !isGuess(store, 'defocus', index);
  return {
    ...{ index, kind: 'done', isRejected: store.has(index, 'rejected'), isSelected: mask?.[index] === 1 },
    value: finite(gridFigure(store, metric, index, targetDefocusUm)),
    offsetUm: finite(gridFigure(store, 'defocusOffset', index, targetDefocusUm)),
    defocusUm: isSeen ? store.value('defocus', index) : null,
  };
}
