import { COLUMN_FLAGS } from '../../../src/contract/columns.ts';
import type { MetricKey } from './metrics.ts';
import type { Series } from './series.ts';

export type SortColumn = MetricKey | 'seq' | 'finishedAt' | 'base' | 'verdict';

const VERDICT_FLAGS = COLUMN_FLAGS.accepted | COLUMN_FLAGS.rejected;

/** Indices of the movies sorted by a column; movies without a value come last in both directions. */
export function orderOf(series: Series, sort: { column: SortColumn; descending: boolean }): number[] {
  const order = Array.from({ length: series.size }, (_, i) => i);
  const sign = sort.descending ? -1 : 1;
  switch (sort.column) {
    case 'seq':
      return sort.descending ? order.reverse() : order;
    case 'base': {
      const base = (index: number) => series.bases[index] ?? '';
      return order.sort((a, b) => sign * (base(a) < base(b) ? -1 : 1));
    }
    case 'verdict': {
      const rank = (index: number) => (series.flags[index] ?? 0) & VERDICT_FLAGS;
      return order.sort((a, b) => sign * (rank(a) - rank(b)) || a - b);
    }
    case 'finishedAt':
      return order.sort(byValue(series.metrics.finishedAtMs, sign));
    default:
      return order.sort(byValue(series.column(sort.column), sign));
  }
}

const byValue = (values: Float64Array, sign: number) => (a: number, b: number) => {
  const x = values[a] ?? Number.NaN;
  const y = values[b] ?? Number.NaN;
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
  return sign * (x - y) || a - b;
};
