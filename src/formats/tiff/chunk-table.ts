import { CodedError } from '../../contract/errors.ts';
import type { InputFile } from '../input-file.ts';
import { readValues, type TiffKind } from './directory.ts';
import { chunkBytes, chunkRowBytes, type FrameLayout } from './frame-layout.ts';
import { checkStoredPart } from './stored-part.ts';

/** Offsets and lengths of the strips or tiles of one frame, in the order of the frame. */
export interface ChunkTable {
  readonly offsets: Float64Array;
  readonly lengths: Float64Array;
}

/**
 * Maximum number of bytes to which one compressed byte can expand. LZW: 12 bits represent a string that grows
 * by one byte per code, with 3838 codes between two clears. Deflate: 258 bytes for 2 bits. A file with a
 * higher ratio is corrupt.
 */
const MAX_EXPANSION = { lzw: 1400, deflate: 1040 } as const;
const EXPANSION_SLACK = 4096;

/**
 * Reads the tables of a frame and checks them against the size of the file, before memory for the frame is
 * allocated.
 * @throws CodedError MOVIE_TRUNCATED if a chunk ends beyond the file, MOVIE_CORRUPT if the lengths are
 * impossible
 */
export function readChunkTable(
  file: InputFile,
  kind: TiffKind,
  layout: FrameLayout,
  frame: number,
): ChunkTable {
  const offsets = readValues(file, kind, layout.offsets, layout.chunks);
  const lengths = layout.byteCounts
    ? readValues(file, kind, layout.byteCounts, layout.chunks)
    : Float64Array.from(offsets, (_, chunk) => decodedBytes(layout, chunk));
  let total = 0;
  for (let chunk = 0; chunk < layout.chunks; chunk++) {
    const [offset, length] = [offsets[chunk]!, lengths[chunk]!];
    const field = chunkName(layout, frame, chunk);
    checkStoredPart(file, { offset, length, field }, layout.directoryAt);
    const expectedBytes = decodedBytes(layout, chunk);
    const maxDecodedBytes =
      layout.compression === 'none' ? length : length * MAX_EXPANSION[layout.compression] + EXPANSION_SLACK;
    if (maxDecodedBytes < expectedBytes)
      throw new CodedError('MOVIE_CORRUPT', 'A part of a frame is too short for its pixels.', {
        file: file.path,
        field,
        offset,
        expected: `${expectedBytes} bytes when decoded`,
        found: `${length} bytes in the file`,
      });
    total += length;
  }
  if (total > file.sizeBytes)
    throw new CodedError('MOVIE_CORRUPT', 'Parts of a frame overlap.', {
      file: file.path,
      offset: layout.directoryAt,
      field: `frame ${frame}`,
      expected: `at most ${file.sizeBytes} bytes`,
      found: `${total} bytes`,
    });
  return { offsets, lengths };
}

/** Bytes of a chunk when decoded: the last strip ends with the image, a tile is always complete. */
export function decodedBytes(layout: FrameLayout, chunk: number): number {
  if (layout.tiled) return chunkBytes(layout);
  const rows = Math.min(layout.chunkHeight, layout.height - chunk * layout.chunkHeight);
  return rows * chunkRowBytes(layout);
}

export const chunkName = (layout: FrameLayout, frame: number, chunk: number): string =>
  `frame ${frame} ${layout.tiled ? 'tile' : 'strip'} ${chunk}`;
