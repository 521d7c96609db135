import { CodedError } from '../../contract/errors.ts';
import type { InputFile } from '../input-file.ts';
import type { MovieReader, MovieStructure } from '../movie.ts';
import { checkFrameRequest } from '../pixels.ts';
import { eachDirectory } from '../tiff/chain.ts';
import { readDirectory, readTiffHeader, type TiffKind } from '../tiff/directory.ts';
import { readPixelSizeA } from '../tiff/frame-layout.ts';
import { eerDecoder } from './decoder.ts';
import { compressionOf, EER_COMPRESSIONS, type EerFrame, readEerFrame } from './frame.ts';
import { type EerOptions, groupCameraFrames } from './grouping.ts';

/** The camera frames of a file. Only the offset of each frame's directory is kept. */
interface CameraFrames {
  readonly kind: TiffKind;
  readonly first: EerFrame;
  readonly pixelSizeA: number | null;
  readonly offsets: readonly number[];
  /** Number of directories that contain something else, such as a sum. */
  readonly otherImages: number;
}

/**
 * Whether the first or second directory of a TIFF is a camera frame: some programs write the sum of all
 * frames first.
 */
export function looksLikeEer(file: InputFile): boolean {
  const { firstDirectoryOffset, ...kind } = readTiffHeader(file);
  let checked = 0;
  for (const directory of eachDirectory(file, kind, firstDirectoryOffset)) {
    const compression = compressionOf(file, kind, directory);
    if (compression !== undefined && EER_COMPRESSIONS.includes(compression)) return true;
    if (++checked === 2) break;
  }
  return false;
}

/**
 * Reads an EER file as a movie of fractions. Rows are returned in the order of the file, from the bottom up,
 * as in RELION. The reader owns `file`: closing the reader closes the file.
 * @throws CodedError MOVIE_TRUNCATED, MOVIE_CORRUPT, MOVIE_UNSUPPORTED, MOVIE_SIZE_MISMATCH, TOO_FEW_FRAMES
 */
export function openEer(file: InputFile, options: EerOptions = {}): MovieReader {
  const camera = findCameraFrames(file);
  const structure = structureOf(file, camera, options);
  return {
    ...structure,
    path: file.path,
    readFrame(index, out) {
      const target = checkFrameRequest(structure, index, out);
      const { framesPerFraction } = structure.eer!;
      const decoder = eerDecoder();
      decoder.begin(shapeOf(camera, structure));
      for (let i = 0; i < framesPerFraction; i++) addFrame(file, camera, index * framesPerFraction + i);
      target.set(decoder.image());
    },
    close: () => file.close(),
  };
}

/**
 * Structure of a complete file; checks every directory and that every stream ends within the file.
 * @throws as `openEer`
 */
export function inspectEer(file: InputFile): MovieStructure {
  return structureOf(file, findCameraFrames(file), {});
}

function findCameraFrames(file: InputFile): CameraFrames {
  const { firstDirectoryOffset: at, ...kind } = readTiffHeader(file);
  const offsets: number[] = [];
  let first: EerFrame | undefined;
  let pixelSizeA: number | null = null;
  let otherImages = 0;
  for (const directory of eachDirectory(file, kind, at)) {
    const compression = compressionOf(file, kind, directory);
    if (compression === undefined || !EER_COMPRESSIONS.includes(compression)) {
      otherImages++;
      continue;
    }
    const frame = readEerFrame(file, kind, directory, offsets.length);
    if (!first) {
      first = frame;
      pixelSizeA = readPixelSizeA(file, kind, directory);
    }
    checkSize(file, first, frame, directory.at, offsets.length);
    offsets.push(directory.at);
  }
  if (!first)
    throw new CodedError('MOVIE_CORRUPT', 'It has no camera frame.', { file: file.path, offset: at });
  return { kind, first, pixelSizeA, offsets, otherImages };
}

function checkSize(file: InputFile, first: EerFrame, frame: EerFrame, offset: number, index: number): void {
  if (frame.width !== first.width || frame.height !== first.height)
    throw new CodedError('MOVIE_SIZE_MISMATCH', '', {
      file: file.path,
      offset,
      field: `camera frame ${index}`,
      expected: `${first.width}x${first.height}`,
      found: `${frame.width}x${frame.height}`,
    });
}

function structureOf(file: InputFile, camera: CameraFrames, options: EerOptions): MovieStructure {
  const { first, offsets, otherImages } = camera;
  const eer = groupCameraFrames(offsets.length, options);
  const { upsampling, framesPerFraction, leftOver } = eer;
  if (upsampling === 2 && (first.coding.xBits === 0 || first.coding.yBits === 0))
    throw new CodedError('MOVIE_UNSUPPORTED', 'It has no sub-pixel positions of electrons.', {
      file: file.path,
      field: 'sub-pixel bits',
      expected: '1 or more for eer_upsampling 2',
      found: '0',
    });
  const warnings: string[] = [];
  if (leftOver > 0)
    warnings.push(
      `Camera frames at the end that do not fill a fraction of ${framesPerFraction} camera frames are not used: ${leftOver} of ${offsets.length}.`,
    );
  return {
    format: 'eer',
    width: first.width * upsampling,
    height: first.height * upsampling,
    frames: Math.floor(offsets.length / framesPerFraction),
    pixelType: framesPerFraction > 255 ? 'u16' : 'u8',
    pixelSizeA: camera.pixelSizeA === null ? null : camera.pixelSizeA / upsampling,
    warnings:
      otherImages > 0
        ? [...warnings, `${otherImages} images in the file are not camera frames and are not used.`]
        : warnings,
    eer,
  };
}

function shapeOf({ first }: CameraFrames, { pixelType, eer }: MovieStructure) {
  const { width, height } = first;
  return { width, height, upsampling: eer!.upsampling, pixelBytes: pixelType === 'u16' ? 2 : 1 } as const;
}

/** Reads the stream of one camera frame and adds its electrons to the decoder's image. */
function addFrame(file: InputFile, camera: CameraFrames, index: number): void {
  const { kind, first, offsets } = camera;
  const frame = readEerFrame(file, kind, readDirectory(file, kind, offsets[index]!), index);
  checkSize(file, first, frame, offsets[index]!, index);
  const length = frame.lengths.reduce((sum, strip) => sum + strip, 0);
  const input = eerDecoder().input(length);
  let readBytes = 0;
  frame.offsets.forEach((offset, strip) => {
    const bytes = frame.lengths[strip]!;
    file.readInto(input.subarray(readBytes, readBytes + bytes), offset, `camera frame ${index}`);
    readBytes += bytes;
  });
  const result = eerDecoder().add(length, frame.coding);
  if (result.ok) return;
  throw new CodedError('MOVIE_CORRUPT', `The stream ${result.reason}.`, {
    file: file.path,
    field: `camera frame ${index}`,
    offset: offsetInFile(frame, result.sourceOffset),
  });
}

/** File offset of byte `at` of the stream. */
function offsetInFile({ offsets, lengths }: EerFrame, at: number): number {
  let precedingBytes = 0;
  for (let strip = 0; strip < offsets.length; strip++) {
    if (at <= precedingBytes + lengths[strip]!) return offsets[strip]! + at - precedingBytes;
    precedingBytes += lengths[strip]!;
  }
  return offsets[0]!;
}
