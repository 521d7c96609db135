import type { MovieRow } from '../../../src/contract/api.ts';
import { COLUMN_FLAGS, type MovieColumns, verdictFlags } from '../../../src/contract/columns.ts';
import type { Verdict } from '../../../src/contract/review.ts';
import { type Columns, MetricColumns, mapColumns } from './metric-columns.ts';
import { METRIC_KEYS, type MetricKey, metricOf } from './metrics.ts';
import { Series } from './series.ts';

const INITIAL_CAPACITY = 256;
const VERDICT_FLAGS = COLUMN_FLAGS.accepted | COLUMN_FLAGS.rejected;

const flagsOf = (row: MovieRow): number =>
  (row.hasPictures ? COLUMN_FLAGS.pictures : 0) |
  (row.comment === null ? 0 : COLUMN_FLAGS.comment) |
  verdictFlags(row.verdict);

/** Arrays of the same length: the number of movies that they can hold. */
interface Arrays {
  readonly seqs: Float64Array;
  readonly finishedAtMs: Float64Array;
  readonly columns: Columns;
  /** COLUMN_FLAGS of each movie. */
  readonly flags: Uint8Array;
}

const newArrays = (capacity: number): Arrays => ({
  seqs: new Float64Array(capacity),
  finishedAtMs: new Float64Array(capacity),
  columns: Object.fromEntries(METRIC_KEYS.map((key) => [key, new Float64Array(capacity)])) as Record<
    MetricKey,
    Float64Array
  >,
  flags: new Uint8Array(capacity),
});

function enlarge(arrays: Arrays, capacity: number): Arrays {
  const grow = (column: Float64Array) => {
    const enlarged = new Float64Array(capacity);
    enlarged.set(column);
    return enlarged;
  };
  const flags = new Uint8Array(capacity);
  flags.set(arrays.flags);
  return {
    seqs: grow(arrays.seqs),
    finishedAtMs: grow(arrays.finishedAtMs),
    columns: mapColumns(arrays.columns, grow),
    flags,
  };
}

/**
 * Stores the finished movies of one session, from rows or columns, and provides them as a `Series`. A movie
 * that is no longer `done` (it failed, or is being reprocessed) is removed.
 */
export class SeriesStore {
  #size = 0;
  #arrays = newArrays(INITIAL_CAPACITY);
  #bases: string[] = [];
  #indexByBase = new Map<string, number>();
  #metrics: MetricColumns | null = null;
  #series: Series | null = null;

  /** The current movies: the same object until something changes. */
  get series(): Series {
    this.#metrics ??= new MetricColumns(this.#size, this.#arrays);
    this.#series ??= new Series({
      size: this.#size,
      bases: this.#bases,
      indexByBase: this.#indexByBase,
      flags: this.#arrays.flags,
      metrics: this.#metrics,
    });
    return this.#series;
  }

  /**
   * Accepts rows in any order and state; a row replaces the one with the same base. In the worst case, the
   * arrays are rebuilt once per call, in O(size).
   */
  apply(rows: readonly MovieRow[]): void {
    const newest = new Map<string, MovieRow>();
    for (const row of rows) newest.set(row.base, row);
    const added: MovieRow[] = [];
    const removed = new Set<string>();
    let hasRemovals = false;
    for (const row of newest.values()) {
      const index = this.#indexByBase.get(row.base);
      if (row.state === 'done' && index !== undefined && this.#arrays.seqs[index] === row.seq) {
        const haveMetricsChanged = this.#write(index, row);
        this.#invalidate(haveMetricsChanged);
        continue;
      }
      if (row.state === 'done') added.push(row);
      removed.add(row.base);
      hasRemovals ||= index !== undefined;
    }
    if (added.length === 0 && !hasRemovals) return;
    added.sort((a, b) => a.seq - b.seq);
    if (hasRemovals || this.#isNotAfterLast(added[0])) this.#merge(removed, added);
    else for (const row of added) this.#append(row);
    this.#invalidate(true);
  }

  /** Adds movies from columns; all of them must have been discovered after the stored ones. */
  append(columns: MovieColumns): void {
    this.#reserve(this.#size + columns.rows);
    const start = this.#size;
    this.#arrays.seqs.set(columns.seq, start);
    this.#arrays.finishedAtMs.set(columns.finishedAtMs, start);
    this.#arrays.flags.set(columns.flags, start);
    for (const key of METRIC_KEYS) {
      const target = this.#arrays.columns[key];
      for (let i = 0; i < columns.rows; i++)
        target[start + i] = metricOf(key, (column) => columns.values[column][i] ?? Number.NaN);
    }
    for (const base of columns.bases) {
      this.#indexByBase.set(base, this.#bases.length);
      this.#bases.push(base);
    }
    this.#size += columns.rows;
    this.#invalidate(true);
  }

  /** Movies that are not stored are ignored. */
  setVerdict(bases: readonly string[], verdict: Verdict | null): void {
    const { flags } = this.#arrays;
    for (const base of bases) {
      const index = this.#indexByBase.get(base);
      if (index !== undefined) flags[index] = ((flags[index] ?? 0) & ~VERDICT_FLAGS) | verdictFlags(verdict);
    }
    this.#invalidate(false);
  }

  #invalidate(haveMetricsChanged: boolean): void {
    this.#series = null;
    if (haveMetricsChanged) this.#metrics = null;
  }

  #isNotAfterLast(row: MovieRow | undefined): boolean {
    const last = this.#arrays.seqs[this.#size - 1] ?? Number.NEGATIVE_INFINITY;
    return row !== undefined && row.seq <= last;
  }

  /** @returns whether a metric of the movie has changed */
  #write(index: number, row: MovieRow): boolean {
    const { seqs, finishedAtMs, columns, flags } = this.#arrays;
    const finishedMs = row.finishedAt === null ? Number.NaN : Date.parse(row.finishedAt);
    let isChanged = !Object.is(finishedAtMs[index], finishedMs);
    seqs[index] = row.seq;
    finishedAtMs[index] = finishedMs;
    this.#bases[index] = row.base;
    flags[index] = flagsOf(row);
    for (const key of METRIC_KEYS) {
      const column = columns[key];
      const value = metricOf(key, (name) => row[name]);
      // Columns are received in single precision, events in double: rounding is not a change.
      isChanged ||= !Object.is(Math.fround(column[index] ?? Number.NaN), Math.fround(value));
      column[index] = value;
    }
    return isChanged;
  }

  #append(row: MovieRow): void {
    this.#reserve(this.#size + 1);
    this.#write(this.#size, row);
    this.#indexByBase.set(row.base, this.#size);
    this.#size++;
  }

  #reserve(minCapacity: number): void {
    const capacity = this.#arrays.seqs.length;
    if (minCapacity > capacity) this.#arrays = enlarge(this.#arrays, Math.max(minCapacity, capacity * 2));
  }

  /** Rebuilds the series without the movies in `removed` and with `added`, which is sorted by seq. */
  #merge(removed: ReadonlySet<string>, added: readonly MovieRow[]): void {
    const old = { bases: this.#bases, arrays: this.#arrays };
    const keptIndices = [...old.bases.keys()].filter((index) => !removed.has(old.bases[index] ?? ''));
    this.#size = keptIndices.length + added.length;
    this.#arrays = newArrays(Math.max(INITIAL_CAPACITY, this.#size * 2));
    this.#bases = [];
    this.#indexByBase = new Map();
    let k = 0;
    let a = 0;
    for (let to = 0; to < this.#size; to++) {
      const from = keptIndices[k];
      const row = added[a];
      const isOld = from !== undefined && (row === undefined || (old.arrays.seqs[from] ?? 0) <= row.seq);
      if (isOld) {
        this.#bases[to] = old.bases[from] ?? '';
        copyMovie(old.arrays, from, this.#arrays, to);
        k++;
      } else if (row !== undefined) {
        this.#write(to, row);
        a++;
      }
      this.#indexByBase.set(this.#bases[to] ?? '', to);
    }
  }
}

function copyMovie(source: Arrays, index: number, target: Arrays, targetIndex: number): void {
  target.seqs[targetIndex] = source.seqs[index] ?? Number.NaN;
  target.finishedAtMs[targetIndex] = source.finishedAtMs[index] ?? Number.NaN;
  target.flags[targetIndex] = source.flags[index] ?? 0;
  for (const key of METRIC_KEYS) target.columns[key][targetIndex] = source.columns[key][index] ?? Number.NaN;
}
