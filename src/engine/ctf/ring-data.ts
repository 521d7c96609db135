import { removeSmooth, type SmoothBasis, smoothBasis, smoothPart } from './background.ts';
import { type CtfOptics, writeRings } from './model.ts';
import { type PolarSpectrum, sectorAngle } from './polar.ts';

/**
 * Rings without background, to be compared with models. `data[sector*bins + bin]` is the amplitude divided by
 * its smooth radial average, minus the smooth part of each direction (drift makes the background
 * anisotropic).
 */
export interface RingData {
  readonly polar: PolarSpectrum;
  readonly basis: SmoothBasis;
  readonly data: Float64Array;
  /** Sums of neighbouring sectors: sufficient for the search, at half the cost. */
  readonly pairs: Float64Array;
  /** Direction of each pair of sectors, radians. */
  readonly pairAngles: Float64Array;
}

/** Pieces of the background spline over the fitted range: too few to follow the rings at 0.3 um defocus. */
const BACKGROUND_PIECES = 4;

export function ringData(polar: PolarSpectrum): RingData {
  const { bins, sectors, frequency, counts, ringAmplitude } = polar;
  const abscissa = frequency.map((f) => Math.sqrt(f));
  const basis = smoothBasis(abscissa, counts, BACKGROUND_PIECES);
  const logAverage = smoothPart(basis, ringAmplitude.map(Math.log));
  const data = polar.amplitude.map((a, i) => a * Math.exp(-(logAverage[i % bins] ?? 0)) - 1);
  for (let sector = 0; sector < sectors; sector++) removeSmooth(basis, data, sector * bins);
  const half = sectors / 2;
  const pairs = new Float64Array(half * bins).map((_, at) => {
    const from = 2 * Math.floor(at / bins) * bins + (at % bins);
    return (data[from] as number) + (data[from + bins] as number);
  });
  const pairAngles = new Float64Array(half).map((_, j) => (sectorAngle(2 * j) + sectorAngle(2 * j + 1)) / 2);
  return { polar, basis, data, pairs, pairAngles };
}

/** Writes the rings of one defocus, minus their smooth part, into `out`. */
export function writeModelRings(
  optics: CtfOptics,
  rings: RingData,
  defocusA: number,
  envelope: Float64Array,
  out: Float64Array,
): void {
  writeRings(optics, defocusA, rings.polar.s, out);
  for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) * (envelope[i] as number);
  removeSmooth(rings.basis, out);
}

export function bFactorEnvelope(polar: PolarSpectrum, bFactorA2: number): Float64Array {
  return polar.s.map((s) => Math.exp((-bFactorA2 * s) / 4));
}
