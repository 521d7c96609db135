import { type CtfOptics, ringPeriodPerA } from './model.ts';
import type { RingProfile } from './profile.ts';

/** Below this local correlation, rings count as lost; cryoSPARC uses the same threshold. */
const LOST_CORRELATION = 0.3;
export const FIT_CRITERION = `correlation of equiphase average and model, over two rings, falls below ${LOST_CORRELATION}`;

const RINGS_PER_WINDOW = 2;
const MIN_WINDOW = 11;
/** Rings closer than this many samples cannot be resolved. */
const SAMPLES_PER_RING = 2.2;

/**
 * Normalised cross-correlation of data and model around each frequency, over two rings but at least 11
 * samples, after subtraction of a linear trend from each.
 */
export function localCorrelation(
  optics: CtfOptics,
  profile: RingProfile,
  defocusA: number,
): { cc: Float64Array; halfWidth: Int32Array } {
  const { frequency, data, model } = profile;
  const length = frequency.length;
  const stepPerA = (frequency[1] ?? 1) - (frequency[0] ?? 0);
  const cc = new Float64Array(length);
  const halfWidth = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const period = ringPeriodPerA(optics, defocusA, frequency[i] ?? 0) / stepPerA;
    const windowLength = Math.min(length / 3, Math.max(MIN_WINDOW, RINGS_PER_WINDOW * period));
    const half = Math.floor(windowLength / 2);
    halfWidth[i] = half;
    if (period < SAMPLES_PER_RING) continue;
    const from = Math.max(0, Math.min(i - half, length - 1 - 2 * half));
    cc[i] = correlation(removeTrend(data, from, 2 * half + 1), removeTrend(model, from, 2 * half + 1));
  }
  return { cc, halfWidth };
}

/**
 * Highest resolution at which the rings agree with the model. A dip of the correlation ends the fit only if
 * it lasts for half a window: a single zero, such as at an ice ring, does not.
 * @returns Angstrom; the low-resolution end of the profile if not even the first rings agree
 */
export function fitResolutionA(frequency: Float64Array, cc: Float64Array, halfWidth: Int32Array): number {
  let lastAgreeingBin = 0;
  let lostSamples = 0;
  let hasAgreed = false;
  for (let i = 0; i < frequency.length; i++) {
    if ((cc[i] ?? 0) >= LOST_CORRELATION) {
      lastAgreeingBin = i;
      lostSamples = 0;
      hasAgreed = true;
    } else if (++lostSamples > (halfWidth[i] ?? 0) && (hasAgreed || lostSamples > 2 * (halfWidth[i] ?? 0))) {
      break;
    }
  }
  return 1 / (frequency[lastAgreeingBin] || 1);
}

function removeTrend(values: Float64Array, from: number, length: number): Float64Array {
  let mean = 0;
  let slope = 0;
  let square = 0;
  const centre = (length - 1) / 2;
  for (let i = 0; i < length; i++) {
    const v = values[from + i] ?? 0;
    mean += v / length;
    slope += v * (i - centre);
    square += (i - centre) ** 2;
  }
  slope /= Math.max(1, square);
  return new Float64Array(length).map((_, i) => (values[from + i] ?? 0) - mean - slope * (i - centre));
}

function correlation(a: Float64Array, b: Float64Array): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}
