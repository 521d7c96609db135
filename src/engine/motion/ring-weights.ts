import { RING_COUNT } from './layout.ts';

/** Weights of the cross-correlation for each ring, estimated from the movie itself. */

/**
 * Sums of |F|^2 over a ring: of the individual crops, of their unaligned and aligned sums, and of the
 * transfer function for a static pattern.
 */
export interface RingSums {
  readonly single: Float64Array;
  readonly unaligned: Float64Array;
  readonly aligned: Float64Array;
  readonly transfer: Float64Array;
  /** Number of coefficients in each ring. */
  readonly count: Float64Array;
}

export interface CorrelationWeights {
  readonly weights: Float32Array;
  readonly pattern: Float32Array;
  /**
   * Fisher information on the shift of one crop along one axis, for shifts in units of 1 / (2 pi times the
   * frequency at the edge of the rings): its inverse is the minimum variance of any estimate.
   */
  readonly information: number;
}

/** Number of rings on each side over which powers are averaged. */
const SMOOTHING = 2;
/**
 * Above this coherence of the ramps there was almost no motion, and signal and static pattern cannot be
 * separated.
 */
const MAX_COHERENCE = 0.9;
/** The first rounds emphasise low frequencies: exp(-(ring / FIRST_RINGS)^2), like a B-factor. */
const FIRST_RINGS = RING_COUNT / 5;

function smooth(values: Float64Array): Float64Array {
  return values.map((_, i) => {
    let sum = 0;
    let n = 0;
    for (let k = Math.max(1, i - SMOOTHING); k <= Math.min(RING_COUNT - 1, i + SMOOTHING); k++, n++) {
      sum += values[k]!;
    }
    return n === 0 ? 0 : sum / n;
  });
}

/**
 * Model of a ring: crop i = signal (moves) + pattern (static on the camera) + noise. The power shared by
 * different crops is signal + g pattern after alignment, and g signal + pattern before, where g is the
 * coherence of the ramps: two equations for two unknowns. Weights: the reference's Wiener filter divided
 * by the power of a crop, which makes the correlation the likelihood of a shift.
 * @param round - 0-based; the first two use low frequencies and attribute all unaligned shared power of the
 * outer rings to the pattern
 */
export function correlationWeights(sums: RingSums, crops: number, round: number): CorrelationWeights {
  const pairs = crops * (crops - 1);
  const perPair = (values: Float64Array, offset: (i: number) => number) =>
    smooth(values.map((v, i) => (sums.count[i]! > 0 ? (v - offset(i)) / (pairs * sums.count[i]!) : 0)));
  const aligned = perPair(sums.aligned, (i) => sums.single[i]!);
  const unaligned = perPair(sums.unaligned, (i) => sums.single[i]!);
  const coherence = perPair(sums.transfer, (i) => crops * sums.count[i]!);
  const total = smooth(sums.single.map((v, i) => (sums.count[i]! > 0 ? v / (crops * sums.count[i]!) : 0)));
  const outerRings = unaligned.subarray(Math.floor(0.75 * RING_COUNT), RING_COUNT - SMOOTHING);
  const whitePower = Math.max(0, outerRings.reduce((sum, v) => sum + v, 0) / outerRings.length);
  const hasPattern = isPatternSignificant({ aligned, unaligned, coherence, total, count: sums.count }, pairs);
  const weights = new Float32Array(RING_COUNT + 8);
  const pattern = new Float32Array(RING_COUNT + 8);
  let information = 0;
  for (let i = 1; i < RING_COUNT; i++) {
    const cropPower = total[i]!;
    if (!(cropPower > 0)) continue;
    if (round < 2) {
      const weight = Math.exp(-((i / FIRST_RINGS) ** 2)) / cropPower;
      weights[i] = weight;
      pattern[i] = weight * Math.min(Math.max(whitePower, 0), cropPower);
      continue;
    }
    const ring = { cropPower, aligned: aligned[i]!, unaligned: unaligned[i]!, coherence: coherence[i]! };
    const { signal, staticPattern, weight, cropCoherence } = ringModel(ring, crops, hasPattern);
    // half of k^2 is along each axis, two numbers per coefficient
    if (signal > 0)
      information += (sums.count[i]! * (i / RING_COUNT) ** 2 * cropCoherence) / (1 - cropCoherence);
    weights[i] = weight;
    pattern[i] = weight * Math.min(Math.max(staticPattern, 0), cropPower);
  }
  return { weights: normalise(weights, weights), pattern: normalise(pattern, weights), information };
}

interface Ring {
  /** Power of a crop. */
  readonly cropPower: number;
  /** Power shared by different crops, aligned and unaligned. */
  readonly aligned: number;
  readonly unaligned: number;
  readonly coherence: number;
}

interface RingModel {
  readonly signal: number;
  /** Fixed pattern of the detector. */
  readonly staticPattern: number;
  readonly weight: number;
  /** Coherence of a crop with the mean of the others. */
  readonly cropCoherence: number;
}

/** Signal, static pattern and noise of a ring, and its weight. */
function ringModel(
  { cropPower, aligned, unaligned, coherence: g }: Ring,
  crops: number,
  hasPattern: boolean,
): RingModel {
  const isSeparable = g < MAX_COHERENCE;
  const signal = isSeparable ? (aligned - g * unaligned) / (1 - g * g) : aligned;
  const staticPattern = isSeparable && hasPattern ? (unaligned - g * aligned) / (1 - g * g) : 0;
  const noise = Math.max(cropPower - Math.max(signal, 0) - Math.max(staticPattern, 0), 1e-3 * cropPower);
  const weight = signal > 0 ? signal / (signal + noise / (crops - 1)) / cropPower : 0;
  const cropCoherence = Math.min(0.999, signal ** 2 / (cropPower * (signal + noise / (crops - 1))));
  return { signal, staticPattern, weight, cropCoherence };
}

/**
 * A static pattern is included if it is this many standard deviations above zero: including one that does not
 * exist reduces accuracy.
 */
const PATTERN_SIGMAS = 3;

interface RingMeans {
  readonly aligned: Float64Array;
  readonly unaligned: Float64Array;
  readonly coherence: Float64Array;
  readonly total: Float64Array;
  readonly count: Float64Array;
}

/** Whether all rings together show a pattern: their weighted mean, with weights from the counting noise. */
function isPatternSignificant(
  { aligned, unaligned, coherence, total, count }: RingMeans,
  pairs: number,
): boolean {
  let sum = 0;
  let weightSum = 0;
  for (let i = 1; i < RING_COUNT; i++) {
    const g = coherence[i]!;
    if (g >= MAX_COHERENCE || !(total[i]! > 0)) continue;
    // the product of two noise terms has the standard deviation total / sqrt(coefficients); each unordered
    // pair counts twice in `pairs`
    const variance = (total[i]! ** 2 * (1 + g * g)) / (1 - g * g) ** 2 / ((pairs / 2) * count[i]!);
    sum += (unaligned[i]! - g * aligned[i]!) / (1 - g * g) / variance;
    weightSum += 1 / variance;
  }
  return sum > PATTERN_SIGMAS * Math.sqrt(weightSum);
}

/** Scaled to a maximum of 1, so that f32 keeps its precision for any number of counts. */
function normalise(values: Float32Array, reference: Float32Array): Float32Array {
  const largest = reference.reduce((a, b) => Math.max(a, b), 0);
  return largest > 0 ? values.map((v) => v / largest) : values;
}
