import type { GridExposure } from '../../../src/contract/grid.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import type { Series } from '../data/series.ts';
import { gridValue, isWithoutRings } from './grid-metrics.ts';

/** Content of the mark of a movie on the grid. */
export interface MovieMark {
  /** Index in the series; null if the movie has no result. */
  readonly index: number | null;
  readonly kind: 'done' | 'failed' | 'waiting';
  /** Value of the metric that colours the grid; null if there is none, or if the fit has no Thon rings. */
  readonly value: number | null;
  readonly isRejected: boolean;
  readonly isSelected: boolean;
  /** Measured minus target defocus, um; null if either is unknown or the fit has no Thon rings. */
  readonly offsetUm: number | null;
  /** Measured defocus, um; null if there is no fit, or if the fit has no Thon rings. */
  readonly defocusUm: number | null;
}

/** Mark of a movie that is done but has no value. */
export const PLAIN_MARK: MovieMark = {
  index: null,
  kind: 'done',
  value: null,
  isRejected: false,
  isSelected: false,
  offsetUm: null,
  defocusUm: null,
};

const finiteOrNull = (value: number) => (Number.isFinite(value) ? value : null);

/**
 * The series determines whether a movie is done, because it is newer than the response that contains the
 * exposure.
 * @param mask - 1 for selected movies of the series
 */
export function markOf(
  series: Series,
  { base, state, targetDefocusUm }: GridExposure,
  metric: GridMetric,
  mask: Uint8Array | null,
): MovieMark {
  const index = series.indexOf(base);
  if (index === undefined) return { ...PLAIN_MARK, kind: state === 'failed' ? 'failed' : 'waiting' };
  return {
    index,
    kind: 'done',
    value: finiteOrNull(gridValue(series, metric, index, targetDefocusUm)),
    isRejected: series.has(index, 'rejected'),
    isSelected: mask?.[index] === 1,
    offsetUm: finiteOrNull(gridValue(series, 'defocusOffset', index, targetDefocusUm)),
    defocusUm: isWithoutRings(series, 'defocus', index) ? null : series.value('defocus', index),
  };
}
