import { PIXEL_BYTES } from '../movie.ts';
import { createOutputFile } from '../output-file.ts';
import { asNumbers } from '../pixels.ts';
import { encodeMrcHeader, MRC_WRITE_TYPES, type MrcWriteMode } from './header.ts';
import { MRC_HEADER_BYTES } from './header-table.ts';
import { runningStatistics } from './statistics.ts';

export interface MrcImage {
  readonly width: number;
  readonly height: number;
  /** height*width values, row-major; row 0 is written first. */
  readonly data: Float32Array;
}

/**
 * Writes one image in mode 2, with correct statistics, and flushes it to the disk.
 * @param pixelSizeA - Angstrom; null if it is not known
 * @throws CodedError DISK_FULL or OUTPUT_NOT_WRITABLE
 */
export function writeMrc(path: string, image: MrcImage, pixelSizeA: number | null, label?: string): void {
  const { width, height, data } = image;
  const writer = createMrcStackWriter(path, {
    width,
    height,
    mode: 2,
    pixelSizeA,
    ...(label === undefined ? {} : { label }),
  });
  writer.appendFrame(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  writer.finish();
}

export interface MrcStackOptions {
  readonly width: number;
  readonly height: number;
  readonly mode: MrcWriteMode;
  readonly pixelSizeA: number | null;
  readonly label?: string;
}

export interface MrcStackWriter {
  /**
   * @param frame - width*height little-endian pixels of the mode (0: i8, 1: i16, 2: f32, 6: u16), rows
   * without padding
   */
  appendFrame(frame: Uint8Array): void;
  /** Writes the header, which is zero until then, and flushes. */
  finish(): void;
}

/**
 * A stack that is written frame by frame. An unfinished file is not a valid MRC: its header is still zero.
 * @throws CodedError DISK_FULL or OUTPUT_NOT_WRITABLE; RangeError for a frame of the wrong length
 */
export function createMrcStackWriter(path: string, options: MrcStackOptions): MrcStackWriter {
  const { width, height, mode } = options;
  const frameBytes = width * height * PIXEL_BYTES[MRC_WRITE_TYPES[mode]];
  const file = createOutputFile(path);
  const statistics = runningStatistics();
  let frames = 0;
  const attempt = (action: () => void) => {
    try {
      action();
    } catch (error) {
      file.abandon();
      throw error;
    }
  };
  attempt(() => file.append(new Uint8Array(MRC_HEADER_BYTES)));
  return {
    appendFrame(frame) {
      if (frame.length !== frameBytes)
        throw new RangeError(
          `A frame of ${width}x${height} in mode ${mode} has ${frameBytes} bytes, not ${frame.length}`,
        );
      attempt(() => file.append(frame));
      statistics.add(asNumbers(frame, MRC_WRITE_TYPES[mode]));
      frames++;
    },
    finish() {
      const header = encodeMrcHeader({ ...options, frames, statistics: statistics.result() });
      attempt(() => {
        file.patch(0, header);
        file.finish();
      });
    },
  };
}
