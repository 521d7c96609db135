import type { MovieRow } from '../../../src/contract/api.ts';
import { METRIC_KEYS, METRICS, type MetricKey } from './metrics.ts';

type Columns = Record<MetricKey, Float64Array>;

const emptyColumns = (capacity: number) =>
  Object.fromEntries(METRIC_KEYS.map((key) => [key, new Float64Array(capacity)])) as Columns;

/**
 * Finished movies of one session as columns, in order of discovery (`seq` ascending), NaN where a movie has no value.
 * A movie that is no longer `done` (it failed, or is being redone) leaves the columns.
 */
export class SeriesStore {
  /** Number of movies held; the arrays are longer. */
  size = 0;
  /** Grows with every change. */
  version = 0;
  seq = new Float64Array(256);
  finishedAtMs = new Float64Array(256);
  columns: Columns = emptyColumns(256);
  bases: string[] = [];
  hasPictures: boolean[] = [];
  #indexByBase = new Map<string, number>();

  /** Takes rows in any order and state; a row replaces the one of the same base. Costs O(size) at worst, once per call. */
  apply(rows: readonly MovieRow[]): void {
    const fresh = new Map<string, MovieRow>();
    for (const row of rows) fresh.set(row.base, row);
    const added: MovieRow[] = [];
    let rebuild = false;
    let changed = false;
    for (const row of fresh.values()) {
      const index = this.#indexByBase.get(row.base);
      if (row.state !== 'done') {
        rebuild ||= index !== undefined;
      } else if (index !== undefined && this.seq[index] === row.seq) {
        this.#write(index, row);
        changed = true;
      } else {
        rebuild ||= index !== undefined;
        added.push(row);
      }
    }
    if (added.length === 0 && !rebuild && !changed) return;
    added.sort((a, b) => a.seq - b.seq);
    const last = this.size > 0 ? this.seq[this.size - 1]! : Number.NEGATIVE_INFINITY;
    if (rebuild || (added.length > 0 && added[0]!.seq <= last)) {
      const incoming = new Set(added.map((row) => row.base));
      this.#merge((base) => (fresh.get(base)?.state ?? 'done') === 'done' && !incoming.has(base), added);
    } else for (const row of added) this.#append(row);
    this.version++;
  }

  /** Takes movies out, for example those that are gone after a fresh load. */
  remove(bases: readonly string[]): void {
    const gone = new Set(bases.filter((base) => this.#indexByBase.has(base)));
    if (gone.size === 0) return;
    this.#merge((base) => !gone.has(base), []);
    this.version++;
  }

  indexOf(base: string): number | undefined {
    return this.#indexByBase.get(base);
  }

  /** View of one column, without a copy; valid until the next change. */
  column(key: MetricKey): Float64Array {
    return this.columns[key].subarray(0, this.size);
  }

  seqs(): Float64Array {
    return this.seq.subarray(0, this.size);
  }

  /** Value on screen of a movie, null where it has none. */
  value(key: MetricKey, index: number): number | null {
    const value = index < this.size ? this.columns[key][index]! : Number.NaN;
    return Number.isNaN(value) ? null : value;
  }

  /** Index of the movie whose seq lies nearest; -1 when empty. */
  nearest(seq: number): number {
    if (this.size === 0) return -1;
    let low = 0;
    let high = this.size - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.seq[middle]! < seq) low = middle + 1;
      else high = middle;
    }
    return low > 0 && seq - this.seq[low - 1]! < this.seq[low]! - seq ? low - 1 : low;
  }

  #write(index: number, row: MovieRow): void {
    this.seq[index] = row.seq;
    this.finishedAtMs[index] = row.finishedAt === null ? Number.NaN : Date.parse(row.finishedAt);
    this.bases[index] = row.base;
    this.hasPictures[index] = row.hasPictures;
    for (const key of METRIC_KEYS) this.columns[key][index] = METRICS[key].read(row) ?? Number.NaN;
  }

  #append(row: MovieRow): void {
    this.#reserve(this.size + 1);
    this.#write(this.size, row);
    this.#indexByBase.set(row.base, this.size);
    this.size++;
  }

  #reserve(wanted: number): void {
    if (wanted <= this.seq.length) return;
    const capacity = Math.max(wanted, this.seq.length * 2);
    const grow = (from: Float64Array) => {
      const to = new Float64Array(capacity);
      to.set(from);
      return to;
    };
    this.seq = grow(this.seq);
    this.finishedAtMs = grow(this.finishedAtMs);
    for (const key of METRIC_KEYS) this.columns[key] = grow(this.columns[key]);
  }

  /** Rebuilds the columns from the movies that `keeps` and from `added` (sorted by seq), each at its place. */
  #merge(keeps: (base: string) => boolean, added: readonly MovieRow[]): void {
    const kept: number[] = [];
    for (let i = 0; i < this.size; i++) if (keeps(this.bases[i]!)) kept.push(i);
    const old = {
      seq: this.seq,
      finishedAtMs: this.finishedAtMs,
      columns: this.columns,
      bases: this.bases,
      hasPictures: this.hasPictures,
    };
    const size = kept.length + added.length;
    this.seq = new Float64Array(Math.max(256, size * 2));
    this.finishedAtMs = new Float64Array(this.seq.length);
    this.columns = emptyColumns(this.seq.length);
    this.bases = [];
    this.hasPictures = [];
    this.#indexByBase.clear();
    let k = 0;
    let a = 0;
    for (let to = 0; to < size; to++) {
      const from = kept[k];
      const row = added[a];
      if (from !== undefined && (row === undefined || old.seq[from]! <= row.seq)) {
        this.seq[to] = old.seq[from]!;
        this.finishedAtMs[to] = old.finishedAtMs[from]!;
        for (const key of METRIC_KEYS) this.columns[key][to] = old.columns[key][from]!;
        this.bases[to] = old.bases[from]!;
        this.hasPictures[to] = old.hasPictures[from]!;
        k++;
      } else {
        this.#write(to, row!);
        a++;
      }
      this.#indexByBase.set(this.bases[to]!, to);
    }
    this.size = size;
  }
}
