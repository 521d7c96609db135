import type { AlignFinding, FrameProblem } from '../findings.ts';
import type { Shift } from './align-tasks.ts';
import { planeBytes } from './geometry.ts';
import type { Layout } from './layout.ts';
import type { FrameSample } from './pixel-values.ts';

/**
 * Frames that cannot be aligned and would bias the others: almost no electrons (the beam was blanked, or the
 * camera skipped them), far too many (a flash, a shutter that stayed open), or the same value in nearly all
 * pixels (a saturated camera; after gain correction, such a frame contains the static pattern of the gain).
 */

/**
 * Limits of the mean counts of a crop, relative to the median of all crops that are neither empty nor flat:
 * up to the first, the crop is dark; above the second, it is too bright.
 */
const DARK_FRACTION = 0.25;
const BRIGHT_FACTOR = 4;

/**
 * The problem of each crop; null: none.
 * @param framesPerCrop - number of frames in each crop
 * @param isFrameFlat - whether each of these frames, in order, is flat (`flat.ts`)
 */
export function cropProblems(
  layout: Layout,
  memory: WebAssembly.Memory,
  framesPerCrop: readonly number[],
  isFrameFlat: readonly boolean[],
): (FrameProblem | null)[] {
  const { crops, plane } = layout.wholeFrame;
  const means = framesPerCrop.map(
    // the value at zero frequency is the sum over all pixels
    (frames, i) => new Float32Array(memory.buffer, crops + i * planeBytes(plane), 1)[0]! / frames,
  );
  let frame = 0;
  const isFlat = framesPerCrop.map((frames) => isFrameFlat.slice(frame, (frame += frames)).includes(true));
  return problemsOf(means, isFlat);
}

/**
 * @param means - counts of each crop; the reference is the median of those that are neither empty nor flat
 */
export function problemsOf(means: readonly number[], isFlat: readonly boolean[]): (FrameProblem | null)[] {
  const positive = means.filter((v, i) => v > 0 && !isFlat[i]).sort((a, b) => a - b);
  const median = positive[positive.length >> 1] ?? 0;
  return means.map((mean, i) => {
    if (isFlat[i]) return 'flat';
    if (!(mean > DARK_FRACTION * median)) return 'dark';
    return mean > BRIGHT_FACTOR * median ? 'bright' : null;
  });
}

/**
 * If no pixel value is known to mean "no electrons", only the noise of a frame shows how many electrons it
 * has: the variance grows with their number or, because of the detector's fixed-pattern noise, with up to its
 * square. Limits of the variance, relative to the median: up to the first, the crop is quiet; above the
 * second, it is noisy.
 */
const QUIET_FRACTION = 0.1;
const NOISY_FACTOR = 10;

/** Like `cropProblems`, for values that are not counts. */
export function problemsByNoise(
  framesPerCrop: readonly number[],
  samples: readonly FrameSample[],
): (FrameProblem | null)[] {
  let frame = 0;
  const samplesByCrop = framesPerCrop.map((frames) => samples.slice(frame, (frame += frames)));
  const variances = samplesByCrop.map(
    (crop) => crop.reduce((sum, { variance }) => sum + variance, 0) / crop.length,
  );
  const isFlat = samplesByCrop.map((crop) => crop.some((sample) => sample.isFlat));
  const positive = variances.filter((variance, i) => variance > 0 && !isFlat[i]).sort((a, b) => a - b);
  const median = positive[positive.length >> 1] ?? 0;
  return variances.map((variance, i) => {
    if (isFlat[i]) return 'flat';
    if (!(variance > QUIET_FRACTION * median)) return 'quiet';
    return variance > NOISY_FACTOR * median ? 'noisy' : null;
  });
}

/** Indices of the crops without a problem, ascending. */
export function usableCrops(problems: readonly (FrameProblem | null)[]): number[] {
  return problems.flatMap((problem, i) => (problem === null ? [i] : []));
}

/** Sets unusable crops to zero, so that groups of frames for patches contain only crops without a problem. */
export function clearUnusable(
  layout: Layout,
  memory: WebAssembly.Memory,
  problems: readonly (FrameProblem | null)[],
): void {
  const { crops, plane } = layout.wholeFrame;
  const length = planeBytes(plane) / 4;
  problems.forEach((problem, i) => {
    if (problem) new Float32Array(memory.buffer, crops + i * planeBytes(plane), length).fill(0);
  });
}

/**
 * Extends the trajectory of some crops to all crops: interpolated linearly across gaps, constant before the
 * first and after the last known crop.
 */
export function interpolateGaps(
  trajectory: readonly Shift[],
  knownIndices: readonly number[],
  count: number,
): Shift[] {
  return Array.from({ length: count }, (_, i): Shift => {
    const nextKnown = knownIndices.findIndex((k) => k >= i);
    if (nextKnown === -1) return trajectory.at(-1)!;
    if (nextKnown === 0 || knownIndices[nextKnown] === i) return trajectory[nextKnown]!;
    const [a, b] = [trajectory[nextKnown - 1]!, trajectory[nextKnown]!];
    const fraction =
      (i - knownIndices[nextKnown - 1]!) / (knownIndices[nextKnown]! - knownIndices[nextKnown - 1]!);
    return [a[0] + fraction * (b[0] - a[0]), a[1] + fraction * (b[1] - a[1])];
  });
}

/**
 * Frames of crops that cannot be aligned, by problem.
 * @param firstFrame - 1-based number of the first used frame
 */
export function unusableFrames(
  problems: readonly (FrameProblem | null)[],
  framesPerCrop: readonly number[],
  firstFrame: number,
): AlignFinding[] {
  return (['dark', 'bright', 'quiet', 'noisy', 'flat'] as const).flatMap((problem): AlignFinding[] => {
    const ranges = rangesOf(problems, framesPerCrop, firstFrame, problem);
    return ranges.length === 0 ? [] : [{ kind: 'unusable-frames', problem, ranges }];
  });
}

/** First and last frames of consecutive crops with this problem. */
function rangesOf(
  problems: readonly (FrameProblem | null)[],
  framesPerCrop: readonly number[],
  firstFrame: number,
  problem: FrameProblem,
): [number, number][] {
  const ranges: [number, number][] = [];
  let frame = firstFrame;
  framesPerCrop.forEach((frames, crop) => {
    if (problems[crop] === problem) {
      const last = ranges.at(-1);
      if (last && last[1] === frame - 1) last[1] += frames;
      else ranges.push([frame, frame + frames - 1]);
    }
    frame += frames;
  });
  return ranges;
}
