import { closeSync, readFileSync, readSync } from 'node:fs';
import type { Boundary } from '../../base/real-path.ts';
import { CodedError } from '../../contract/errors.ts';
import { openWithin } from '../../formats/input-file.ts';
import type { Image } from '../../formats/movie.ts';
import { readImage } from '../../formats/open.ts';
import type { AlignFinding } from '../findings.ts';
import { type DefectBox, parseDefectText } from './defect-text.ts';
import { referenceErrorText } from './reference-error.ts';

/** Pixels of a movie that cannot be used: from the gain, from a defect map, or hot. */

/** A set of pixels of one image, one bit each. */
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

  /** Calls `visit` with each pixel of the set, ascending. */
  forEach(visit: (index: number) => void): void {
    for (let byte = 0; byte < this.#bits.length; byte++) {
      if (this.#bits[byte] === 0) continue;
      for (let index = 8 * byte; index < 8 * byte + 8; index++) if (this.has(index)) visit(index);
    }
  }

  addAll(other: PixelSet): void {
    other.forEach((index) => {
      this.add(index);
    });
  }

  add(index: number): void {
    if (this.has(index)) return;
    this.#bits[index >> 3] = this.#bits[index >> 3]! | (1 << (index & 7));
    this.#size++;
  }
}

/** Adds pixels at which the gain is zero, negative or not a number. */
export function addGainDefects(bad: PixelSet, gain: Image): void {
  const { data } = gain;
  for (let i = 0; i < data.length; i++) {
    if (!(data[i]! > 0 && data[i]! < Number.POSITIVE_INFINITY)) bad.add(i);
  }
}

/**
 * Adds the pixels of a defect map: an image (MRC, TIFF, DM3, DM4) whose non-zero pixels are defects, with the
 * size of the movie, half that size or twice that size; or text, see `defect-text.ts`.
 * @throws CodedError DEFECTS_UNREADABLE
 */
export function addMappedDefects(bad: PixelSet, path: string, within?: Boundary): AlignFinding[] {
  let text: string | null;
  try {
    text = readIfText(path, within);
  } catch (error) {
    throw new CodedError('DEFECTS_UNREADABLE', referenceErrorText(error), { file: path }, { cause: error });
  }
  if (text !== null) return addTextDefects(bad, text, path);
  addImageDefects(bad, path, within);
  return [];
}

/** Bytes needed to distinguish text from an image. */
const START_BYTES = 512;

/** The text of the file; null if it is an image. */
function readIfText(path: string, within: Boundary): string | null {
  const fd = openWithin(path, within);
  try {
    const start = Buffer.alloc(START_BYTES);
    const bytes = start.subarray(0, readSync(fd, start, 0, start.length, 0));
    const isText = bytes.every((byte) => byte === 9 || byte === 10 || byte === 13 || byte >= 32);
    return isText ? readFileSync(fd, 'utf8') : null;
  } finally {
    closeSync(fd);
  }
}

function addImageDefects(bad: PixelSet, path: string, within: Boundary): void {
  let map: Image;
  try {
    map = readImage(path, within);
  } catch (error) {
    throw new CodedError('DEFECTS_UNREADABLE', referenceErrorText(error), { file: path }, { cause: error });
  }
  const { width, height, data } = map;
  const scale = scaleOf(bad, width, height, 'The map', path);
  for (let i = 0; i < data.length; i++)
    if (data[i] !== 0) addBox(bad, [i % width, Math.floor(i / width), 1, 1], scale);
}

function addTextDefects(bad: PixelSet, text: string, path: string): AlignFinding[] {
  const { boxes, rowsFrom, camera, rotationAndFlip } = parseDefectText(text, path);
  const [width, height] = camera ?? [bad.width, bad.height];
  const rotationHint = rotationAndFlip > 0 ? ` The list has RotationAndFlip ${rotationAndFlip}.` : '';
  const scale = scaleOf(bad, width, height, 'The camera of the list', path, rotationHint);
  let coveredPixels = 0;
  for (const [x, y, boxWidth, boxHeight] of boxes) {
    const last = Math.min(y + boxHeight, height);
    if (last <= y) continue;
    coveredPixels += addBox(bad, [x, rowsFrom === 'top' ? height - last : y, boxWidth, last - y], scale);
    if (coveredPixels > MAX_COVERED * bad.width * bad.height)
      throw new CodedError(
        'DEFECTS_UNREADABLE',
        `Its ${boxes.length} boxes overlap too much: they cover the camera many times.`,
        {
          file: path,
        },
      );
  }
  return rotationAndFlip > 0 ? [{ kind: 'defects-rotated', rotationAndFlip }] : [];
}

/**
 * Maximum area of all boxes of a list relative to the image: more than any real list has, with some overlap.
 */
const MAX_COVERED = 16;

/** Pixels of the movie per pixel of the map, along an axis: 1, 2 or 0.5. */
function scaleOf(
  bad: PixelSet,
  width: number,
  height: number,
  subject: string,
  path: string,
  hint = '',
): number {
  const scale = [1, 2, 0.5].find((factor) => width * factor === bad.width && height * factor === bad.height);
  if (scale !== undefined) return scale;
  throw new CodedError(
    'DEFECTS_UNREADABLE',
    `${subject} is ${width}x${height}, the movie ${bad.width}x${bad.height}.${hint}`,
    { file: path },
  );
}

/** @returns the number of pixels that the box covers */
function addBox(bad: PixelSet, [left, bottom, width, height]: DefectBox, scale: number): number {
  const lastX = Math.min(Math.ceil((left + width) * scale), bad.width);
  const lastY = Math.min(Math.ceil((bottom + height) * scale), bad.height);
  const [firstX, firstY] = [Math.floor(left * scale), Math.floor(bottom * scale)];
  for (let y = firstY; y < lastY; y++) for (let x = firstX; x < lastX; x++) bad.add(y * bad.width + x);
  return Math.max(0, lastX - firstX) * Math.max(0, lastY - firstY);
}

/**
 * Maximum distance, in pixels, of a neighbour that replaces a defect: in a dead area, the inner pixels are
 * replaced by pixels at its rim.
 */
const MAX_NEIGHBOUR_PIXELS = 256;

/**
 * Length of a record: a bad pixel and the neighbours that can replace it. Same value as in
 * `kernels/_rows.as.ts`.
 */
export const REPLACEMENT_LENGTH = 5;

/** For each bad pixel, a record of it and its nearest good pixels; without good pixels nearby, no record. */
export function replacementsOf(bad: PixelSet): Int32Array {
  const records: number[] = [];
  const neighbourCount = REPLACEMENT_LENGTH - 1;
  bad.forEach((index) => {
    const goodPixels = nearestGoodPixels(bad, index, neighbourCount);
    if (goodPixels.length === 0) return;
    records.push(index);
    for (let i = 0; i < neighbourCount; i++) records.push(goodPixels[i % goodPixels.length]!);
  });
  return Int32Array.from(records);
}

function nearestGoodPixels(bad: PixelSet, index: number, neighbourCount: number): number[] {
  const { width, height } = bad;
  const x0 = index % width;
  const y0 = Math.floor(index / width);
  const goodPixels: number[] = [];
  const visit = (x: number, y: number) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    if (!bad.has(y * width + x)) goodPixels.push(y * width + x);
  };
  for (let r = 1; r <= MAX_NEIGHBOUR_PIXELS && goodPixels.length < neighbourCount; r++) {
    for (let d = -r; d < r; d++) {
      visit(x0 + d, y0 - r);
      visit(x0 + r, y0 + d);
      visit(x0 - d, y0 + r);
      visit(x0 - r, y0 - d);
    }
  }
  return goodPixels;
}
