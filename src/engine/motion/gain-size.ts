import type { Image, MovieStructure } from '../../formats/movie.ts';
import type { AlignFinding } from '../findings.ts';

/** Converts gain references whose size differs from that of the movie, or by which frames are divided. */

/** The movie that a gain reference must fit. */
export type GainTarget = Pick<MovieStructure, 'format' | 'width' | 'height' | 'eer'>;

export interface LoadedGain {
  /** Factors with the size and orientation of the movie. Zero or not a number: a dead pixel. */
  readonly image: Image;
  readonly findings: readonly AlignFinding[];
}

/** 1 / gain; values that are not positive stay dead pixels, 0. */
export function invertGain(image: Image): Image {
  return { ...image, data: image.data.map((value) => (value > 0 ? 1 / value : 0)) };
}

/**
 * Scales a gain to the movie's size: unchanged, each pixel repeated 2 x 2 times for a movie of twice the
 * size, or 2 x 2 pixels combined for one of half the size.
 * @returns null if the sizes have no such ratio
 */
export function fitGain(gain: Image, movie: GainTarget): LoadedGain | null {
  const { width, height } = movie;
  const hasSize = (w: number, h: number) => gain.width === w && gain.height === h;
  if (hasSize(width, height)) return { image: gain, findings: [] };
  const resized = (image: Image, ratio: 0.5 | 2): LoadedGain => ({
    image,
    // For EER movies, a gain with the sensor's size is normal, regardless of the upsampling.
    findings: movie.eer ? [] : [{ kind: 'gain-resized', ratio, width: gain.width, height: gain.height }],
  });
  if (2 * gain.width === width && 2 * gain.height === height) return resized(doubleSize(gain), 0.5);
  if (hasSize(2 * width, 2 * height)) return resized(halveSize(gain), 2);
  return null;
}

function doubleSize(gain: Image): Image {
  const [width, height] = [2 * gain.width, 2 * gain.height];
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y += 2) {
    const from = (y >> 1) * gain.width;
    for (let x = 0; x < width; x++) data[y * width + x] = gain.data[from + (x >> 1)]!;
    data.copyWithin((y + 1) * width, y * width, (y + 1) * width);
  }
  return { ...gain, width, height, data };
}

/**
 * The sensitivity, 1 / gain, is averaged over four pixels, dead ones as zero. (RELION sums the inverse gain
 * of EER in the same way; the sum has four times the scale.)
 */
function halveSize(gain: Image): Image {
  const [width, height] = [gain.width / 2, gain.height / 2];
  const data = new Float32Array(width * height);
  const sensitivity = (index: number) => {
    const value = gain.data[index]!;
    return value > 0 && value < Number.POSITIVE_INFINITY ? 1 / value : 0;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 2 * y * gain.width + 2 * x;
      const nextRow = at + gain.width;
      const sum = sensitivity(at) + sensitivity(at + 1) + sensitivity(nextRow) + sensitivity(nextRow + 1);
      data[y * width + x] = sum > 0 ? 4 / sum : 0;
    }
  }
  return { ...gain, width, height, data };
}
