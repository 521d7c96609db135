import type { InputFile } from '../input-file.ts';
import { type MovieReader, PIXEL_BYTES } from '../movie.ts';
import { unpackNibbles } from '../nibbles.ts';
import { checkFrameRequest, swapBytes } from '../pixels.ts';
import { determineSignedness } from './signedness.ts';
import { type MrcLayout, readMrcStructure } from './structure.ts';
import { float16ToFloat32 } from './widen.ts';

/** Number of stored bytes that are widened per read. */
const BLOCK_BYTES = 1 << 20;

/**
 * Reads frames of an MRC stack. The reader owns `file`: closing the reader closes the file.
 * @throws CodedError MOVIE_TRUNCATED, MOVIE_CORRUPT or MOVIE_UNSUPPORTED
 */
export function openMrc(file: InputFile): MovieReader {
  const layout = determineSignedness(file, readMrcStructure(file));
  return {
    format: layout.format,
    width: layout.width,
    height: layout.height,
    frames: layout.frames,
    pixelType: layout.pixelType,
    pixelSizeA: layout.pixelSizeA,
    warnings: layout.warnings,
    ...(layout.canBeMisread ? { canBeMisread: true as const } : {}),
    path: file.path,
    readFrame(index, out) {
      const frame = checkFrameRequest(layout, index, out);
      const offset = layout.dataOffset + index * layout.rowBytes * layout.height;
      if (layout.storage === 'f16' || layout.storage === 'u4') readWidened(file, layout, offset, frame);
      else {
        file.readInto(frame, offset, `frame ${index}`);
        if (!layout.littleEndian) swapBytes(frame, PIXEL_BYTES[layout.pixelType]);
      }
    },
    close: () => file.close(),
  };
}

function readWidened(file: InputFile, layout: MrcLayout, offset: number, out: Uint8Array): void {
  const { width, height, rowBytes } = layout;
  const rowsAtOnce = Math.max(1, Math.floor(BLOCK_BYTES / rowBytes));
  const stored = new Uint8Array(rowsAtOnce * rowBytes);
  const outRowBytes = width * PIXEL_BYTES[layout.pixelType];
  for (let row = 0; row < height; row += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, height - row);
    const block = stored.subarray(0, rows * rowBytes);
    file.readInto(block, offset + row * rowBytes, `row ${row}`);
    const target = out.subarray(row * outRowBytes, (row + rows) * outRowBytes);
    if (layout.storage === 'u4') unpackNibbles(block, rowBytes, width, target);
    else target.set(float16ToFloat32(block, layout.littleEndian));
  }
}
