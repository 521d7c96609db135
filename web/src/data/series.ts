import { COLUMN_FLAGS } from '../../../src/contract/columns.ts';
import type { Verdict } from '../../../src/contract/review.ts';
import { lowerBound } from './lower-bound.ts';
import type { MetricColumns } from './metric-columns.ts';
import type { MetricKey } from './metrics.ts';

/** Contents of a series; the arrays may be longer than `size`. */
export interface SeriesParts {
  /** Number of movies. */
  readonly size: number;
  readonly bases: readonly string[];
  readonly indexByBase: ReadonlyMap<string, number>;
  /** COLUMN_FLAGS of each movie. */
  readonly flags: Uint8Array;
  readonly metrics: MetricColumns;
}

/**
 * Snapshot of the finished movies of one session in order of discovery. Every change creates a new object, so
 * that views are updated. Snapshots share the arrays of their store: only the newest may be read.
 */
export class Series {
  readonly size: number;
  readonly bases: readonly string[];
  readonly flags: Uint8Array;
  readonly metrics: MetricColumns;
  readonly #indexByBase: ReadonlyMap<string, number>;

  constructor(parts: SeriesParts) {
    this.size = parts.size;
    this.bases = parts.bases;
    this.flags = parts.flags;
    this.metrics = parts.metrics;
    this.#indexByBase = parts.indexByBase;
  }

  indexOf(base: string): number | undefined {
    return this.#indexByBase.get(base);
  }

  has(index: number, flag: keyof typeof COLUMN_FLAGS): boolean {
    return ((this.flags[index] ?? 0) & COLUMN_FLAGS[flag]) !== 0;
  }

  verdict(index: number): Verdict | null {
    if (this.has(index, 'rejected')) return 'rejected';
    return this.has(index, 'accepted') ? 'accepted' : null;
  }

  seqs(): Float64Array {
    return this.metrics.seqs;
  }

  column(key: MetricKey): Float64Array {
    return this.metrics.column(key);
  }

  /** Value for the screen; null if the movie has none. */
  value(key: MetricKey, index: number): number | null {
    const value = this.metrics.column(key)[index] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  }

  /** When processing of the movie ended, epoch ms; NaN if it is not known. */
  finishedMs(index: number): number {
    return this.metrics.finishedAtMs[index] ?? Number.NaN;
  }

  /** Index of the movie with the nearest number; the earlier of two equally near; -1 if there is no movie. */
  nearest(seq: number): number {
    const { seqs } = this.metrics;
    const nextIndex = lowerBound(seqs, seq);
    const [previousSeq = Number.NEGATIVE_INFINITY, nextSeq = Number.POSITIVE_INFINITY] = [
      seqs[nextIndex - 1],
      seqs[nextIndex],
    ];
    return seq - previousSeq <= nextSeq - seq ? nextIndex - 1 : nextIndex;
  }
}
