import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { realPathIfExists } from '../base/real-path.ts';
import { CodedError } from '../contract/errors.ts';
import type { GainSetting } from '../contract/recipe.ts';
import { inspectMovie, readImage } from '../formats/open.ts';
import type { MovieValues } from './movie-values.ts';
import { boundariesOf, type Run } from './run.ts';

interface OwnGain {
  readonly setting: GainSetting | null;
  readonly warnings: readonly string[];
}

/**
 * The gain reference of a movie: the file next to it that is named in its metadata, unless a user gave
 * another one. SerialEM writes a new name after each calibration of the camera.
 */
export function ownGain({ batch, moviePath }: Run, { gainReference }: MovieValues): OwnGain {
  const setting = batch.recipe.gain;
  if (setting === null || gainReference === null) return { setting, warnings: [] };
  const { name, source } = gainReference;
  const path = join(dirname(moviePath), name);
  const isThere = statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  if (!isThere || isSameFile(path, setting.path)) return { setting, warnings: [] };
  const used = basename(setting.path);
  const isGiven = batch.root === undefined || (batch.named ?? []).includes(setting.path);
  return isGiven
    ? {
        setting,
        warnings: [`${source} names the gain reference ${name}, but ${used} was given and is used.`],
      }
    : {
        setting: { ...setting, path },
        warnings: [`The gain reference ${name} is used instead of ${used}, because ${source} names it.`],
      };
}

const isSameFile = (a: string, b: string): boolean => realPathIfExists(a) === realPathIfExists(b);

/** @throws CodedError GAIN_SIZE_MISMATCH if each pixel of the gain would be used for 2 x 2 pixels */
export function refuseHalfSizeGain({ batch }: Run, { format, width, height }: MovieValues): void {
  const { gain } = batch.recipe;
  // For EER movies, a gain with the sensor's size is normal, regardless of the upsampling.
  if (gain === null || format === 'eer') return;
  const size = sizeOf(gain.path, boundariesOf(batch).gain);
  if (size === null || !isHalfOf(size, { width, height }, gain.rotate)) return;
  throw new CodedError(
    'GAIN_SIZE_MISMATCH',
    `The gain reference is half the size of the movie (${width}x${height}), which half_size_gain in the config file does not allow.`,
    { file: gain.path },
  );
}

type Size = Pick<MovieValues, 'width' | 'height'>;

/** null: the file cannot be read, which the alignment reports. */
function sizeOf(path: string, within: Parameters<typeof inspectMovie>[1]): Size | null {
  try {
    const found = inspectMovie(path, within);
    // DigitalMicrograph images are gain references, but not movies.
    return found.complete ? found.structure : readImage(path, within);
  } catch {
    return null;
  }
}

/** @param quarterTurns - by which the gain is rotated before it is applied */
function isHalfOf(gain: Size, movie: Size, quarterTurns: number): boolean {
  const [width, height] = quarterTurns % 2 === 1 ? [gain.height, gain.width] : [gain.width, gain.height];
  return 2 * width === movie.width && 2 * height === movie.height;
}
