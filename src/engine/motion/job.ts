import type { MovieStructure } from '../../formats/movie.ts';
import type { AlignRequest } from '../ports.ts';
import type { Correction } from './correction.ts';
import type { Plane } from './geometry.ts';
import type { Layout } from './layout.ts';
import type { EvenOdd } from './passes.ts';
import type { ThreadPool } from './thread-pool.ts';

/**
 * The memory of one movie, into which its gain has been copied, and what is known about its pixels. The image
 * of the gain is not kept, because it is large.
 */
export interface PreparedMovie {
  readonly layout: Layout;
  readonly memory: WebAssembly.Memory;
  readonly correction: Pick<Correction, 'bad' | 'findings'>;
  /** Size of the spectrum of one patch; null without local motion correction. */
  readonly patch: Plane | null;
}

/** State of one movie during motion correction. */
export interface Job extends PreparedMovie {
  readonly request: AlignRequest;
  readonly structure: MovieStructure;
  readonly pool: ThreadPool;
  /** Group of each used frame: frames of one group share a crop. */
  readonly groups: readonly number[];
  /** e/A^2 per frame; null if unknown. */
  readonly dose: number | null;
  /** 0-based index of the first used frame. */
  readonly firstFrame: number;
  readonly evenOdd: EvenOdd;
}

/** Fractions of the total time, for the progress display. */
export const PROGRESS_AFTER_FIRST_PASS = 0.4;
export const PROGRESS_AFTER_ALIGNMENT = 0.5;

export const reportProgress = ({ request }: Job, fraction: number): void =>
  request.onProgress?.(Math.min(1, fraction));
