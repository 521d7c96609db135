import { CodedError } from '../../contract/errors.ts';
import type { InputFile } from '../input-file.ts';
import { MAX_FRAMES } from '../limits.ts';
import { readDirectory, readTiffHeader, type TiffDirectory, type TiffKind } from './directory.ts';
import { type FrameLayout, isReducedCopy, readFrameLayout } from './frame-layout.ts';

export interface TiffChain {
  readonly kind: TiffKind;
  readonly firstDirectory: TiffDirectory;
  readonly firstFrame: FrameLayout;
  /** Offset of the directory of each frame. */
  readonly frameOffsets: readonly number[];
}

/**
 * The directories of a file, one after the other.
 * @throws CodedError MOVIE_TRUNCATED, MOVIE_CORRUPT for a loop or too many directories
 */
export function* eachDirectory(
  file: InputFile,
  kind: TiffKind,
  firstOffset: number,
): Generator<TiffDirectory> {
  const visitedOffsets = new Set<number>();
  for (let at = firstOffset; at !== 0; ) {
    if (visitedOffsets.has(at) || visitedOffsets.size >= MAX_FRAMES)
      throw new CodedError(
        'MOVIE_CORRUPT',
        visitedOffsets.has(at) ? 'Its TIFF image file directories form a loop.' : 'It has too many frames.',
        {
          file: file.path,
          offset: at,
          field: `directory ${visitedOffsets.size}`,
        },
      );
    visitedOffsets.add(at);
    const directory = readDirectory(file, kind, at);
    yield directory;
    at = directory.next;
  }
}

/**
 * Walks the chain of directories once and checks every frame against the first.
 * @param visit - called with each frame's layout
 * @throws CodedError MOVIE_TRUNCATED, MOVIE_CORRUPT (a loop, no frame), MOVIE_SIZE_MISMATCH,
 * MOVIE_UNSUPPORTED
 */
export function walkChain(
  file: InputFile,
  visit: (kind: TiffKind, layout: FrameLayout, frame: number) => void,
): TiffChain {
  const { firstDirectoryOffset, ...kind } = readTiffHeader(file);
  const frameOffsets: number[] = [];
  let firstDirectory: TiffDirectory | undefined;
  let firstFrame: FrameLayout | undefined;
  for (const directory of eachDirectory(file, kind, firstDirectoryOffset)) {
    if (isReducedCopy(file, kind, directory)) continue;
    const layout = readFrameLayout(file, kind, directory);
    firstDirectory ??= directory;
    firstFrame ??= layout;
    checkAgainstFirst(file, firstFrame, layout, frameOffsets.length);
    visit(kind, layout, frameOffsets.length);
    frameOffsets.push(directory.at);
  }
  if (!firstDirectory || !firstFrame)
    throw new CodedError('MOVIE_CORRUPT', 'It has no frame.', {
      file: file.path,
      offset: firstDirectoryOffset,
    });
  return { kind, firstDirectory, firstFrame, frameOffsets };
}

/** @throws CodedError MOVIE_SIZE_MISMATCH, or MOVIE_UNSUPPORTED if the pixel types differ */
export function checkAgainstFirst(
  file: InputFile,
  first: FrameLayout,
  layout: FrameLayout,
  frame: number,
): void {
  const location = { file: file.path, offset: layout.directoryAt, field: `frame ${frame}` };
  if (layout.width !== first.width || layout.height !== first.height)
    throw new CodedError('MOVIE_SIZE_MISMATCH', '', {
      ...location,
      expected: `${first.width}x${first.height}`,
      found: `${layout.width}x${layout.height}`,
    });
  if (layout.pixelType !== first.pixelType)
    throw new CodedError('MOVIE_UNSUPPORTED', 'Its frames differ in pixel type.', {
      ...location,
      expected: first.pixelType,
      found: layout.pixelType,
    });
}
