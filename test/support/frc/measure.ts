import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import { createScene } from '../../../src/simulator/scene.ts';
import { fieldRmsd } from '../accuracy/field-rmsd.ts';
import { PIXEL_SIZE_A, requestWithGain, type SimulatedCase, simulateWithGain } from '../motion/simulated.ts';
import { idealSums } from './ideal-sum.ts';
import { ringCorrelations } from './ring-correlation.ts';

/**
 * Width and height must have no prime factor other than 2 and 3. Without local motion, no patches are
 * requested.
 */
export interface FrcCase extends SimulatedCase {
  readonly rings: number;
}

/** One value per ring. */
export interface FrcCurves {
  /**
   * Correlations with the ideal dose-weighted sum. `engine`: of the engine's dose-weighted sum;
   * `uncorrected`: of the sum of the frames without motion correction.
   */
  readonly engine: Float64Array;
  readonly uncorrected: Float64Array;
  /** Correlations of all three sums with the specimen at rest, undamaged and without noise. */
  readonly signal: {
    readonly ideal: Float64Array;
    readonly engine: Float64Array;
    readonly uncorrected: Float64Array;
  };
  /** Root mean square distance of the result from the truth over the field, pixels. */
  readonly fieldRmsd: number;
  /** Why local motion was not corrected; null if it was, or was not requested. */
  readonly fallback: string | null;
}

/** Simulates a movie, aligns it with the engine, and compares the result with the ideal sum. */
export async function measureFrc(testCase: FrcCase): Promise<FrcCurves> {
  const { width, height, dosePerFrameEA2, localPixels, seed, rings } = testCase;
  const directory = mkdtempSync(join(tmpdir(), 'frc-'));
  try {
    const { settings, moviePath, gainPath, detector } = await simulateWithGain(directory, testCase);
    const patches = localPixels > 0 ? ([5, 5] as const) : null;
    const outcome = await alignMovie(
      requestWithGain({ moviePath, gainPath, dosePerFrameEA2 }, patches, settings.voltageKv),
    );
    const scene = createScene(settings, seed);
    const { shiftsPixels, local } = scene;
    const ideal = idealSums({
      moviePath,
      detector,
      shiftsPixels,
      local,
      dosePerFrameEA2,
      maxLocalPixels: localPixels,
      pixelSizeA: PIXEL_SIZE_A,
    });
    const specimenAtRest = new Float32Array(width * height);
    scene.render(0, 0, specimenAtRest);
    const images = [outcome.doseWeighted!, ideal.weighted, ideal.uncorrected, specimenAtRest];
    const pairs = [
      [0, 1],
      [2, 1],
      [1, 3],
      [0, 3],
      [2, 3],
    ] as const;
    const [engine, uncorrected, ...signal] = ringCorrelations(images, width, height, pairs, rings);
    return {
      engine: engine!,
      uncorrected: uncorrected!,
      signal: { ideal: signal[0]!, engine: signal[1]!, uncorrected: signal[2]! },
      fieldRmsd: fieldRmsd(outcome, scene),
      fallback: outcome.local?.reason?.kind ?? null,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Minimum of a curve up to a fraction `maxFraction` of Nyquist, and the fraction at which it occurs. */
export function minUpTo(curve: Float64Array, maxFraction: number): { value: number; fraction: number } {
  let lowest = { value: Number.POSITIVE_INFINITY, fraction: 0 };
  curve.subarray(0, Math.floor(curve.length * maxFraction)).forEach((value, ring) => {
    if (value < lowest.value) lowest = { value, fraction: (ring + 0.5) / curve.length };
  });
  return lowest;
}
