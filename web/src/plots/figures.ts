import type { MetricKey } from '../data/metrics.ts';
import { type AxisKey, axisColumn } from '../data/selection.ts';
import type { Figures, Series } from '../data/series.ts';
import { axisRange, median } from '../data/statistics.ts';

/** What was computed from the figures of a series. */
const cache = new WeakMap<Figures, Map<string, unknown>>();

function remembered<T>(store: Series, name: string, compute: () => T): T {
  const values = cache.get(store.figures) ?? new Map<string, unknown>();
  cache.set(store.figures, values);
  if (!values.has(name)) values.set(name, compute());
  return values.get(name) as T;
}

const UNIT: readonly [number, number] = [0, 1];

/** Range of an axis for these metrics: the same object until a figure changes. */
export const rangeOf = (
  store: Series,
  keys: readonly AxisKey[],
  fromZero: boolean,
): readonly [number, number] =>
  remembered(
    store,
    `range ${keys.join()} ${fromZero}`,
    () =>
      axisRange(
        keys.map((key) => axisColumn(store, key)),
        fromZero,
      ) ?? UNIT,
  );

export const medianOf = (store: Series, key: MetricKey): number | null =>
  remembered(store, `median ${key}`, () => median(store.column(key)));
