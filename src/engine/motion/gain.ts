import { statSync } from 'node:fs';
import { CodedError } from '../../contract/errors.ts';
import type { GainSetting } from '../../contract/recipe.ts';
import type { Image } from '../../formats/movie.ts';
import { readImage } from '../../formats/open.ts';
import { reverseRows } from '../../formats/pixels.ts';
import { fitGain, type GainTarget, invertGain, type LoadedGain } from './gain-size.ts';
import { orientGain } from './orient.ts';

/** Reads gain references: converts them to factors, rotates and scales them to the movie. */

/**
 * Frames are multiplied by the gain, except that frames of an EER movie are divided by a gain whose name does
 * not end in `.gain`. Values that are zero or not a number mark dead pixels.
 * @throws CodedError GAIN_MISSING, GAIN_UNREADABLE, or GAIN_SIZE_MISMATCH with both sizes
 */
export function loadGain(setting: GainSetting, movie: GainTarget): LoadedGain {
  const read = readGain(setting.path, movie);
  const oriented = orientGain(read, setting);
  const fitted = fitGain(oriented, movie);
  if (fitted === null) throw sizeMismatch(setting, read, oriented, movie);
  if (!fitted.image.data.some((value) => value > 0))
    throw new CodedError('GAIN_UNREADABLE', 'It has no pixel above zero.', { file: setting.path });
  return fitted;
}

/**
 * The gain as factors, not yet rotated.
 * @throws CodedError GAIN_MISSING, GAIN_UNREADABLE
 */
function readGain(path: string, movie: Pick<GainTarget, 'format'>): Image {
  try {
    statSync(path);
  } catch (error) {
    throw new CodedError('GAIN_MISSING', '', { file: path }, { cause: error });
  }
  let image: Image;
  try {
    image = readImage(path);
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
  const afterRotation = setting.rotate % 2 === 1 ? ' after rotation' : '';
  const wouldFit = fitGain({ ...oriented, width: oriented.height, height: oriented.width }, movie) !== null;
  const hint = wouldFit && read.width !== read.height ? ' It would fit after rotation by 90 degrees.' : '';
  return new CodedError(
    'GAIN_SIZE_MISMATCH',
    `The gain is ${oriented.width}x${oriented.height}${afterRotation}, the movie ${movie.width}x${movie.height}.${hint}`,
    { file: setting.path },
  );
}
