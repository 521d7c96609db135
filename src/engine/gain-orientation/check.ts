import type { GainCheck } from '../../contract/gain-check.ts';
import type { GainSense } from '../../contract/recipe.ts';
import { clipDeviations, detail } from './detail.ts';
import { matrixBetween, ORIENTATIONS, type OrientationMatrix } from './orientations.ts';
import { otherSense, verdictOf } from './verdict.ts';

/** Determines from a movie's own counts whether the orientation of the gain reference is correct. */

export interface GainEvidence {
  /** Plain sum of the raw frames, before gain correction; height*width. */
  readonly sum: ArrayLike<number>;
  /** The gain reference as applied, of the same size: factors by which counts are multiplied. */
  readonly gain: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  /** Pixels that are not used. */
  readonly isBad: (index: number) => boolean;
  readonly setting: GainCheck['setting'];
  /** How the values of the file became the factors in `gain`; absent: `multiply`. */
  readonly sense?: GainSense;
}

/**
 * Number of sampled pixels: few are usually enough to confirm the orientation; more are used before it is
 * called wrong.
 */
const FIRST_SAMPLES = 40_000;
const MAX_SAMPLES = 400_000;

/**
 * A pixel that is more sensitive than its neighbours has more counts in the raw sum. For each orientation,
 * the score is the fraction of the gain's pattern that the sum shows: the slope of the sum's detail against
 * that of 1/gain, by least squares. It is near 1 for the correct orientation, near 0 for others and for
 * movies that are already gain-corrected, and near -1 for an inverted gain; its error follows from the
 * counting noise. A gain without any detail has scores of 0, and its error is null.
 * @returns the verdict; `best` is null if it is inconclusive
 */
export function checkGain(evidence: GainEvidence): GainCheck {
  const firstCheck = checkSamples(evidence, FIRST_SAMPLES);
  const hasMorePixels = evidence.width * evidence.height > FIRST_SAMPLES;
  return firstCheck.verdict === 'agrees' || !hasMorePixels ? firstCheck : checkSamples(evidence, MAX_SAMPLES);
}

function checkSamples(evidence: GainEvidence, samples: number): GainCheck {
  const { width, height, setting } = evidence;
  const candidates = ORIENTATIONS.map((orientation) => ({
    orientation,
    matrix: matrixBetween(orientation, setting),
  })).filter(({ matrix }) => width === height || matrix[0] !== 0);
  const details = sample(
    evidence,
    samples,
    candidates.map(({ matrix }) => matrix),
  );
  const scores = candidates.map(({ orientation }, i) => ({ ...orientation, ...slope(details, i) }));
  const error = Math.max(...scores.map((score) => score.error));
  return verdictOf(
    setting,
    scores.map(({ rotate, flip, fraction }) => ({ rotate, flip, score: fraction })),
    Number.isFinite(error) ? error : null,
    otherSense(evidence.sense ?? 'multiply'),
  );
}

interface DetailSamples {
  /** Detail of the sum, relative to its mean, clipped. */
  readonly observed: Float64Array;
  /** Detail of 1/gain for each candidate, relative to its mean. */
  readonly expected: readonly Float64Array[];
}

/** Pixels distributed evenly over the image, without those that have a bad neighbour in any orientation. */
function sample(
  evidence: GainEvidence,
  samples: number,
  matrices: readonly OrientationMatrix[],
): DetailSamples {
  const { sum, gain, width, height, isBad } = evidence;
  const isUsable = (i: number) => !isBad(i) && gain[i]! > 0 && gain[i]! < Number.POSITIVE_INFINITY;
  const sensitivityAt = (i: number) => 1 / gain[i]!;
  const detailOfGain = (x: number, y: number) => detail(sensitivityAt, isUsable, width, x, y);
  const innerPixels = (width - 2) * (height - 2);
  const step = Math.max(1, Math.floor(innerPixels / samples));
  const observed: number[] = [];
  const expected: number[][] = matrices.map(() => []);
  const row = new Float64Array(matrices.length);
  // The step varies, because a constant one could select the same columns again and again.
  for (let n = 0, k = 0; n < innerPixels; n += step, k++) {
    const pixel = n + (step > 1 ? (k * 7919) % step : 0);
    if (pixel >= innerPixels) break;
    const x = 1 + (pixel % (width - 2));
    const y = 1 + Math.floor(pixel / (width - 2));
    const sumDetail = detail((i) => sum[i]!, isUsable, width, x, y);
    if (sumDetail === null || !fillExpected(row, matrices, x, y, evidence, detailOfGain)) continue;
    observed.push(sumDetail);
    for (let t = 0; t < matrices.length; t++) expected[t]!.push(row[t]!);
  }
  return {
    observed: clipDeviations(Float64Array.from(observed)),
    expected: expected.map((values) => clipDeviations(Float64Array.from(values))),
  };
}

/**
 * Detail of 1/gain at the pixel that each orientation maps to (x, y).
 * @returns false if one of them is not available
 */
function fillExpected(
  row: Float64Array,
  matrices: readonly OrientationMatrix[],
  x: number,
  y: number,
  { width, height }: GainEvidence,
  detailOfGain: (x: number, y: number) => number | null,
): boolean {
  const dx = 2 * x - (width - 1);
  const dy = 2 * y - (height - 1);
  for (let t = 0; t < matrices.length; t++) {
    const [xx, xy, yx, yy] = matrices[t]!;
    const gainX = (xx * dx + xy * dy + width - 1) / 2;
    const gainY = (yx * dx + yy * dy + height - 1) / 2;
    const gainDetail = detailOfGain(gainX, gainY);
    if (gainDetail === null) return false;
    row[t] = gainDetail;
  }
  return true;
}

/** Least squares through zero, and the standard error of the slope: infinite for a pattern without detail. */
function slope(
  { observed, expected }: DetailSamples,
  candidate: number,
): { fraction: number; error: number } {
  const pattern = expected[candidate]!;
  let cross = 0;
  let power = 0;
  let total = 0;
  for (let i = 0; i < observed.length; i++) {
    cross += observed[i]! * pattern[i]!;
    power += pattern[i]! ** 2;
    total += observed[i]! ** 2;
  }
  if (!(power > 0)) return { fraction: 0, error: Number.POSITIVE_INFINITY };
  const fraction = cross / power;
  const residual = Math.max(0, total - fraction * cross);
  return { fraction, error: Math.sqrt(residual / power / Math.max(1, observed.length)) };
}
