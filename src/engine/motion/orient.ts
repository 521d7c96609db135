import type { GainSetting } from '../../contract/recipe.ts';
import type { Image, MovieStructure, RowsFrom } from '../../formats/movie.ts';

/**
 * Turning a gain to a movie. Rotation and flip are those of the picture as a viewer shows it, whatever the formats: so RELION
 * takes `--gain_rot` and `--gain_flip`, and a gain that was converted from one format to another needs no other setting.
 */

/** Where a viewer shows the first row of a movie. RELION reads TIFF from the top and all others from the bottom. */
export const rowsOfMovie = (format: MovieStructure['format']): RowsFrom =>
  format === 'tiff' ? 'top' : 'bottom';

/**
 * Rotation, then flip, as MotionCor's -RotGain and -FlipGain: counter-clockwise; 1 upside down, 2 left-right.
 * @param movieRows - of the movie that it is for; the result has its order of rows
 */
export function orientGain(
  gain: Image,
  setting: Pick<GainSetting, 'rotate' | 'flip'>,
  movieRows: RowsFrom = 'bottom',
): Image {
  const gainRows = gain.rowsFrom ?? 'bottom';
  if (setting.rotate === 0 && setting.flip === 0)
    return gainRows === movieRows ? gain : { ...reverseRows(gain), rowsFrom: movieRows };
  const upright = gainRows === 'bottom' ? gain : reverseRows(gain);
  const turned = turn(upright, setting);
  return { ...(movieRows === 'bottom' ? turned : reverseRows(turned)), rowsFrom: movieRows };
}

export function reverseRows(image: Image): Image {
  const { width, height } = image;
  const data = new Float32Array(image.data.length);
  for (let y = 0; y < height; y++)
    data.set(image.data.subarray(y * width, (y + 1) * width), (height - 1 - y) * width);
  return { ...image, data };
}

/** As `orientGain`, row 0 at the bottom: counter-clockwise, the pixel (x, y) goes to (height - 1 - y, x). */
function turn(gain: Image, setting: Pick<GainSetting, 'rotate' | 'flip'>): Image {
  const { width, height, data } = gain;
  const isTurned = setting.rotate % 2 === 1;
  const newWidth = isTurned ? height : width;
  const newHeight = isTurned ? width : height;
  // Where the pixel (0, 0) goes, and the steps in the result from pixel to pixel along x and along y.
  const at = (x: number, y: number): number => {
    let [toX, toY] = rotated(x, y, width, height, setting.rotate);
    if (setting.flip === 1) toY = newHeight - 1 - toY;
    if (setting.flip === 2) toX = newWidth - 1 - toX;
    return toY * newWidth + toX;
  };
  const origin = at(0, 0);
  const stepX = at(1, 0) - origin;
  const stepY = at(0, 1) - origin;
  const out = new Float32Array(data.length);
  for (let y = 0, from = 0; y < height; y++)
    for (let x = 0, to = origin + y * stepY; x < width; x++, to += stepX) out[to] = data[from++]!;
  return { ...gain, width: newWidth, height: newHeight, data: out };
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
