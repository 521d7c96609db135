import type { AxisKey } from './criteria.ts';
import { METRIC_KEYS, type MetricKey } from './metrics.ts';
import { axisRange, median } from './statistics.ts';

/** Range of an axis without values. */
const UNIT_RANGE: readonly [number, number] = [0, 1];

export type Columns = Readonly<Record<MetricKey, Float64Array>>;

/** Applies `change` to each column. */
export function mapColumns(columns: Columns, change: (column: Float64Array) => Float64Array): Columns {
  const changed: Record<MetricKey, Float64Array> = { ...columns };
  for (const key of METRIC_KEYS) changed[key] = change(columns[key]);
  return changed;
}

/**
 * Metrics of movies as columns, NaN for a missing value. If a value changes, a new object with new
 * columns is created; after a change of a review, the object stays the same.
 */
export class MetricColumns {
  /** Movie numbers, which are given in order of discovery; ascending. */
  readonly seqs: Float64Array;
  readonly finishedAtMs: Float64Array;
  readonly #columns: Columns;
  readonly #medians = new Map<MetricKey, number | null>();
  readonly #ranges = new Map<string, readonly [number, number]>();

  constructor(
    size: number,
    parts: { readonly seqs: Float64Array; readonly finishedAtMs: Float64Array; readonly columns: Columns },
  ) {
    this.seqs = parts.seqs.subarray(0, size);
    this.finishedAtMs = parts.finishedAtMs.subarray(0, size);
    this.#columns = mapColumns(parts.columns, (column) => column.subarray(0, size));
  }

  column(key: MetricKey): Float64Array {
    return this.#columns[key];
  }

  /** Values on an axis of a plot: of a metric, or movie numbers. */
  axisValues(key: AxisKey): Float64Array {
    return key === 'seq' ? this.seqs : this.#columns[key];
  }

  /** Computed once; null if no movie has a value. */
  median(key: MetricKey): number | null {
    const cached = this.#medians.get(key);
    const value = cached === undefined ? median(this.#columns[key]) : cached;
    this.#medians.set(key, value);
    return value;
  }

  /**
   * Range of an axis that shows the values of all `keys`. Calls with the same arguments return the same
   * object.
   */
  range(keys: readonly AxisKey[], startsAtZero: boolean): readonly [number, number] {
    const name = `${keys.join()} ${startsAtZero}`;
    const columns = keys.map((key) => this.axisValues(key));
    const range = this.#ranges.get(name) ?? axisRange(columns, startsAtZero) ?? UNIT_RANGE;
    this.#ranges.set(name, range);
    return range;
  }
}
