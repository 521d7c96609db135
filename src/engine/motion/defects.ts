import { readFileSync } from 'node:fs';
import { CodedError } from '../../contract/errors.ts';
import type { Image } from '../../formats/movie.ts';
import { readImage } from '../../formats/open.ts';
import { REPLACEMENT_LENGTH } from './context.ts';

/** Pixels of a movie that cannot be trusted: from the gain, from a defect map, or hot. */

/** A set of pixels of one image, a bit for each. */
export class PixelSet {
  readonly width: number;
  readonly height: number;
  readonly #bits: Uint8Array;
  #size = 0;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#bits = new Uint8Array(Math.ceil((width * height) / 8));
  }

  get size(): number {
    return this.#size;
  }

  has(index: number): boolean {
    return ((this.#bits[index >> 3]! >> (index & 7)) & 1) === 1;
  }

  add(index: number): void {
    if (this.has(index)) return;
    this.#bits[index >> 3] = this.#bits[index >> 3]! | (1 << (index & 7));
    this.#size++;
  }
}

/** Adds pixels where the gain is zero, negative or no number. */
export function addGainDefects(bad: PixelSet, gain: Image): void {
  gain.data.forEach((value, i) => {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) bad.add(i);
  });
}

/**
 * Adds the pixels of a defect map: an image of the movie's size whose non-zero pixels are defects, or text with lines
 * `x y width height`, row 0 being the first in the file.
 * @throws CodedError DEFECTS_UNREADABLE
 */
export function addMappedDefects(bad: PixelSet, path: string): void {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new CodedError('DEFECTS_UNREADABLE', String(error), { file: path }, { cause: error });
  }
  const isText = bytes
    .subarray(0, 512)
    .every((byte) => byte === 9 || byte === 10 || byte === 13 || byte >= 32);
  if (isText) addTextDefects(bad, bytes.toString('utf8'), path);
  else addImageDefects(bad, path);
}

function addImageDefects(bad: PixelSet, path: string): void {
  let map: Image;
  try {
    map = readImage(path);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new CodedError('DEFECTS_UNREADABLE', detail, { file: path }, { cause: error });
  }
  if (map.width !== bad.width || map.height !== bad.height) {
    throw new CodedError(
      'DEFECTS_UNREADABLE',
      `The map is ${map.width}x${map.height}, the movie ${bad.width}x${bad.height}.`,
      { file: path },
    );
  }
  map.data.forEach((value, i) => {
    if (value !== 0) bad.add(i);
  });
}

function addTextDefects(bad: PixelSet, text: string, path: string): void {
  text.split(/\r?\n/).forEach((line, i) => {
    const words = line.replace(/#.*/, '').trim().split(/\s+/).filter(Boolean);
    if (words.length === 0) return;
    const numbers = words.map(Number);
    if (numbers.length < 4 || !numbers.slice(0, 4).every((n) => Number.isInteger(n) && n >= 0)) {
      throw new CodedError('DEFECTS_UNREADABLE', '', {
        file: path,
        field: `line ${i + 1}`,
        expected: 'x y width height',
        found: line.trim().slice(0, 80),
      });
    }
    const [x0, y0, width, height] = numbers as [number, number, number, number];
    for (let y = y0; y < Math.min(y0 + height, bad.height); y++) {
      for (let x = x0; x < Math.min(x0 + width, bad.width); x++) bad.add(y * bad.width + x);
    }
  });
}

/** Farthest neighbour, in pixels, whose value stands in for a defect: wider dead areas take what is at their rim. */
const FARTHEST_NEIGHBOUR = 256;

/** For each bad pixel a record of itself and its nearest good pixels. Pixels without any are left as they are. */
export function replacementsOf(bad: PixelSet): Int32Array {
  const records: number[] = [];
  const wanted = REPLACEMENT_LENGTH - 1;
  for (
    let index = 0;
    index < bad.width * bad.height && records.length < bad.size * REPLACEMENT_LENGTH;
    index++
  ) {
    if (!bad.has(index)) continue;
    const good = nearestGood(bad, index, wanted);
    if (good.length === 0) continue;
    records.push(index);
    for (let i = 0; i < wanted; i++) records.push(good[i % good.length]!);
  }
  return Int32Array.from(records);
}

function nearestGood(bad: PixelSet, index: number, wanted: number): number[] {
  const { width, height } = bad;
  const x0 = index % width;
  const y0 = Math.floor(index / width);
  const good: number[] = [];
  const visit = (x: number, y: number) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    if (!bad.has(y * width + x)) good.push(y * width + x);
  };
  for (let r = 1; r <= FARTHEST_NEIGHBOUR && good.length < wanted; r++) {
    for (let d = -r; d < r; d++) {
      visit(x0 + d, y0 - r);
      visit(x0 + r, y0 + d);
      visit(x0 - d, y0 + r);
      visit(x0 - r, y0 - d);
    }
  }
  return good;
}
