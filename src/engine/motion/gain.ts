import { statSync } from 'node:fs';
import { CodedError } from '../../contract/errors.ts';
import type { GainSetting } from '../../contract/recipe.ts';
import type { Image } from '../../formats/movie.ts';
import { readImage } from '../../formats/open.ts';

/** Gain references: read, turned to the movie, checked. */

/**
 * A gain multiplies. Its values that are zero or no number mark dead pixels.
 * @throws CodedError GAIN_MISSING, GAIN_UNREADABLE, or GAIN_SIZE_MISMATCH with both sizes
 */
export function loadGain(setting: GainSetting, movieWidth: number, movieHeight: number): Image {
  const gain = orientGain(readGain(setting.path), setting);
  if (gain.width !== movieWidth || gain.height !== movieHeight) {
    const turned = setting.rotate % 2 === 1 ? ' after rotation' : '';
    throw new CodedError(
      'GAIN_SIZE_MISMATCH',
      `The gain is ${gain.width}x${gain.height}${turned}, the movie ${movieWidth}x${movieHeight}.`,
      { file: setting.path },
    );
  }
  if (!gain.data.some((value) => value > 0)) {
    throw new CodedError('GAIN_UNREADABLE', 'No pixel of it is above zero.', { file: setting.path });
  }
  return gain;
}

function readGain(path: string): Image {
  try {
    statSync(path);
  } catch (error) {
    throw new CodedError('GAIN_MISSING', '', { file: path }, { cause: error });
  }
  try {
    return readImage(path);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new CodedError('GAIN_UNREADABLE', detail, { file: path }, { cause: error });
  }
}

/**
 * Rotation, then flip, as MotionCor's -RotGain and -FlipGain. Counter-clockwise is as MRC viewers show an image, with row 0
 * at the bottom: the pixel (x, y) goes to (height - 1 - y, x). Flip 1 reverses the rows, flip 2 the columns.
 */
export function orientGain(gain: Image, setting: Pick<GainSetting, 'rotate' | 'flip'>): Image {
  if (setting.rotate === 0 && setting.flip === 0) return gain;
  const { width, height, data } = gain;
  const isTurned = setting.rotate % 2 === 1;
  const newWidth = isTurned ? height : width;
  const newHeight = isTurned ? width : height;
  const out = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let [toX, toY] = rotated(x, y, width, height, setting.rotate);
      if (setting.flip === 1) toY = newHeight - 1 - toY;
      if (setting.flip === 2) toX = newWidth - 1 - toX;
      out[toY * newWidth + toX] = data[y * width + x]!;
    }
  }
  return { width: newWidth, height: newHeight, data: out, pixelSizeA: gain.pixelSizeA };
}

function rotated(
  x: number,
  y: number,
  width: number,
  height: number,
  turns: GainSetting['rotate'],
): [number, number] {
  switch (turns) {
    case 0:
      return [x, y];
    case 1:
      return [height - 1 - y, x];
    case 2:
      return [width - 1 - x, height - 1 - y];
    case 3:
      return [y, width - 1 - x];
  }
}
