import { statSync } from 'node:fs';
import type { Boundary } from '../../base/real-path.ts';
import { CodedError } from '../../contract/errors.ts';
import type { GainSense, GainSetting } from '../../contract/recipe.ts';
import type { Image } from '../../formats/movie.ts';
import { readImage } from '../../formats/open.ts';
import { reverseRows } from '../../formats/pixels.ts';
import { fitGain, type GainTarget, invertGain, type LoadedGain } from './gain-size.ts';
import { orientGain } from './orient.ts';
import { referenceErrorText } from './reference-error.ts';

/** Reads gain references: converts them to factors, rotates and scales them to the movie. */

const isEpuGain = (path: string): boolean => /\.gain$/i.test(path);

/**
 * Whether frames are multiplied or divided by the values of a gain reference. If the setting does not specify
 * it, they are multiplied, except that EER frames are divided by a gain whose name does not end in `.gain`,
 * as in RELION.
 */
export function senseOf({ path, sense }: GainSetting, { format }: Pick<GainTarget, 'format'>): GainSense {
  return sense ?? (format === 'eer' && !isEpuGain(path) ? 'divide' : 'multiply');
}

/** Whether the sense is the one that is assumed by programs that have no setting for it. */
export const hasUsualSense = (setting: GainSetting, movie: Pick<GainTarget, 'format'>): boolean =>
  senseOf(setting, movie) === senseOf({ ...setting, sense: undefined }, movie);

/**
 * The gain as a factor. Values that are zero or not a number mark dead pixels.
 * @throws CodedError GAIN_MISSING, GAIN_UNREADABLE, or GAIN_SIZE_MISMATCH with both sizes
 */
export function loadGain(setting: GainSetting, movie: GainTarget, within?: Boundary): LoadedGain {
  const rawGain = readGain(setting, movie, within);
  const orientedGain = orientGain(rawGain, setting);
  const fittedGain = fitGain(orientedGain, movie);
  if (fittedGain === null) throw sizeMismatchError(setting, rawGain, orientedGain, movie);
  if (!fittedGain.image.data.some((value) => value > 0))
    throw new CodedError('GAIN_UNREADABLE', 'It has no pixel above zero.', { file: setting.path });
  return fittedGain;
}

/**
 * The gain as factors, not yet rotated.
 * @throws CodedError GAIN_MISSING, GAIN_UNREADABLE
 */
function readGain(setting: GainSetting, movie: Pick<GainTarget, 'format'>, within: Boundary): Image {
  const { path } = setting;
  try {
    statSync(path);
  } catch (error) {
    throw new CodedError('GAIN_MISSING', '', { file: path }, { cause: error });
  }
  let image: Image;
  try {
    image = readImage(path, within);
  } catch (error) {
    throw new CodedError('GAIN_UNREADABLE', referenceErrorText(error), { file: path }, { cause: error });
  }
  // EPU's reference for EER files is a TIFF, but its rows are in the order of the EER file: from the bottom.
  if (movie.format === 'eer' && isEpuGain(path)) reverseRows(image.data, image.width);
  return senseOf(setting, movie) === 'divide' ? invertGain(image) : image;
}

function sizeMismatchError(
  setting: GainSetting,
  rawGain: Image,
  orientedGain: Image,
  movie: GainTarget,
): CodedError {
  const afterRotation = setting.rotate % 2 === 1 ? ' after rotation' : '';
  const wouldFit =
    fitGain({ ...orientedGain, width: orientedGain.height, height: orientedGain.width }, movie) !== null;
  const hint =
    wouldFit && rawGain.width !== rawGain.height ? ' It would fit after rotation by 90 degrees.' : '';
  return new CodedError(
    'GAIN_SIZE_MISMATCH',
    `The gain is ${orientedGain.width}x${orientedGain.height}${afterRotation}, the movie ${movie.width}x${movie.height}.${hint}`,
    { file: setting.path },
  );
}
