import type { MetricKey } from '../data/metrics.ts';
import { type AxisKey, axisColumn } from '../data/selection.ts';
import type { SeriesStore } from '../data/series-store.ts';
import { axisRange, median } from '../data/statistics.ts';

/** What was reckoned of a store's figures, until they are others. */
const known = new WeakMap<SeriesStore, { version: number; values: Map<string, unknown> }>();

function remembered<T>(store: SeriesStore, name: string, reckon: () => T): T {
  let of = known.get(store);
  if (of === undefined || of.version !== store.figuresVersion) {
    of = { version: store.figuresVersion, values: new Map() };
    known.set(store, of);
  }
  if (!of.values.has(name)) of.values.set(name, reckon());
  return of.values.get(name) as T;
}

const UNIT: readonly [number, number] = [0, 1];

/** Range of an axis for these metrics: the same object until a figure changes. */
export const rangeOf = (
  store: SeriesStore,
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

export const medianOf = (store: SeriesStore, key: MetricKey): number | null =>
  remembered(store, `median ${key}`, () => median(store.column(key)));
