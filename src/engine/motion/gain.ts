import { statSync } from 'node:fs';
import { CodedError } from '../../contract/errors.ts';
import type { GainSetting } from '../../contract/recipe.ts';
import type { Image } from '../../formats/movie.ts';
import { readImage } from '../../formats/open.ts';
import { reverseRows } from '../../formats/pixels.ts';
import { fitGain, type GainTarget, invertGain, type LoadedGain } from './gain-size.ts';
import { orientGain } from './orient.ts';

/** Reading of gain references: converted to multiply, rotated to the movie, scaled to its size. */

/**
 * A gain is multiplied, except that one for EER whose name does not end in `.gain` is divided by. Values that
 * are zero or not a number mark dead pixels.
 * @throws CodedError GAIN_MISSING, GAIN_UNREADABLE, or GAIN_SIZE_MISMATCH with both sizes
 */
export function loadGain(setting: GainSetting, movie: GainTarget, within?: string): LoadedGain {
  const read = readGain(setting.path, movie, within);
  const oriented = orientGain(read, setting);
  const fitted = fitGain(oriented, movie);
  if (fitted === null) throw sizeMismatch(setting, read, oriented, movie);
  if (!fitted.image.data.some((value) => value > 0))
    throw new CodedError('GAIN_UNREADABLE', 'No pixel of it is above zero.', { file: setting.path });
  return fitted;
}

/**
 * The gain to multiply with, not yet rotated.
 * @throws CodedError GAIN_MISSING, GAIN_UNREADABLE
 */
function readGain(path: string, movie: Pick<GainTarget, 'format'>, within: string | undefined): Image {
  try {
    statSync(path);
  } catch (error) {
    throw new CodedError('GAIN_MISSING', '', { file: path }, { cause: error });
  }
  let image: Image;
  try {
    image = readImage(path, within);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new CodedError('GAIN_UNREADABLE', detail, { file: path }, { cause: error });
  }
  if (movie.format !== 'eer') return image;
  if (!/\.gain$/i.test(path)) return invertGain(image);
  // EPU's reference for EER files is a TIFF, but its rows are in the order of the EER file: from the bottom.
  reverseRows(image.data, image.width);
  return image;
}

function sizeMismatch(setting: GainSetting, read: Image, oriented: Image, movie: GainTarget): CodedError {
  const turned = setting.rotate % 2 === 1 ? ' after rotation' : '';
  const wouldFit = fitGain({ ...oriented, width: oriented.height, height: oriented.width }, movie) !== null;
  const hint = wouldFit && read.width !== read.height ? ' Turned by 90 degrees it would fit.' : '';
  return new CodedError(
    'GAIN_SIZE_MISMATCH',
    `The gain is ${oriented.width}x${oriented.height}${turned}, the movie ${movie.width}x${movie.height}.${hint}`,
    { file: setting.path },
  );
}
