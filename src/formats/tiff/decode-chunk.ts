import { inflateSync } from 'node:zlib';
import { errorCodeOf } from '../../base/errors.ts';
import { CodedError } from '../../contract/errors.ts';
import type { InputFile } from '../input-file.ts';
import { lzwDecoder } from '../lzw-decoder.ts';
import { unpackNibbles } from '../nibbles.ts';
import { swapBytes } from '../pixels.ts';
import { type ChunkTable, chunkName, decodedBytes } from './chunk-table.ts';
import type { TiffKind } from './directory.ts';
import { chunkBytes, chunkRowBytes, type FrameLayout, storedPixelBytes } from './frame-layout.ts';
import { undoFloat, undoHorizontal } from './predictor.ts';

/** Larger strips would exceed the decoder's memory; no camera writes them. */
const MAX_CHUNK_BYTES = 2 ** 29;

/** Compressed chunks that follow each other in the file and are read together. */
export interface ChunkRun {
  readonly first: number;
  readonly end: number;
  /** File offset of the first chunk. */
  readonly at: number;
  readonly length: number;
}

const MAX_RUN_BYTES = 1 << 20;

/**
 * The longest run of adjacent chunks from `first` on, up to about 1 MiB, so that thousands of small strips do
 * not need one read each.
 */
export function adjacentChunks({ offsets, lengths }: ChunkTable, first: number): ChunkRun {
  let end = first + 1;
  let length = lengths[first]!;
  while (
    end < offsets.length &&
    offsets[end] === offsets[first]! + length &&
    length + lengths[end]! <= MAX_RUN_BYTES
  )
    length += lengths[end++]!;
  return { first, end, at: offsets[first]!, length };
}

/**
 * Reads a run and passes each chunk, decoded, in native byte order and without predictor, to `onChunk`. The
 * bytes are valid only during that call.
 * @throws CodedError MOVIE_CORRUPT if a chunk decodes to another length or not at all, MOVIE_UNSUPPORTED
 * beyond 512 MiB
 */
export function decodeRun(
  file: InputFile,
  kind: TiffKind,
  layout: FrameLayout,
  table: ChunkTable,
  run: ChunkRun,
  frame: number,
  onChunk: (chunk: number, bytes: Uint8Array) => void,
): void {
  const largest = Math.max(run.length, chunkBytes(layout));
  if (largest > MAX_CHUNK_BYTES)
    throw new CodedError('MOVIE_UNSUPPORTED', 'Its strips are too large.', {
      file: file.path,
      offset: run.at,
      field: chunkName(layout, frame, run.first),
      expected: `at most ${MAX_CHUNK_BYTES} bytes`,
      found: `${largest} bytes`,
    });
  const name = chunkName(layout, frame, run.first);
  const input = layout.compression === 'lzw' ? lzwDecoder().input(run.length) : new Uint8Array(run.length);
  file.readInto(input, run.at, name);
  for (let chunk = run.first; chunk < run.end; chunk++) {
    const offset = table.offsets[chunk]! - run.at;
    const length = table.lengths[chunk]!;
    const location = { file: file.path, field: chunkName(layout, frame, chunk) };
    const bytes = decompress(layout, input, offset, length, (detail, sourceOffset) => {
      return new CodedError('MOVIE_CORRUPT', detail, { ...location, offset: run.at + offset + sourceOffset });
    });
    const expectedBytes = decodedBytes(layout, chunk);
    if (
      bytes.length !== expectedBytes &&
      bytes.length !== chunkBytes(layout) &&
      layout.compression !== 'none'
    )
      throw new CodedError('MOVIE_CORRUPT', '', {
        ...location,
        offset: run.at + offset,
        expected: `${expectedBytes} bytes when decoded`,
        found: `${bytes.length}`,
      });
    onChunk(chunk, decodePixels(kind, layout, bytes.subarray(0, expectedBytes)));
  }
}

/** Converts a decompressed chunk to the pixels that are returned. */
function decodePixels(kind: TiffKind, layout: FrameLayout, stored: Uint8Array): Uint8Array {
  const pixelBytes = storedPixelBytes(layout);
  const decoded = alignedBytes(stored, pixelBytes);
  if (!kind.littleEndian && layout.predictor !== 3) swapBytes(decoded, pixelBytes);
  if (layout.predictor === 2) undoHorizontal(decoded, chunkWidthOf(layout), layout.pixelType);
  if (layout.predictor === 3) undoFloat(decoded, layout.chunkWidth);
  if (layout.nibbles) return unpack(layout, decoded);
  return layout.isDouble ? narrow(decoded) : decoded;
}

function decompress(
  layout: FrameLayout,
  input: Uint8Array,
  offset: number,
  length: number,
  errorOf: (detail: string, sourceOffset: number) => CodedError,
): Uint8Array {
  // The last strip may be padded to the height of the others.
  const capacity = chunkBytes(layout);
  switch (layout.compression) {
    case 'none':
      return input.subarray(offset, offset + length);
    case 'lzw': {
      const result = lzwDecoder().decode(offset, length, capacity);
      if (result.ok) return result.bytes;
      throw errorOf(`The LZW data contain ${result.reason}.`, result.sourceOffset);
    }
    case 'deflate':
      try {
        const chunkSize = Math.max(64, Math.min(capacity + 64, 1 << 26));
        return inflateSync(input.subarray(offset, offset + length), { maxOutputLength: capacity, chunkSize });
      } catch (error) {
        throw errorOf(`Deflate failed with ${errorCodeOf(error) ?? String(error)}.`, 0);
      }
  }
}

/** Number of values in a row for the predictor: packed pixels are differenced as bytes. */
const chunkWidthOf = (layout: FrameLayout) => (layout.nibbles ? chunkRowBytes(layout) : layout.chunkWidth);

function unpack(layout: FrameLayout, stored: Uint8Array): Uint8Array {
  const rowBytes = chunkRowBytes(layout);
  const out = new Uint8Array((stored.length / rowBytes) * layout.chunkWidth);
  unpackNibbles(stored, rowBytes, layout.chunkWidth, out, layout.nibbles ?? 'highFirst');
  return out;
}

/** 64-bit floats as 32-bit ones. */
function narrow({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(Float32Array.from(new Float64Array(buffer, byteOffset, length / 8)).buffer);
}

function alignedBytes(bytes: Uint8Array, pixelBytes: number): Uint8Array {
  return bytes.byteOffset % pixelBytes === 0 ? bytes : bytes.slice();
}
