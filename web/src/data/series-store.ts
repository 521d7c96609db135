import type { MovieRow } from '../../../src/contract/api.ts';
import { COLUMN_FLAGS, type MovieColumns, verdictFlags } from '../../../src/contract/columns.ts';
import type { Verdict } from '../../../src/contract/review.ts';
import { METRIC_KEYS, type MetricKey, metricOf } from './metrics.ts';

type Columns = Record<MetricKey, Float64Array>;

const emptyColumns = (capacity: number) =>
  Object.fromEntries(METRIC_KEYS.map((key) => [key, new Float64Array(capacity)])) as Columns;

const VERDICT_FLAGS = COLUMN_FLAGS.accepted | COLUMN_FLAGS.rejected;

const flagsOf = (row: MovieRow): number =>
  (row.hasPictures ? COLUMN_FLAGS.pictures : 0) |
  (row.comment === null ? 0 : COLUMN_FLAGS.comment) |
  verdictFlags(row.verdict);

/**
 * Finished movies of one session as columns, in order of discovery (`seq` ascending), NaN where a movie has no value.
 * A movie that is no longer `done` (it failed, or is being redone) leaves the columns.
 */
export class SeriesStore {
  /** Number of movies held; the arrays are longer. */
  size = 0;
  /** Grows with every change. */
  version = 0;
  /** Grows with every change of figures; a verdict is none. */
  figuresVersion = 0;
  seq = new Float64Array(256);
  finishedAtMs = new Float64Array(256);
  columns: Columns = emptyColumns(256);
  bases: string[] = [];
  /** COLUMN_FLAGS of each movie. */
  flags = new Uint8Array(256);
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
        if (this.#write(index, row)) this.figuresVersion++;
        changed = true;
      } else {
        rebuild ||= index !== undefined;
        added.push(row);
      }
    }
    if (added.length === 0 && !rebuild && !changed) return;
    if (added.length > 0 || rebuild) this.figuresVersion++;
    added.sort((a, b) => a.seq - b.seq);
    const last = this.size > 0 ? this.seq[this.size - 1]! : Number.NEGATIVE_INFINITY;
    if (rebuild || (added.length > 0 && added[0]!.seq <= last)) {
      const incoming = new Set(added.map((row) => row.base));
      this.#merge((base) => (fresh.get(base)?.state ?? 'done') === 'done' && !incoming.has(base), added);
    } else for (const row of added) this.#append(row);
    this.version++;
  }

  /** Takes movies as columns, all of them discovered after those that it holds. */
  append(columns: MovieColumns): void {
    this.#reserve(this.size + columns.rows);
    const from = this.size;
    this.seq.set(columns.seq, from);
    this.finishedAtMs.set(columns.finishedAtMs, from);
    this.flags.set(columns.flags, from);
    for (const key of METRIC_KEYS) {
      const to = this.columns[key];
      for (let i = 0; i < columns.rows; i++)
        to[from + i] = metricOf(key, (column) => columns.values[column][i]!);
    }
    for (let i = 0; i < columns.rows; i++) {
      this.bases.push(columns.bases[i]!);
      this.#indexByBase.set(columns.bases[i]!, from + i);
    }
    this.size += columns.rows;
    this.version++;
    this.figuresVersion++;
  }

  has(index: number, flag: keyof typeof COLUMN_FLAGS): boolean {
    return (this.flags[index]! & COLUMN_FLAGS[flag]) !== 0;
  }

  verdict(index: number): Verdict | null {
    return this.has(index, 'rejected') ? 'rejected' : this.has(index, 'accepted') ? 'accepted' : null;
  }

  /** Movies that are not held are passed over. */
  setVerdict(bases: readonly string[], verdict: Verdict | null): void {
    for (const base of bases) {
      const index = this.#indexByBase.get(base);
      if (index !== undefined)
        this.flags[index] = (this.flags[index]! & ~VERDICT_FLAGS) | verdictFlags(verdict);
    }
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

  /** Whether a figure of the movie is another than before. */
  #write(index: number, row: MovieRow): boolean {
    const finishedMs = row.finishedAt === null ? Number.NaN : Date.parse(row.finishedAt);
    let isOther = !Object.is(this.finishedAtMs[index], finishedMs);
    this.seq[index] = row.seq;
    this.finishedAtMs[index] = finishedMs;
    this.bases[index] = row.base;
    this.flags[index] = flagsOf(row);
    for (const key of METRIC_KEYS) {
      const value = metricOf(key, (column) => row[column]);
      // The columns came in single precision, the event in double: the same figure is not another.
      isOther ||= !Object.is(Math.fround(this.columns[key][index]!), Math.fround(value));
      this.columns[key][index] = value;
    }
    return isOther;
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
    const flags = new Uint8Array(capacity);
    flags.set(this.flags);
    this.flags = flags;
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
      flags: this.flags,
    };
    const size = kept.length + added.length;
    this.seq = new Float64Array(Math.max(256, size * 2));
    this.finishedAtMs = new Float64Array(this.seq.length);
    this.columns = emptyColumns(this.seq.length);
    this.bases = [];
    this.flags = new Uint8Array(this.seq.length);
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
        this.flags[to] = old.flags[from]!;
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
