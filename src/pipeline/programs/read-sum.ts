import { errorCodeOf, messageOf } from '../../base/errors.ts';
import type { Image } from '../../formats/movie.ts';
import { readImage } from '../../formats/open.ts';
import type { MovieInput } from './movie-input.ts';
import type { ProgramOutputs } from './outputs.ts';

/**
 * Maximum difference, pixels, between the size of a program's sum and the size of the movie divided by the
 * binning: all programs round to even numbers.
 */
const ROUNDING_PIXELS = 2;

/**
 * A sum that a program wrote.
 * @param name - name of the file in the work directory
 * @throws CodedError PROGRAM_FAILED if it is missing, incomplete, of another size, blank, or contains values
 * that are not finite
 */
export function readSum(outputs: ProgramOutputs, name: string, input: MovieInput): Image {
  const { title } = outputs;
  const image = readOutputImage(outputs, name);
  const { structure, request } = input;
  const [width, height] = [structure.width / request.binning, structure.height / request.binning];
  const hasExpectedSize =
    Math.abs(image.width - width) <= ROUNDING_PIXELS && Math.abs(image.height - height) <= ROUNDING_PIXELS;
  if (!hasExpectedSize)
    throw outputs.failure(
      `${title} wrote ${name} with ${image.width}x${image.height} pixels, expected ${Math.floor(width)}x${Math.floor(height)}.`,
    );
  if (!image.data.every(Number.isFinite))
    throw outputs.failure(`${title} wrote ${name} with pixels that are NaN or infinite.`);
  const [first] = image.data;
  if (image.data.every((value) => value === first))
    throw outputs.failure(`${title} wrote ${name} with all pixels equal to ${first}.`);
  return image;
}

function readOutputImage(outputs: ProgramOutputs, name: string): Image {
  const { title } = outputs;
  try {
    return readImage(outputs.path(name));
  } catch (error) {
    throw errorCodeOf(error) === 'MOVIE_MISSING'
      ? outputs.failure(`${title} ended without an error, but did not write ${name}.`)
      : outputs.failure(`${title} wrote ${name} incompletely: ${messageOf(error)}.`);
  }
}

/** Mean of an image, in double precision. */
export const meanOf = (data: Float32Array): number =>
  data.reduce((sum, value) => sum + value, 0) / data.length;
