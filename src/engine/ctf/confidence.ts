import type { CtfWeakness } from '../findings.ts';

/**
 * Significance is the signal-to-noise ratio of the rings. The search takes the best of many thousands of
 * models, so that pure noise reaches 6 to 7.5 (measured on noise, white and coloured, of 512 to 4096 pixels);
 * rings that are clearly visible reach 30 and more. A broad peak, such as that of amorphous ice, can match
 * one ring; it is rejected because a smooth curve fits it better.
 */
const MAX_NOISE_SIGNIFICANCE = 8;
const MIN_CERTAIN_SIGNIFICANCE = 16;

/** Evidence for a fit. */
export interface Evidence {
  /**
   * The smaller of two significances: that of the search (see Agreement), and that of the likelihood compared
   * with the best smooth curve without rings.
   */
  readonly significance: number;
  /**
   * Mean local correlation over the low-resolution half of the fitted range: a peak of the background that
   * matches one ring does not match several.
   */
  readonly lowResolutionCorrelation: number;
  /** Rings between the low-frequency end of the spectrum and the fit resolution. */
  readonly ringCount: number;
  /** See RefinedFit. */
  readonly uniqueness: number;
  /** Standard error of the mean defocus divided by the defocus. */
  readonly relativeError: number;
}

/**
 * @property confidence - 0 no rings, 1 certain. From GOOD_CONFIDENCE on, the defocus is correct within 2 %
 * (bench/ctf).
 */
export interface Reliability {
  readonly confidence: number;
  /** The main reason for a low confidence. */
  readonly weakness: CtfWeakness;
}

export function reliabilityOf(evidence: Evidence): Reliability {
  const { significance, lowResolutionCorrelation, ringCount, uniqueness, relativeError } = evidence;
  const factors: readonly (readonly [trust: number, weakness: CtfWeakness])[] = [
    [ramp(significance, MAX_NOISE_SIGNIFICANCE, MIN_CERTAIN_SIGNIFICANCE), { kind: 'faint' }],
    [ramp(lowResolutionCorrelation, 0.1, 0.5), { kind: 'not-repeated' }],
    [ramp(ringCount, 0.5, 2), { kind: 'few-rings', rings: Math.max(0, ringCount) }],
    [ramp(uniqueness, 0.7, 0.99), { kind: 'ambiguous' }],
    [ramp(0.02 / Math.max(1e-9, relativeError), 1.5, 3.5), { kind: 'inaccurate', relativeError }],
  ];
  const confidence = factors.reduce((product, [trust]) => product * trust, 1);
  const [, weakness] = factors.reduce((worst, factor) => (factor[0] < worst[0] ? factor : worst));
  return { confidence, weakness };
}

function ramp(value: number, from: number, to: number): number {
  const t = Math.max(0, Math.min(1, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
