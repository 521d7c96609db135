import { loadFftKernel } from '../kernels/load.ts';
import { Arena, createMemory, PAGE_BYTES } from '../memory/arena.ts';
import {
  blockCount,
  PAIR_BYTES,
  pitchBytes,
  planBytes,
  scratchBytes,
  writeColumnPlan,
  writeRowPlan,
} from './plan.ts';
import { isRowLength } from './sizes.ts';

/**
 * Half of the spectrum of a real image, planar, row-major: element `ky * columns + kx`, kx = 0..width/2, ky =
 * 0..height-1, where ky > height/2 means ky - height. Zero frequency at [0].
 */
export interface HalfSpectrum {
  readonly columns: number;
  readonly rows: number;
  readonly re: Float32Array;
  readonly im: Float32Array;
}

/** A 2D real transform of one size with its own memory, on the calling thread. */
export interface RealFft2d {
  readonly width: number;
  readonly height: number;
  /**
   * F(k) = sum of image(x) exp(-2 pi i k x), not normalised.
   * @param image - height*width, row-major; not changed
   */
  forward(image: Float32Array): HalfSpectrum;
  /**
   * |F|^2 in the order of `forward`, without allocating arrays.
   * @param out - height * (width/2 + 1)
   */
  forwardPower(image: Float32Array, out: Float32Array): void;
  /** The inverse of `forward`, normalised by 1 / (width*height). The spectrum is not changed. */
  inverse(spectrum: HalfSpectrum): Float32Array;
}

/**
 * @param width - a multiple of 32; @param height - any; fast if `fastSize` (fft/sizes.ts) does not change the
 * size
 * @throws RangeError for any other size: pad to `fastSize(width, height)`
 */
export function createRealFft2d(width: number, height: number): RealFft2d {
  if (!isRowLength(width) || !Number.isInteger(height) || height < 1) {
    throw new RangeError(
      `no transform of ${width}x${height}: the width must be a multiple of 32; pad to fastSize(${width}, ${height})`,
    );
  }
  const pitch = pitchBytes(width);
  const blocks = blockCount(width);
  const bytes = planBytes(width, height) + scratchBytes(width, height) + pitch * height + 4 * PAGE_BYTES;
  const memory = createMemory(bytes);
  const arena = new Arena(memory);
  const rowPlan = writeRowPlan(arena, width);
  const columnPlan = writeColumnPlan(arena, height);
  const scratch = arena.allocate(scratchBytes(width, height));
  const base = arena.allocate(pitch * height);
  if (arena.usedBytes > memory.buffer.byteLength)
    throw new Error('the plan is larger than planBytes and scratchBytes');
  const kernel = loadFftKernel(memory);
  const values = arena.float32(base, (pitch / 4) * height);
  const columns = width / 2 + 1;

  const transform = (image: Float32Array) => {
    expectLength('image', image.length, width * height);
    for (let y = 0; y < height; y++) {
      values.set(image.subarray(y * width, (y + 1) * width), (y * pitch) / 4);
    }
    kernel.rowsForward(rowPlan, base, pitch, base, pitch, PAIR_BYTES, blocks, height, scratch);
    kernel.columns(columnPlan, base, pitch, PAIR_BYTES, 0, blocks, 0, 1, scratch);
  };

  return {
    width,
    height,
    forwardPower(image, out) {
      expectLength('power', out.length, columns * height);
      transform(image);
      for (let y = 0, i = 0; y < height; y++) {
        const row = (y * pitch) / 4;
        for (let x = 0; x < columns; x++, i++) {
          const at = row + ((x >> 2) << 3) + (x & 3);
          const re = values[at] as number;
          const im = values[at + 4] as number;
          out[i] = re * re + im * im;
        }
      }
    },
    forward(image) {
      transform(image);
      const re = new Float32Array(columns * height);
      const im = new Float32Array(columns * height);
      for (let y = 0, i = 0; y < height; y++) {
        const row = (y * pitch) / 4;
        for (let x = 0; x < columns; x++, i++) {
          const at = row + ((x >> 2) << 3) + (x & 3);
          re[i] = values[at]!;
          im[i] = values[at + 4]!;
        }
      }
      return { columns, rows: height, re, im };
    },
    inverse(spectrum) {
      expectLength('spectrum', spectrum.re.length, columns * height);
      expectLength('spectrum', spectrum.im.length, columns * height);
      values.fill(0);
      for (let y = 0, i = 0; y < height; y++) {
        const row = (y * pitch) / 4;
        for (let x = 0; x < columns; x++, i++) {
          const at = row + ((x >> 2) << 3) + (x & 3);
          values[at] = spectrum.re[i]!;
          values[at + 4] = spectrum.im[i]!;
        }
      }
      kernel.columns(columnPlan, base, pitch, PAIR_BYTES, 0, blocks, 1, 1, scratch);
      kernel.rowsInverse(
        rowPlan,
        base,
        pitch,
        PAIR_BYTES,
        base,
        pitch,
        height,
        1 / (width * height),
        scratch,
      );
      const image = new Float32Array(width * height);
      for (let y = 0; y < height; y++) {
        image.set(values.subarray((y * pitch) / 4, (y * pitch) / 4 + width), y * width);
      }
      return image;
    },
  };
}

function expectLength(name: string, found: number, expected: number): void {
  if (found !== expected) throw new RangeError(`${name} has ${found} values, expected ${expected}`);
}
