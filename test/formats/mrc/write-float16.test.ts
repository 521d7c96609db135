import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { fitsFloat16, statisticsOf, writeMrcFloat16 } from '../../../src/formats/mrc/write-float16.ts';
import { inspectMovie, readImage } from '../../../src/formats/open.ts';
import { temporaryDirectory } from '../temporary.ts';

const pathOf = temporaryDirectory();

/** Noise around a constant, like a sum of frames. */
function noise(count: number, level: number, spread: number): Float32Array {
  const nextUint32 = createRandom(7).uint32;
  const uniform = () => nextUint32() / 2 ** 32 - 0.5;
  return Float32Array.from({ length: count }, () => level + spread * Math.sqrt(12) * uniform());
}

describe('writing MRC in 16-bit floats', () => {
  const [width, height] = [601, 503];
  const data = noise(width * height, 40, 6);
  const path = pathOf('half.mrc');
  writeMrcFloat16(path, { width, height, data }, 1.25, 'sum of a movie');
  const bytes = readFileSync(path);

  it('uses mode 12, two bytes per pixel and the nearest representable numbers', () => {
    expect(bytes.length).toBe(1024 + 2 * width * height);
    expect([0, 4, 8, 12].map((offset) => bytes.readInt32LE(offset))).toEqual([width, height, 1, 12]);
    expect(bytes.toString('latin1', 208, 212)).toBe('MAP ');
    const view = new DataView(bytes.buffer, bytes.byteOffset + 1024);
    data.forEach((value, i) => {
      if (view.getFloat16(2 * i, true) !== Math.f16round(value)) expect.fail(`pixel ${i}`);
    });
  });

  it('writes a header whose statistics are those of the pixels in the file', () => {
    const view = new DataView(bytes.buffer, bytes.byteOffset + 1024);
    const values = Array.from(data, (_, i) => view.getFloat16(2 * i, true));
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const rms = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length);
    const minimum = values.reduce((a, b) => Math.min(a, b));
    const maximum = values.reduce((a, b) => Math.max(a, b));
    expect([76, 80].map((offset) => bytes.readFloatLE(offset))).toEqual([minimum, maximum]);
    expect(bytes.readFloatLE(84)).toBeCloseTo(mean, 5);
    expect(bytes.readFloatLE(216)).toBeCloseTo(rms, 5);
    expect(rms / statisticsOf(data).rms).toBeCloseTo(1, 5);
  });

  it('produces a file that is read back, with its pixel size', () => {
    const image = readImage(path);
    expect([image.width, image.height, image.pixelSizeA]).toEqual([width, height, 1.25]);
    expect(image.data.every((value, i) => value === Math.f16round(data[i]!))).toBe(true);
    expect(inspectMovie(path)).toMatchObject({ complete: true, structure: { frames: 1 } });
  });

  it('is refused for values outside its range, and if its rounding would be significant compared with the noise', () => {
    const fits = (level: number, spread: number) => fitsFloat16(statisticsOf(noise(10_000, level, spread)));
    expect(fits(40, 6)).toBe(true);
    expect(fits(30_000, 170)).toBe(true);
    expect(fits(70_000, 260)).toBe(false);
    expect(fits(4000, 2)).toBe(false);
    expect(fits(0, 1e-3)).toBe(true);
  });
});
