import type { GainCheck } from '../../contract/gain-check.ts';
import type { GainEvidence } from './check.ts';
import { clipDeviations, detail } from './detail.ts';
import { matrixBetween } from './orientations.ts';

/**
 * The fixed-pattern noise of the detector in the counts, before and after gain correction, as pictures for
 * users. A single pixel is dominated by counting noise, so the neighbourhoods of all pixels of a region are
 * averaged, each weighted by the sensitivity of the pixel relative to its neighbours, according to the gain.
 * The pattern appears as a spot in the centre; without a spot, the pattern has been removed.
 */
export interface GainPattern {
  /** Side of a map, odd. */
  readonly size: number;
  /** The setting whose pattern is shown: the best match, or the orientation with the highest score. */
  readonly testedSetting: GainCheck['setting'];
  readonly setting: GainCheck['setting'];
  /**
   * Map of the counts before correction, size*size: fraction of the pattern at each displacement; zero
   * displacement is the centre. 1: the entire pattern.
   */
  readonly counts: Float32Array;
  /** The same after correction with the setting. */
  readonly withSetting: Float32Array;
  /** The same after correction with the best match; null if that is the setting, or if there is none. */
  readonly withBestMatch: Float32Array | null;
}

/** Maximum displacement in a map, pixels. */
const MAX_DISPLACEMENT = 7;
/**
 * Side of the region in the centre of the image: large enough to detect a few percent of a typical pattern.
 */
const REGION_SIDE = 192;

export function gainPattern(evidence: GainEvidence, check: GainCheck): GainPattern {
  const { sum, gain, width, height, setting, isBad } = evidence;
  const best = check.best ?? [...check.scores].sort((a, b) => b.score - a.score)[0]!;
  const sense = check.best?.sense;
  const testedSetting = { rotate: best.rotate, flip: best.flip, ...(sense ? { sense } : {}) };
  const isContradicted = check.verdict === 'contradicts';
  const toFactor = (value: number) => (sense ? 1 / value : value);
  const matrix = matrixBetween(testedSetting, setting);
  const [w, h] = [Math.min(REGION_SIDE, width), Math.min(REGION_SIDE, height)];
  const [left, top] = [(width - w) >> 1, (height - h) >> 1];
  const newImage = () => new Float32Array(w * h);
  const [counts, setGain, bestGain] = [newImage(), newImage(), newImage()];
  for (let y = 0, i = 0; y < h; y++) {
    for (let x = 0; x < w; x++, i++) {
      const index = (top + y) * width + left + x;
      const dx = 2 * (left + x) - (width - 1);
      const dy = 2 * (top + y) - (height - 1);
      const gainX = (matrix[0] * dx + matrix[1] * dy + width - 1) / 2;
      const gainY = (matrix[2] * dx + matrix[3] * dy + height - 1) / 2;
      const gainIndex = gainY * width + gainX;
      counts[i] = isBad(index) ? Number.NaN : sum[index]!;
      setGain[i] = positiveOrNaN(gain[index]!);
      bestGain[i] = isBad(gainIndex) ? Number.NaN : positiveOrNaN(toFactor(gain[gainIndex]!));
    }
  }
  const pattern = detailsOf(
    bestGain.map((value) => 1 / value),
    w,
    h,
  );
  const mapOf = (image: Float32Array) => slopeMap(detailsOf(image, w, h), pattern, w, h);
  return {
    size: 2 * MAX_DISPLACEMENT + 1,
    testedSetting,
    setting: check.setting,
    counts: mapOf(counts),
    withSetting: mapOf(counts.map((value, i) => value * setGain[i]!)),
    withBestMatch: isContradicted ? mapOf(counts.map((value, i) => value * bestGain[i]!)) : null,
  };
}

const positiveOrNaN = (value: number) => (value > 0 && value < Number.POSITIVE_INFINITY ? value : Number.NaN);

/** Detail of every pixel, clipped; 0 at the border and where it is not available. */
function detailsOf(image: Float32Array, width: number, height: number): Float64Array {
  const pixels: number[] = [];
  const details: number[] = [];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const value = detail(
        (i) => image[i]!,
        (i) => !Number.isNaN(image[i]!),
        width,
        x,
        y,
      );
      if (value === null) continue;
      pixels.push(y * width + x);
      details.push(value);
    }
  }
  const values = clipDeviations(Float64Array.from(details));
  const out = new Float64Array(width * height);
  pixels.forEach((pixel, i) => {
    out[pixel] = values[i]!;
  });
  return out;
}

/** For each displacement, the slope of the image's detail against the pattern's, by least squares. */
function slopeMap(image: Float64Array, pattern: Float64Array, width: number, height: number): Float32Array {
  const size = 2 * MAX_DISPLACEMENT + 1;
  const map = new Float32Array(size * size);
  let power = 0;
  for (let y = MAX_DISPLACEMENT; y < height - MAX_DISPLACEMENT; y++)
    for (let x = MAX_DISPLACEMENT; x < width - MAX_DISPLACEMENT; x++) power += pattern[y * width + x]! ** 2;
  if (power === 0) return map;
  for (let dy = -MAX_DISPLACEMENT; dy <= MAX_DISPLACEMENT; dy++) {
    for (let dx = -MAX_DISPLACEMENT; dx <= MAX_DISPLACEMENT; dx++) {
      let cross = 0;
      for (let y = MAX_DISPLACEMENT; y < height - MAX_DISPLACEMENT; y++) {
        const row = y * width;
        const shiftedRow = row + dy * width + dx;
        for (let x = MAX_DISPLACEMENT; x < width - MAX_DISPLACEMENT; x++)
          cross += pattern[row + x]! * image[shiftedRow + x]!;
      }
      map[(dy + MAX_DISPLACEMENT) * size + dx + MAX_DISPLACEMENT] = cross / power;
    }
  }
  return map;
}
