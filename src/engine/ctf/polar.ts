import type { PowerSpectrum } from './spectrum.ts';

/** Directions in the half circle; 3 degrees each: rings of 5000 A of astigmatism turn less than 1 rad within one. */
export const SECTORS = 60;

/** A spectrum by direction and frequency. Sector j looks along -90 + (j + 0.5) * 180/SECTORS degrees, from x to y. */
export interface PolarSpectrum {
  readonly sectors: number;
  /** Number of radial bins; bin i lies at frequency (firstBin + i) * stepPerA. */
  readonly bins: number;
  readonly firstBin: number;
  readonly stepPerA: number;
  /** Squared frequency of each bin, 1/A^2. */
  readonly s: Float64Array;
  readonly frequency: Float64Array;
  /** Mean amplitude (root of the mean power), sectors*bins; a cell without pixels holds the mean of its ring. */
  readonly amplitude: Float64Array;
  /** Pixels in each ring. */
  readonly counts: Float64Array;
  /** Root of the mean power of each ring. */
  readonly radial: Float64Array;
}

/** Direction of a sector's middle, radians. */
export function sectorAngle(sector: number): number {
  return ((sector + 0.5) / SECTORS - 0.5) * Math.PI;
}

/**
 * Resamples a spectrum to polar cells. Each pixel is shared linearly between the two rings and the two sectors next
 * to it, so that no cell is biased by where its few pixels happen to lie. The axes are left out (edges of the tiles
 * and rows of the camera show there), and peaks far above their ring (crystals) are cut to it.
 * @param lowPerA - lowest frequency wanted
 * @param highPerA - highest; at most Nyquist
 */
export function polarSpectrum(spectrum: PowerSpectrum, lowPerA: number, highPerA: number): PolarSpectrum {
  const { size, power, stepPerA } = spectrum;
  const firstBin = Math.max(2, Math.floor(lowPerA / stepPerA));
  const lastBin = Math.min(size / 2 - 1, Math.ceil(highPerA / stepPerA));
  const bins = lastBin - firstBin + 1;
  const limits = peakLimits(spectrum, firstBin, bins);
  const sum = new Float64Array(SECTORS * bins);
  const weight = new Float64Array(SECTORS * bins);
  const counts = new Float64Array(bins);
  const radial = new Float64Array(bins);
  const halfWidth = size / 2 + 1;
  for (let row = 1; row < size; row++) {
    const ky = row < size / 2 ? row : row - size;
    if (Math.abs(ky) > lastBin + 1) continue;
    const reach = Math.min(halfWidth - 1, Math.ceil(Math.sqrt((lastBin + 1) ** 2 - ky * ky)));
    for (let kx = 1; kx <= reach; kx++) {
      const r = Math.sqrt(kx * kx + ky * ky) - firstBin;
      const bin = Math.floor(r);
      if (bin < -1 || bin >= bins) continue;
      const value = Math.min(power[row * halfWidth + kx] ?? 0, limits[Math.round(r)] ?? Infinity);
      const turn = (Math.atan2(ky, kx) / Math.PI + 0.5) * SECTORS - 0.5;
      const sector = Math.floor(turn);
      const ringPart = r - bin;
      const sectorPart = turn - sector;
      const sectorA = (sector + SECTORS) % SECTORS;
      const sectorB = (sector + 1) % SECTORS;
      for (let side = 0; side < 2; side++) {
        const b = bin + side;
        if (b < 0 || b >= bins) continue;
        const w = side === 0 ? 1 - ringPart : ringPart;
        counts[b] = (counts[b] ?? 0) + w;
        radial[b] = (radial[b] ?? 0) + w * value;
        addTo(sum, weight, sectorA * bins + b, w * (1 - sectorPart), value);
        addTo(sum, weight, sectorB * bins + b, w * sectorPart, value);
      }
    }
  }
  const frequency = new Float64Array(bins).map((_, i) => (firstBin + i) * stepPerA);
  for (let b = 0; b < bins; b++) radial[b] = Math.sqrt((radial[b] ?? 0) / Math.max(1e-9, counts[b] ?? 0));
  const amplitude = sum.map((v, i) => {
    const w = weight[i] ?? 0;
    return w > 0.05 ? Math.sqrt(v / w) : (radial[i % bins] ?? 0);
  });
  const s = frequency.map((f) => f * f);
  return { sectors: SECTORS, bins, firstBin, stepPerA, s, frequency, amplitude, counts, radial };
}

function addTo(sum: Float64Array, weight: Float64Array, at: number, w: number, value: number): void {
  sum[at] = (sum[at] ?? 0) + w * value;
  weight[at] = (weight[at] ?? 0) + w;
}

/**
 * What a pixel of each ring may hold at most: the power of one tile is exponentially distributed, 12 means are beyond
 * chance. The mean comes from the mean amplitude (its square is pi/4 of it), which a few peaks hardly raise.
 */
function peakLimits(spectrum: PowerSpectrum, firstBin: number, bins: number): Float64Array {
  const { size, power } = spectrum;
  const halfWidth = size / 2 + 1;
  const total = new Float64Array(bins);
  const count = new Float64Array(bins);
  for (let row = 1; row < size; row++) {
    const ky = row < size / 2 ? row : row - size;
    for (let kx = 1; kx < halfWidth; kx++) {
      const bin = Math.round(Math.sqrt(kx * kx + ky * ky)) - firstBin;
      if (bin < 0 || bin >= bins) continue;
      total[bin] = (total[bin] ?? 0) + Math.sqrt(power[row * halfWidth + kx] ?? 0);
      count[bin] = (count[bin] ?? 0) + 1;
    }
  }
  return total.map((t, i) => 12 * (4 / Math.PI) * (t / Math.max(1, count[i] ?? 1)) ** 2);
}

/** The part of a polar spectrum between two frequencies. */
export function polarRange(polar: PolarSpectrum, lowPerA: number, highPerA: number): PolarSpectrum {
  let from = 0;
  while (from < polar.bins - 1 && (polar.frequency[from] ?? 0) < lowPerA) from++;
  let to = polar.bins;
  while (to > from + 1 && (polar.frequency[to - 1] ?? 0) > highPerA) to--;
  const bins = to - from;
  const amplitude = new Float64Array(polar.sectors * bins);
  for (let j = 0; j < polar.sectors; j++) {
    amplitude.set(polar.amplitude.subarray(j * polar.bins + from, j * polar.bins + to), j * bins);
  }
  const cut = (values: Float64Array) => values.slice(from, to);
  return {
    sectors: polar.sectors,
    bins,
    firstBin: polar.firstBin + from,
    stepPerA: polar.stepPerA,
    s: cut(polar.s),
    frequency: cut(polar.frequency),
    amplitude,
    counts: cut(polar.counts),
    radial: cut(polar.radial),
  };
}
