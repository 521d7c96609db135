import type { GainSetting } from '../../contract/recipe.ts';
import type { Image } from '../../formats/movie.ts';

/**
 * Rotates a gain to the orientation of a movie: rotation, then flip, with the conventions of MotionCor's
 * -RotGain and -FlipGain and RELION's --gain_rot and --gain_flip: counter-clockwise, 1 upside down, 2
 * left-right, as displayed in a viewer. Rows begin at the bottom, so the first quarter turn moves the pixel
 * (x, y) to (height - 1 - y, x).
 */
export function orientGain(gain: Image, setting: Pick<GainSetting, 'rotate' | 'flip'>): Image {
  if (setting.rotate === 0 && setting.flip === 0) return gain;
  const { width, height, data } = gain;
  const hasSwappedAxes = setting.rotate % 2 === 1;
  const newWidth = hasSwappedAxes ? height : width;
  const newHeight = hasSwappedAxes ? width : height;
  // Position of the pixel (0, 0) in the result, and the steps in the result from pixel to pixel along x and
  // along y.
  const targetIndex = (x: number, y: number): number => {
    let [toX, toY] = rotate(x, y, width, height, setting.rotate);
    if (setting.flip === 1) toY = newHeight - 1 - toY;
    if (setting.flip === 2) toX = newWidth - 1 - toX;
    return toY * newWidth + toX;
  };
  const origin = targetIndex(0, 0);
  const stepX = targetIndex(1, 0) - origin;
  const stepY = targetIndex(0, 1) - origin;
  const out = new Float32Array(data.length);
  for (let y = 0, from = 0; y < height; y++)
    for (let x = 0, to = origin + y * stepY; x < width; x++, to += stepX) out[to] = data[from++]!;
  return { ...gain, width: newWidth, height: newHeight, data: out };
}

function rotate(
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
