import type { InputFile } from '../input-file.ts';
import { type MovieReader, type MovieStructure, PIXEL_BYTES } from '../movie.ts';
import { PACKED_WARNING } from '../nibbles.ts';
import { checkFrameRequest, swapBytes } from '../pixels.ts';
import { checkAgainstFirst, type TiffChain, walkChain } from './chain.ts';
import { type ChunkTable, decodedBytes, readChunkTable } from './chunk-table.ts';
import { adjacentChunks, decodeRun } from './decode-chunk.ts';
import { readDirectory, type TiffKind } from './directory.ts';
import { type FrameLayout, readFrameLayout, readPixelSizeA } from './frame-layout.ts';
import { pixelSignedness } from './signedness.ts';

/**
 * Reads frames of a TIFF or BigTIFF movie. All directories are checked when the file is opened; the directory
 * of a frame and its table of strips or tiles are read when the frame is read. The file begins at the top of
 * the image, regardless of its orientation tag; rows are returned from the bottom up, as in an MRC file
 * (RELION and IMOD read a TIFF in the same way). The reader owns `file`: closing the reader closes the file.
 * @throws CodedError MOVIE_TRUNCATED, MOVIE_CORRUPT, MOVIE_UNSUPPORTED or MOVIE_SIZE_MISMATCH
 */
export function openTiff(file: InputFile): MovieReader {
  const chain = walkChain(file, (kind, layout, frame) => {
    // Callers allocate memory for the first frame, so its size must be plausible.
    if (frame === 0) readChunkTable(file, kind, layout, frame);
  });
  const statedStructure = structureOf(file, chain);
  const { pixelType, warnings } = pixelSignedness(file, chain);
  const structure: MovieStructure = {
    ...statedStructure,
    pixelType,
    warnings: [...statedStructure.warnings, ...warnings],
    ...(pixelType === statedStructure.pixelType ? {} : { canBeMisread: true }),
  };
  return {
    ...structure,
    path: file.path,
    readFrame(index, out) {
      const target = checkFrameRequest(structure, index, out);
      const { kind, firstFrame, frameOffsets } = chain;
      const layout = readFrameLayout(file, kind, readDirectory(file, kind, frameOffsets[index]!));
      checkAgainstFirst(file, firstFrame, layout, index);
      const table = readChunkTable(file, kind, layout, index);
      if (layout.compression === 'none' && !layout.tiled && !layout.nibbles && !layout.isDouble)
        readUncompressed(file, kind, layout, table, index, target);
      else readDecoded(file, kind, layout, table, index, target);
    },
    close: () => file.close(),
  };
}

/**
 * Structure of a complete file; checks every directory and that every strip or tile ends within the file.
 * @throws as `openTiff`
 */
export function inspectTiff(file: InputFile): MovieStructure {
  return structureOf(
    file,
    walkChain(file, (kind, layout, frame) => {
      readChunkTable(file, kind, layout, frame);
    }),
  );
}

function structureOf(file: InputFile, chain: TiffChain): MovieStructure {
  const { kind, firstDirectory, firstFrame, frameOffsets } = chain;
  const hiddenCount = hiddenFrames(file, chain);
  return {
    format: 'tiff',
    width: firstFrame.width,
    height: firstFrame.height,
    frames: frameOffsets.length,
    pixelType: firstFrame.pixelType,
    pixelSizeA: readPixelSizeA(file, kind, firstDirectory),
    ...(firstFrame.isDouble ? { isStoredAsFloat64: true } : {}),
    warnings: [
      ...(firstFrame.nibbles === 'lowFirst' ? [PACKED_WARNING] : []),
      ...(hiddenCount > 0
        ? [
            `The file lists one frame, but is large enough to contain ${hiddenCount} more of the same size: a large ImageJ stack, for example, lists only its first image. Save it with one TIFF directory (IFD) per frame.`,
          ]
        : []),
    ],
  };
}

/** If a file lists only one frame: the number of further frames of the same size that it could contain. */
function hiddenFrames(file: InputFile, { kind, firstFrame, frameOffsets }: TiffChain): number {
  if (frameOffsets.length > 1) return 0;
  const { lengths } = readChunkTable(file, kind, firstFrame, 0);
  const stored = lengths.reduce((sum, length) => sum + length, 0);
  return stored > 0 ? Math.floor((file.sizeBytes - stored) / stored) : 0;
}

/** Rows of uncompressed strips are read in blocks of this size. */
const BLOCK_BYTES = 1 << 20;

/** Reads uncompressed strips, adjacent ones together. */
function readUncompressed(
  file: InputFile,
  kind: TiffKind,
  layout: FrameLayout,
  table: ChunkTable,
  frame: number,
  out: Uint8Array,
): void {
  const rowBytes = layout.width * PIXEL_BYTES[layout.pixelType];
  const block = new Uint8Array(Math.min(out.length, Math.max(rowBytes, BLOCK_BYTES)));
  const blockRows = Math.floor(block.length / rowBytes);
  let row = 0;
  for (let chunk = 0; chunk < layout.chunks; ) {
    let at = table.offsets[chunk]!;
    let length = 0;
    // A strip may have more bytes than its pixels need; then the next strip is not adjacent.
    do length += decodedBytes(layout, chunk++);
    while (chunk < layout.chunks && table.offsets[chunk] === at + length);
    for (const last = row + length / rowBytes; row < last; ) {
      const rows = Math.min(blockRows, last - row);
      const bytes = block.subarray(0, rows * rowBytes);
      file.readInto(bytes, at, `frame ${frame}`);
      copyRows(layout, row, bytes, out);
      row += rows;
      at += bytes.length;
    }
  }
  if (!kind.littleEndian) swapBytes(out, PIXEL_BYTES[layout.pixelType]);
}

/** Copies rows of the frame's width, from row `top` of the file on, to their position in the frame. */
function copyRows(layout: FrameLayout, top: number, bytes: Uint8Array, out: Uint8Array): void {
  const rowBytes = layout.width * PIXEL_BYTES[layout.pixelType];
  let to = (layout.height - 1 - top) * rowBytes;
  for (let from = 0; from < bytes.length; from += rowBytes, to -= rowBytes)
    out.set(bytes.subarray(from, from + rowBytes), to);
}

function readDecoded(
  file: InputFile,
  kind: TiffKind,
  layout: FrameLayout,
  table: ChunkTable,
  frame: number,
  out: Uint8Array,
): void {
  for (let chunk = 0; chunk < layout.chunks; ) {
    const run = adjacentChunks(table, chunk);
    decodeRun(file, kind, layout, table, run, frame, (at, bytes) => copyChunk(layout, at, bytes, out));
    chunk = run.end;
  }
}

function copyChunk(layout: FrameLayout, chunk: number, bytes: Uint8Array, out: Uint8Array): void {
  const pixelBytes = PIXEL_BYTES[layout.pixelType];
  const rowBytes = layout.width * pixelBytes;
  const top = Math.floor(chunk / layout.chunksAcross) * layout.chunkHeight;
  if (!layout.tiled) {
    copyRows(layout, top, bytes, out);
    return;
  }
  const left = (chunk % layout.chunksAcross) * layout.chunkWidth;
  const rows = Math.min(layout.chunkHeight, layout.height - top);
  const usedBytes = Math.min(layout.chunkWidth, layout.width - left) * pixelBytes;
  for (let row = 0; row < rows; row++) {
    const from = row * layout.chunkWidth * pixelBytes;
    const to = (layout.height - 1 - top - row) * rowBytes + left * pixelBytes;
    out.set(bytes.subarray(from, from + usedBytes), to);
  }
}
