import { createOutputFile } from '../output-file.ts';
import { encodeMrcHeader, type MrcStatistics } from './header.ts';
import { MRC_HEADER_BYTES } from './header-table.ts';
import { runningStatistics } from './statistics.ts';
import type { MrcImage } from './write.ts';

/** Images as 16-bit floats (IEEE 754 binary16), MRC mode 12: half the space of mode 2. */

/**
 * Largest finite number, and bits of the fraction: numbers from 2^k to 2^(k+1) are spaced by 2^(k-10).
 */
const MAX_VALUE = 65504;
const FRACTION_BITS = 10;
/** Rounding to steps of a third of the standard deviation adds 1 % to the variance: step^2 / 12. */
const MAX_STEP_SIGMAS = 1 / 3;
const BLOCK_VALUES = 1 << 18;

/**
 * Whether 16-bit floats can represent an image: no value too large, and rounding steps well below the noise.
 */
export function fitsFloat16({ minimum, maximum, mean, rms }: MrcStatistics): boolean {
  const largestMagnitude = Math.max(Math.abs(minimum), Math.abs(maximum));
  const step = mean === 0 ? 0 : 2 ** (Math.floor(Math.log2(Math.abs(mean))) - FRACTION_BITS);
  return largestMagnitude <= MAX_VALUE && step <= MAX_STEP_SIGMAS * rms;
}

/** Statistics of all values, for `fitsFloat16`. */
export function statisticsOf(data: Float32Array): MrcStatistics {
  const statistics = runningStatistics();
  statistics.add(data);
  return statistics.result();
}

/**
 * Writes one image in mode 12 and flushes it to the disk. The header's statistics are those of the rounded
 * values.
 * @param pixelSizeA - Angstrom; null if it is not known
 * @throws CodedError DISK_FULL or OUTPUT_NOT_WRITABLE
 */
export function writeMrcFloat16(
  path: string,
  { width, height, data }: MrcImage,
  pixelSizeA: number | null,
  label?: string,
): void {
  const file = createOutputFile(path);
  try {
    file.append(new Uint8Array(MRC_HEADER_BYTES));
    const statistics = runningStatistics();
    for (let at = 0; at < data.length; at += BLOCK_VALUES) {
      const rounded = new Float16Array(data.subarray(at, at + BLOCK_VALUES));
      file.append(new Uint8Array(rounded.buffer));
      statistics.add(rounded);
    }
    const imageFields = { width, height, frames: 1, mode: 12, pixelSizeA } as const;
    const header = {
      ...imageFields,
      statistics: statistics.result(),
      ...(label === undefined ? {} : { label }),
    };
    file.patch(0, encodeMrcHeader(header));
    file.finish();
  } catch (error) {
    file.abandon();
    throw error;
  }
}
