import type { PowerSpectrum } from './spectrum.ts';

/**
 * Number of directions in the half circle, 3 degrees each: within one of them, the phase of rings with 5000 A
 * of astigmatism changes by less than 1 rad.
 */
const SECTORS = 60;

/**
 * A spectrum by direction and frequency. Sector j is centred on -90 + (j + 0.5) * 180/SECTORS degrees,
 * measured from x towards y.
 */
export interface PolarSpectrum {
  readonly sectors: number;
  /** Number of radial bins; bin i is at frequency (firstBin + i) * stepPerA. */
  readonly bins: number;
  readonly firstBin: number;
  readonly stepPerA: number;
  /** Squared frequency of each bin, 1/A^2. */
  readonly s: Float64Array;
  readonly frequency: Float64Array;
  /**
   * Mean amplitude (root of the mean power), sectors*bins; a cell without pixels has the mean of its ring.
   */
  readonly amplitude: Float64Array;
  /** Number of independent values in the mean of each cell; 0 if it has no pixels. */
  readonly weight: Float64Array;
  /** Number of pixels in each ring. */
  readonly counts: Float64Array;
  /** Root of the mean power of each ring. */
  readonly ringAmplitude: Float64Array;
}

/** Polar cells of each pixel of a tile's spectrum; the same for all tiles of one size. */
export interface PolarGrid {
  readonly bins: number;
  readonly firstBin: number;
  readonly stepPerA: number;
  /**
   * For each used pixel: its index in the half plane, its nearest ring, its first cell, and the fractions of
   * it in the next ring and in the next sector.
   */
  readonly pixel: Int32Array;
  readonly ring: Int32Array;
  readonly cell: Int32Array;
  readonly ringFraction: Float32Array;
  readonly sectorFraction: Float32Array;
  /** Number of pixels in each cell, including fractions of pixels. */
  readonly weight: Float64Array;
}

/**
 * Pixels of a tile that exceed the mean of their ring by this factor come from a crystal or the camera: noise
 * does so for 6 pixels in a million.
 */
const PEAK_LIMIT = 12;
/** Stride of the pixels from which the mean of a ring is estimated for the peak limit. */
const RING_MEAN_STRIDE = 3;
/**
 * Cells are stored with a margin of one on each side, so that pixels are added without bounds checks; the
 * margin is folded in at the end.
 */
const MARGIN = 2;

/** Direction of a sector's centre, radians. */
export function sectorAngle(sector: number): number {
  return ((sector + 0.5) / SECTORS - 0.5) * Math.PI;
}

/**
 * Each pixel is divided linearly between the two nearest rings and sectors, so that no cell is biased by the
 * positions of its few pixels. The axes are omitted because the edges of the tiles and stripes of the camera
 * appear there. Anisotropic magnification would be added here: it only changes the ring and sector of a
 * pixel.
 * @param lowPerA - lowest frequency
 * @param highPerA - highest frequency; at most Nyquist
 */
export function polarGrid(size: number, stepPerA: number, lowPerA: number, highPerA: number): PolarGrid {
  const key = [size, stepPerA, lowPerA, highPerA].join();
  if (lastGrid?.key !== key) lastGrid = { key, grid: makeGrid(size, stepPerA, lowPerA, highPerA) };
  return lastGrid.grid;
}

/** Cache: all movies of a session have the same grid. */
let lastGrid: { readonly key: string; readonly grid: PolarGrid } | undefined;

function makeGrid(size: number, stepPerA: number, lowPerA: number, highPerA: number): PolarGrid {
  const firstBin = Math.max(2, Math.floor(lowPerA / stepPerA));
  const lastBin = Math.min(size / 2 - 1, Math.ceil(highPerA / stepPerA));
  const bins = lastBin - firstBin + 1;
  const halfWidth = size / 2 + 1;
  // Half a disc, including the margin of one ring.
  const maxPixels = Math.ceil((Math.PI / 2) * (lastBin + 2) ** 2 + 4 * (lastBin + 2));
  const pixel = new Int32Array(maxPixels);
  const ring = new Int32Array(maxPixels);
  const cell = new Int32Array(maxPixels);
  const ringFraction = new Float32Array(maxPixels);
  const sectorFraction = new Float32Array(maxPixels);
  let count = 0;
  for (let row = 1; row < size; row++) {
    const ky = row < size / 2 ? row : row - size;
    if (Math.abs(ky) > lastBin + 1) continue;
    const maxKx = Math.min(halfWidth - 1, Math.ceil(Math.sqrt((lastBin + 1) ** 2 - ky * ky)));
    for (let kx = 1; kx <= maxKx; kx++) {
      const r = Math.sqrt(kx * kx + ky * ky) - firstBin;
      const bin = Math.floor(r);
      if (bin < -1 || bin >= bins) continue;
      const sectorPosition = (Math.atan2(ky, kx) / Math.PI + 0.5) * SECTORS - 0.5;
      const sector = Math.floor(sectorPosition);
      pixel[count] = row * halfWidth + kx;
      ring[count] = Math.round(r) + 1;
      cell[count] = (sector + 1) * (bins + MARGIN) + bin + 1;
      ringFraction[count] = r - bin;
      sectorFraction[count] = sectorPosition - sector;
      count++;
    }
  }
  const grid = {
    bins,
    firstBin,
    stepPerA,
    pixel: pixel.subarray(0, count),
    ring: ring.subarray(0, count),
    cell: cell.subarray(0, count),
    ringFraction: ringFraction.subarray(0, count),
    sectorFraction: sectorFraction.subarray(0, count),
    weight: new Float64Array(SECTORS * bins),
  };
  const ones = new Float32Array(size * halfWidth).fill(1);
  return { ...grid, weight: distribute(grid, ones, new Float64Array(bins + MARGIN).fill(Infinity)) };
}

/**
 * Power of one tile summed into cells, sectors*bins; divided by `grid.weight` it is the mean. Peaks are
 * limited to a multiple of the mean of their ring.
 */
export function polarPower(grid: PolarGrid, power: Float32Array): Float64Array {
  const { pixel, ring, bins } = grid;
  // The limit is derived from the mean amplitude (its square is pi/4 of the mean power), which a few peaks
  // hardly change.
  const total = new Float64Array(bins + MARGIN);
  const count = new Float64Array(bins + MARGIN);
  for (let i = 0; i < pixel.length; i += RING_MEAN_STRIDE) {
    const r = ring[i] as number;
    total[r] = (total[r] as number) + Math.sqrt(power[pixel[i] as number] as number);
    count[r] = (count[r] as number) + 1;
  }
  const limits = total.map((t, r) => PEAK_LIMIT * (4 / Math.PI) * (t / Math.max(1, count[r] as number)) ** 2);
  return distribute(grid, power, limits);
}

function distribute(
  grid: Omit<PolarGrid, 'weight'>,
  power: Float32Array,
  limits: Float64Array,
): Float64Array {
  const { bins, pixel, ring, cell, ringFraction, sectorFraction } = grid;
  const width = bins + MARGIN;
  const sums = new Float64Array((SECTORS + MARGIN) * width);
  for (let i = 0; i < pixel.length; i++) {
    const at = cell[i] as number;
    const limit = limits[ring[i] as number] as number;
    const pixelPower = power[pixel[i] as number] as number;
    const value = pixelPower < limit ? pixelPower : limit;
    const outer = value * (ringFraction[i] as number);
    const inner = value - outer;
    const fraction = sectorFraction[i] as number;
    const innerNext = inner * fraction;
    const outerNext = outer * fraction;
    sums[at] = (sums[at] as number) + inner - innerNext;
    sums[at + 1] = (sums[at + 1] as number) + outer - outerNext;
    sums[at + width] = (sums[at + width] as number) + innerNext;
    sums[at + width + 1] = (sums[at + width + 1] as number) + outerNext;
  }
  const cells = new Float64Array(SECTORS * bins);
  for (let j = 0; j < SECTORS + MARGIN; j++) {
    const sector = (j + SECTORS - 1) % SECTORS;
    for (let i = 0; i < bins; i++) {
      cells[sector * bins + i] = (cells[sector * bins + i] as number) + (sums[j * width + i + 1] as number);
    }
  }
  return cells;
}

/** @param sums - cells from `polarPower`, scaled so that their weight is `tiles` times `grid.weight` */
export function polarMean(grid: PolarGrid, sums: Float64Array, tiles: number): PolarSpectrum {
  const { bins, firstBin, stepPerA } = grid;
  const frequency = new Float64Array(bins).map((_, i) => (firstBin + i) * stepPerA);
  const counts = new Float64Array(bins);
  const ringAmplitude = new Float64Array(bins);
  grid.weight.forEach((w, at) => {
    counts[at % bins] = (counts[at % bins] as number) + w;
    ringAmplitude[at % bins] = (ringAmplitude[at % bins] as number) + (sums[at] as number) / tiles;
  });
  for (let i = 0; i < bins; i++) {
    ringAmplitude[i] = Math.sqrt((ringAmplitude[i] as number) / Math.max(1e-9, counts[i] as number));
  }
  const weight = grid.weight.map((w) => (w > 0.05 ? w * tiles : 0));
  const amplitude = sums.map((v, at) =>
    (weight[at] as number) > 0 ? Math.sqrt(v / (weight[at] as number)) : (ringAmplitude[at % bins] as number),
  );
  const s = frequency.map((f) => f * f);
  return {
    sectors: SECTORS,
    bins,
    firstBin,
    stepPerA,
    s,
    frequency,
    amplitude,
    weight,
    counts,
    ringAmplitude,
  };
}

/** Polar form of one mean spectrum. */
export function polarSpectrum(spectrum: PowerSpectrum, lowPerA: number, highPerA: number): PolarSpectrum {
  const grid = polarGrid(spectrum.size, spectrum.stepPerA, lowPerA, highPerA);
  const sums = polarPower(grid, spectrum.power).map((v) => v * spectrum.tiles);
  return polarMean(grid, sums, spectrum.tiles);
}

/** The part of a polar spectrum between two frequencies. */
export function polarRange(polar: PolarSpectrum, lowPerA: number, highPerA: number): PolarSpectrum {
  let from = 0;
  while (from < polar.bins - 1 && (polar.frequency[from] ?? 0) < lowPerA) from++;
  let to = polar.bins;
  while (to > from + 1 && (polar.frequency[to - 1] ?? 0) > highPerA) to--;
  const bins = to - from;
  const cut = (values: Float64Array) => values.slice(from, to);
  const cutCells = (values: Float64Array) => {
    const cells = new Float64Array(polar.sectors * bins);
    for (let j = 0; j < polar.sectors; j++) {
      cells.set(values.subarray(j * polar.bins + from, j * polar.bins + to), j * bins);
    }
    return cells;
  };
  return {
    sectors: polar.sectors,
    bins,
    firstBin: polar.firstBin + from,
    stepPerA: polar.stepPerA,
    s: cut(polar.s),
    frequency: cut(polar.frequency),
    amplitude: cutCells(polar.amplitude),
    weight: cutCells(polar.weight),
    counts: cut(polar.counts),
    ringAmplitude: cut(polar.ringAmplitude),
  };
}
