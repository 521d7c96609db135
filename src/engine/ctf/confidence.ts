import type { CtfDoubt } from '../findings.ts';

/**
 * Significance is signal over noise. The search takes the best of many thousand models, so that pure noise reaches 6 to
 * 7.5 (as measured on noise, white and coloured, of 512 to 4096 pixels); rings that a person sees at a glance reach 30
 * and more. A broad bump, as of amorphous ice, matches one ring well, but a smooth curve matches it better.
 */
const NOTHING = 8;
const BEYOND_DOUBT = 16;

/** What supports a fit. */
export interface Evidence {
  /** The smaller of two: the search's (see Agreement), and the likelihood's against the best smooth curve without rings. */
  readonly significance: number;
  /** Mean local correlation over the coarse half of the fitted range: a bump of the background that matches one ring does not match several. */
  readonly firstRings: number;
  /** Rings between the coarse end of the spectrum and the fit resolution. */
  readonly ringsSeen: number;
  /** See Refined. */
  readonly unambiguous: number;
  /** Standard error of the mean defocus over the defocus. */
  readonly relativeError: number;
}

/** @property confidence - 0 no rings, 1 rings beyond doubt. From GOOD_CONFIDENCE on the defocus is right within 2 % (bench/ctf). */
export interface Reliability {
  readonly confidence: number;
  /** What weighs most against the fit. */
  readonly doubt: CtfDoubt;
}

export function reliabilityOf(evidence: Evidence): Reliability {
  const { significance, firstRings, ringsSeen, unambiguous, relativeError } = evidence;
  const reasons: readonly (readonly [trust: number, doubt: CtfDoubt])[] = [
    [ramp(significance, NOTHING, BEYOND_DOUBT), { kind: 'faint' }],
    [ramp(firstRings, 0.1, 0.5), { kind: 'not-repeated' }],
    [ramp(ringsSeen, 0.5, 2), { kind: 'few-rings', rings: Math.max(0, ringsSeen) }],
    [ramp(unambiguous, 0.7, 0.99), { kind: 'ambiguous' }],
    [ramp(0.02 / Math.max(1e-9, relativeError), 1.5, 3.5), { kind: 'inaccurate', relativeError }],
  ];
  const confidence = reasons.reduce((product, [trust]) => product * trust, 1);
  const [, doubt] = reasons.reduce((worst, reason) => (reason[0] < worst[0] ? reason : worst));
  return { confidence, doubt };
}

function ramp(value: number, from: number, to: number): number {
  const t = Math.max(0, Math.min(1, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
