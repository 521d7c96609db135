import type { Boundary } from '../base/real-path.ts';
import { CodedError, type ErrorCode } from '../contract/errors.ts';
import { readDm } from './dm/read.ts';
import { looksLikeDm } from './dm/tags.ts';
import type { EerOptions } from './eer/grouping.ts';
import { inspectEer, looksLikeEer, openEer } from './eer/read.ts';
import { type InputFile, openInputFile } from './input-file.ts';
import type { Image, MovieReader, MovieStructure } from './movie.ts';
import { openMrc } from './mrc/read.ts';
import { looksLikeMrc, readMrcStructure } from './mrc/structure.ts';
import { asNumbers, frameBytes } from './pixels.ts';
import { inspectTiff, openTiff } from './tiff/read.ts';

/** Result of a check of a file's structure; the pixels are not read. */
export type MovieInspection =
  | { readonly complete: true; readonly structure: MovieStructure }
  | {
      readonly complete: false;
      /** The file has no bytes. */
      readonly empty: boolean;
      /** Missing bytes may still be written. False: the file cannot become complete by growing. */
      readonly mayGrow: boolean;
      readonly reason: string;
      readonly code: ErrorCode;
    };

export interface MovieOptions {
  /** How the camera frames of an EER file are summed into fractions; ignored for other formats. */
  readonly eer?: EerOptions;
  /** Real path of the folder that the file must be in, see `openInputFile`; absent: anywhere. */
  readonly within?: Boundary;
}

/**
 * Opens a movie. The format is detected from the first bytes, not from the name: `.gain` files are TIFF, for
 * example.
 * @throws CodedError MOVIE_MISSING, MOVIE_EMPTY, MOVIE_TRUNCATED, MOVIE_CORRUPT, MOVIE_UNSUPPORTED,
 * MOVIE_SIZE_MISMATCH, and TOO_FEW_FRAMES if an EER file has too few camera frames for one fraction
 */
export function openMovie(path: string, options: MovieOptions = {}): MovieReader {
  const file = openInputFile(path, options.within);
  try {
    switch (formatOf(file)) {
      case 'eer':
        return openEer(file, options.eer);
      case 'tiff':
        return openTiff(file);
      case 'mrc':
        return openMrc(file);
      case 'dm':
        throw notAMovieError(file);
    }
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Whether a movie is complete according to its structure. Reads only headers, directories and tables.
 */
export function inspectMovie(path: string, within?: Boundary): MovieInspection {
  let file: InputFile | undefined;
  try {
    file = openInputFile(path, within);
    return { complete: true, structure: structureIn(file) };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const empty = error.code === 'MOVIE_EMPTY';
    const mayGrow = empty || error.code === 'MOVIE_TRUNCATED';
    return { complete: false, empty, mayGrow, reason: error.message, code: error.code };
  } finally {
    file?.close();
  }
}

/**
 * Reads the first frame of an MRC or TIFF file, or the image in a DM3 or DM4 file, as numbers, e.g. a gain
 * reference or a micrograph.
 * @throws CodedError with a MOVIE_* code, as `openMovie`; readers of gain references throw GAIN_UNREADABLE
 * with it as the cause
 */
export function readImage(path: string, within?: Boundary): Image {
  const dm = readIfDm(path, within);
  if (dm) return dm;
  const reader = openMovie(path, { within });
  try {
    const { width, height, pixelType, pixelSizeA } = reader;
    const bytes = new Uint8Array(frameBytes(reader));
    reader.readFrame(0, bytes);
    const values = asNumbers(bytes, pixelType);
    return {
      width,
      height,
      pixelSizeA,
      data: values instanceof Float32Array ? values : Float32Array.from(values),
    };
  } finally {
    reader.close();
  }
}

function readIfDm(path: string, within: Boundary): Image | null {
  const file = openInputFile(path, within);
  try {
    return formatOf(file) === 'dm' ? readDm(file) : null;
  } finally {
    file.close();
  }
}

const TIFF_MAGICS = ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'];
/**
 * First bytes of files that compression programs write; as the width of an MRC image, they would be
 * implausible.
 */
const COMPRESSORS = [
  { name: 'bzip2', magic: 'BZh' },
  { name: 'zstd', magic: '\x28\xb5\x2f\xfd' },
  { name: 'gzip', magic: '\x1f\x8b\x08' },
  { name: 'xz', magic: '\xfd7zXZ' },
] as const;
/** Number of bytes by which a format is recognized; includes the machine stamp of an MRC header. */
const MAGIC_BYTES = 216;

function structureIn(file: InputFile): MovieStructure {
  switch (formatOf(file)) {
    case 'eer':
      return inspectEer(file);
    case 'tiff':
      return inspectTiff(file);
    case 'mrc':
      return structureOfMrc(file);
    case 'dm':
      throw notAMovieError(file);
  }
}

const notAMovieError = (file: InputFile) =>
  new CodedError(
    'MOVIE_UNSUPPORTED',
    'It is a DigitalMicrograph image: only gain references and defect maps are read from this format.',
    {
      file: file.path,
    },
  );

function formatOf(file: InputFile): 'tiff' | 'eer' | 'mrc' | 'dm' {
  const head = file.peek(0, Math.min(MAGIC_BYTES, file.sizeBytes), 'first bytes');
  const magic = Buffer.from(head.subarray(0, 4)).toString('latin1');
  if (TIFF_MAGICS.includes(magic)) return looksLikeEer(file) ? 'eer' : 'tiff';
  const isTooShort = head.length < 4;
  // Some programs that copy files fill them with zeros first.
  const isAllZeros = head.every((byte) => byte === 0);
  if (isAllZeros || (isTooShort && TIFF_MAGICS.some((known) => known.startsWith(magic))))
    throw new CodedError('MOVIE_TRUNCATED', 'Its header has not been written yet.', {
      file: file.path,
      offset: 0,
      expected: 'a header',
      found: `${file.sizeBytes} bytes`,
    });
  const compressor = COMPRESSORS.find(
    ({ magic: start }) => Buffer.from(head).indexOf(start, 0, 'latin1') === 0,
  );
  if (compressor)
    throw new CodedError(
      'MOVIE_UNSUPPORTED',
      `It is compressed by ${compressor.name}: decompress it first.`,
      {
        file: file.path,
        offset: 0,
        field: 'first bytes',
        expected: 'the header of a TIFF or MRC file',
        found: compressor.name,
      },
    );
  if (looksLikeDm(head)) return 'dm';
  if (looksLikeMrc(head)) return 'mrc';
  throw new CodedError('MOVIE_CORRUPT', 'It is neither TIFF nor MRC.', {
    file: file.path,
    offset: 0,
    field: 'first bytes',
    expected: 'the header of a TIFF or MRC file',
    found: Buffer.from(head.subarray(0, 8)).toString('hex'),
  });
}

function structureOfMrc(file: InputFile): MovieStructure {
  const { format, width, height, frames, pixelType, pixelSizeA, warnings } = readMrcStructure(file);
  return { format, width, height, frames, pixelType, pixelSizeA, warnings };
}
