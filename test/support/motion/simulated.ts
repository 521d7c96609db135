import { join } from 'node:path';
import type { AlignRequest } from '../../../src/engine/ports.ts';
import { createDetector } from '../../../src/simulator/gain.ts';
import { simulateMovie } from '../../../src/simulator/movie.ts';
import { writeGain } from '../../../src/simulator/session.ts';

export interface SimulatedCase {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly dosePerFrameEA2: number;
  readonly localPixels: number;
  readonly seed: number;
}

/** The pixel size is 1 A, so dose per A^2 equals dose per pixel. */
export const PIXEL_SIZE_A = 1;

/** Simulates a movie and its gain reference in a directory. */
export async function simulateWithGain(directory: string, testCase: SimulatedCase) {
  const { width, height, frames, dosePerFrameEA2, localPixels, seed } = testCase;
  const moviePath = join(directory, 'movie.tiff');
  const gainPath = join(directory, 'gain.tiff');
  const detector = createDetector({ width, height, seed });
  writeGain(gainPath, detector);
  const { settings } = await simulateMovie({
    path: moviePath,
    seed,
    detector,
    width,
    height,
    frames,
    dosePerFrameEA2,
    pixelSizeA: PIXEL_SIZE_A,
    localRangePixels: [localPixels, localPixels],
  });
  return { moviePath, gainPath, detector, settings };
}

/** Request to align a whole movie with its gain reference, on one thread. */
export const requestWithGain = (
  movie: { readonly moviePath: string; readonly gainPath: string; readonly dosePerFrameEA2: number },
  patches: readonly [number, number] | null,
  voltageKv = 300,
): AlignRequest => ({
  moviePath: movie.moviePath,
  pixelSizeA: PIXEL_SIZE_A,
  voltageKv,
  dosePerFrameEA2: movie.dosePerFrameEA2,
  totalDoseEA2: null,
  binning: 1,
  throwFrames: 0,
  truncFrames: 0,
  defectMapPath: null,
  threads: 1,
  patches,
  gain: { path: movie.gainPath, rotate: 0, flip: 0 },
});
