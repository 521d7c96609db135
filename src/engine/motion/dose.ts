import { CodedError } from '../../contract/errors.ts';

/** Exposure filter of Grant & Grigorieff, eLife 2015;4:e06980. */

/** Maximum relative difference between dose per frame and total dose: both are rounded by users. */
const DOSE_TOLERANCE = 0.05;

/**
 * e/A^2 per frame; null if neither is given.
 * @throws CodedError DOSE_CONTRADICTION
 */
export function dosePerFrame(
  perFrameEA2: number | null,
  totalEA2: number | null,
  frames: number,
): number | null {
  if (perFrameEA2 === null) return totalEA2 === null ? null : totalEA2 / frames;
  if (totalEA2 === null) return perFrameEA2;
  const fromTotal = totalEA2 / frames;
  if (Math.abs(perFrameEA2 - fromTotal) > DOSE_TOLERANCE * Math.max(perFrameEA2, fromTotal)) {
    throw new CodedError(
      'DOSE_CONTRADICTION',
      `${perFrameEA2} e/A^2 per frame times ${frames} frames is ${(perFrameEA2 * frames).toPrecision(4)} e/A^2, but the total was given as ${totalEA2} e/A^2.`,
    );
  }
  return perFrameEA2;
}

/**
 * Critical exposure relative to that at 300 kV: 0.8 at 200 kV (the paper), 0.64 at 100 kV (RELION).
 */
function voltageFactor(voltageKv: number): number {
  if (voltageKv >= 250) return 1;
  return voltageKv >= 150 ? 0.8 : 0.64;
}

/** Critical exposure at the spatial frequency k, e/A^2 (equation 3 of the paper). @param k - 1/A */
function criticalExposure(k: number, voltageKv: number): number {
  return (0.245 * k ** -1.665 + 2.81) * voltageFactor(voltageKv);
}

/** Weight of a frame at the frequency k after an exposure of `doseEA2`. Zero frequency has weight 1. */
function doseWeight(k: number, doseEA2: number, voltageKv: number): number {
  return k === 0 ? 1 : Math.exp(-doseEA2 / (2 * criticalExposure(k, voltageKv)));
}

/**
 * Weights of a frame at frequencies 0, step, 2 step, ... (1/A).
 * @param frame - 0-based index in the movie, including skipped frames, which have caused damage too; the dose
 * is that at the end of the frame
 */
export function fillDoseWeights(
  table: Float32Array,
  step: number,
  frame: number,
  dosePerFrameEA2: number,
  voltageKv: number,
): void {
  for (let i = 0; i < table.length; i++) {
    table[i] = doseWeight(i * step, (frame + 1) * dosePerFrameEA2, voltageKv);
  }
}

/**
 * 1 / sqrt(sum of squared weights) over the frames [first, last], which keeps the noise spectrum of the sum
 * flat.
 */
export function fillNormalisation(
  table: Float32Array,
  step: number,
  first: number,
  last: number,
  dosePerFrameEA2: number,
  voltageKv: number,
): void {
  const sums = new Float64Array(table.length);
  const weights = new Float32Array(table.length);
  for (let frame = first; frame <= last; frame++) {
    fillDoseWeights(weights, step, frame, dosePerFrameEA2, voltageKv);
    for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + weights[i]! ** 2;
  }
  // the weights of late frames of a very long exposure can underflow to zero
  for (let i = 0; i < sums.length; i++) table[i] = sums[i]! > 1e-30 ? 1 / Math.sqrt(sums[i]!) : 0;
}
