import type { PolarSpectrum } from './polar.ts';
import type { RingProfile } from './profile.ts';

/** RELION's ice-ring band, 1/A: hexagonal ice diffracts in or next to it (at 3.9, 3.7 and 3.4 A). */
const BAND = [0.25, 0.28] as const;
const BAND_BELOW = [0.215, 0.245] as const;
const BAND_ABOVE = [0.285, 0.31] as const;

/**
 * Excess of the radial power in the ice band over the level interpolated from the bands on both sides: 0
 * none, 1 doubled.
 * @returns null if Nyquist is not beyond the band
 */
export function iceRingScore(polar: PolarSpectrum): number | null {
  const powerBelow = meanPower(polar, BAND_BELOW);
  const powerInside = meanPower(polar, BAND);
  const powerAbove = meanPower(polar, BAND_ABOVE);
  if (powerBelow === null || powerInside === null || powerAbove === null) return null;
  const centreOf = (band: readonly [number, number]) => (band[0] + band[1]) / 2;
  const fraction = (centreOf(BAND) - centreOf(BAND_BELOW)) / (centreOf(BAND_ABOVE) - centreOf(BAND_BELOW));
  const expected = powerBelow ** (1 - fraction) * powerAbove ** fraction;
  return expected > 0 ? Math.max(0, powerInside / expected - 1) : null;
}

/** Box size of CTFFIND, pixels, that determines the sampling in RELION's sum. */
const RELION_BOX = 512;

/**
 * Sum of |radial average| over the ice band, as RELION computes rlnCtfIceRingDensity from CTFFIND's averages:
 * background-free, 1 at the maxima of the CTF, sampled as in a box of 512 pixels.
 * @returns null if Nyquist is below the end of the band
 */
export function iceRingDensity({ frequency, data }: RingProfile, pixelSizeA: number): number | null {
  const stepPerA = (frequency[1] ?? 1) - (frequency[0] ?? 0);
  if ((frequency[frequency.length - 1] ?? 0) < BAND[1]) return null;
  const sum = data.reduce((total, v, i) => {
    const f = frequency[i] as number;
    return f >= BAND[0] && f <= BAND[1] ? total + Math.abs(v) : total;
  }, 0);
  return sum * stepPerA * RELION_BOX * pixelSizeA;
}

/** Mean power per pixel of a band; null if the spectrum does not cover at least two thirds of it. */
function meanPower(polar: PolarSpectrum, [low, high]: readonly [number, number]): number | null {
  let sum = 0;
  let count = 0;
  let bins = 0;
  for (let i = 0; i < polar.bins; i++) {
    const f = polar.frequency[i] ?? 0;
    if (f < low || f > high) continue;
    sum += (polar.ringAmplitude[i] ?? 0) ** 2 * (polar.counts[i] ?? 0);
    count += polar.counts[i] ?? 0;
    bins++;
  }
  return bins * polar.stepPerA < ((high - low) * 2) / 3 || count === 0 ? null : sum / count;
}
