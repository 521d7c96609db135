import { join } from 'node:path';
import type { Image } from '../../formats/movie.ts';
import { readImage } from '../../formats/open.ts';
import type { WorkPlace } from '../adapter.ts';
import type { MovieInput } from './movie-input.ts';
import { programFailed } from './run-program.ts';

/** The sum of a program may differ from the movie's size over the binning by this many pixels: all round to even numbers. */
const ROUNDING_PIXELS = 2;

/**
 * A sum that a program wrote.
 * @throws CodedError PROGRAM_FAILED where it is not there, is not whole, has another size, holds what is no number, or is blank
 */
export function readSum(
  program: string,
  place: WorkPlace,
  name: string,
  input: MovieInput,
  printed: string,
): Image {
  let image: Image;
  try {
    image = readImage(join(place.workDir, name));
  } catch (error) {
    const code = (error as { code?: string }).code;
    throw code === 'MOVIE_MISSING'
      ? programFailed(`${program} ended without an error, but did not write ${name}.`, printed)
      : programFailed(`${program} left ${name} in pieces: ${(error as Error).message}.`, printed);
  }
  const { structure, request } = input;
  const expected = [structure.width, structure.height].map((side) => side / request.binning);
  const isSize = [image.width, image.height].every(
    (side, i) => Math.abs(side - expected[i]!) <= ROUNDING_PIXELS,
  );
  if (!isSize)
    throw programFailed(
      `${program} wrote ${name} with ${image.width}x${image.height} pixels, expected ${expected.map(Math.floor).join('x')}.`,
      printed,
    );
  const first = image.data[0]!;
  let isBlank = true;
  for (const value of image.data) {
    if (!Number.isFinite(value))
      throw programFailed(`${program} wrote ${name} with pixels that are no numbers.`, printed);
    if (value !== first) isBlank = false;
  }
  if (isBlank) throw programFailed(`${program} wrote ${name} with all its pixels ${first}.`, printed);
  return image;
}

/** Mean of an image, in double precision. */
export const meanOf = (data: Float32Array): number =>
  data.reduce((sum, value) => sum + value, 0) / data.length;
