import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import { createMrcStackWriter } from '../../../src/formats/mrc/write.ts';
import { createTiffWriter } from '../../../src/formats/tiff/write.ts';
import { randomNumbers } from '../../support/random.ts';
import { alignRequest } from './align-request.ts';
import { hasRelion, relionSkipNote, runRelion } from './relion.ts';

const dir = mkdtempSync(join(tmpdir(), 'relion-gain-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const WIDTH = 160;
const HEIGHT = 128;
/** Width of the content beyond each edge of a frame, pixels. */
const MARGIN = 20;
const FRAMES = 4;
/** Motion of the content per frame, whole pixels: to the right, and down in the display of an MRC file. */
const STEP = [1, -2] as const;

const noise = (seed: number, width: number, height: number) => {
  const random = randomNumbers(seed);
  return Float32Array.from({ length: width * height }, () => random());
};

const blur = (image: Float32Array, width: number): Float32Array =>
  image.map((_, i) => {
    let sum = 0;
    for (let y = -2; y <= 2; y++) for (let x = -2; x <= 2; x++) sum += image[i + y * width + x] ?? 0.5;
    return sum / 25;
  });

const contentWidth = WIDTH + 2 * MARGIN;
/** Blurred so that both programs interpolate it in the same way. */
const content = blur(noise(1, contentWidth, HEIGHT + 2 * MARGIN), contentWidth);
const frames = Array.from({ length: FRAMES }, (_, n) =>
  Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const x = (i % WIDTH) + MARGIN - n * STEP[0];
    const y = Math.floor(i / WIDTH) + MARGIN - n * STEP[1];
    return 40 * content[y * contentWidth + x]!;
  }),
);
/**
 * Weak compared with the content, so that it does not change any shift; strong compared with the difference
 * between the sums of the two programs.
 */
const gain = noise(2, WIDTH, HEIGHT).map((v) => 0.95 + 0.1 * v);

type Format = 'tiff' | 'mrc';
function write(name: string, format: Format, width: number, height: number, data: readonly Float32Array[]) {
  const path = join(dir, name);
  const shape = { width, height };
  const writer =
    format === 'tiff'
      ? createTiffWriter(path, { ...shape, pixelType: 'f32', compression: 'none' })
      : createMrcStackWriter(path, { ...shape, mode: 2, pixelSizeA: 1 });
  for (const frame of data) writer.appendFrame(new Uint8Array(frame.buffer));
  writer.finish();
  return path;
}

/** Root mean square difference, without the borders, where programs treat the outside differently. */
function difference(a: Float32Array, b: Float32Array): number {
  let squares = 0;
  let count = 0;
  for (let y = MARGIN; y < HEIGHT - MARGIN; y++)
    for (let x = MARGIN; x < WIDTH - MARGIN; x++, count++)
      squares += (a[y * WIDTH + x]! - b[y * WIDTH + x]!) ** 2;
  return Math.sqrt(squares / count);
}

describe.skipIf(!hasRelion)(
  `gain references, motion and micrographs compared with RELION${relionSkipNote}`,
  () => {
    const formats = ['tiff', 'mrc'] as const;
    const pairs = formats.flatMap((movie) => formats.map((reference) => [movie, reference] as const));
    it.each(pairs)(
      'agree for every rotation and flip: movie in %s, gain reference in %s',
      async (movieFormat, gainFormat) => {
        const movie = write(
          `movie.${movieFormat === 'tiff' ? 'tiff' : 'mrcs'}`,
          movieFormat,
          WIDTH,
          HEIGHT,
          frames,
        );
        const results: { name: string; engineSum: Float32Array; relionSum: Float32Array }[] = [];
        for (const rotate of [0, 1, 2, 3] as const) {
          const [width, height] = rotate % 2 === 1 ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT];
          const path = write(`gain.${gainFormat}`, gainFormat, width, height, [gain]);
          for (const flip of [0, 1, 2] as const) {
            const outcome = await alignMovie(alignRequest(movie, { gain: { path, rotate, flip } }));
            const gainFlags = ['--gainref', path, '--gain_rot', `${rotate}`, '--gain_flip', `${flip}`];
            const relion = runRelion(dir, movie, ['--skip_defect', ...gainFlags]);
            const name = `rotate ${rotate}, flip ${flip}`;
            relion.shifts.forEach(([x, y], n) => {
              expect(Math.abs(x - n * STEP[0]) + Math.abs(y - n * STEP[1]), `RELION, ${name}`).toBeLessThan(
                0.2,
              );
              const [engineX, engineY] = outcome.shiftsPixels[n]!;
              expect(Math.abs(x - engineX) + Math.abs(y - engineY), name).toBeLessThan(0.2);
            });
            results.push({ name, engineSum: outcome.sum, relionSum: relion.sum.data });
          }
        }
        // Some settings give the same orientation: for example, rotate 2 with flip 1 equals flip 2 alone. All
        // others give different sums.
        for (const { name, engineSum, relionSum } of results) {
          const sameSettingDifference = difference(relionSum, engineSum);
          const otherSettings = results.filter((other) => difference(other.engineSum, engineSum) > 0.1);
          expect(otherSettings.length, name).toBeGreaterThanOrEqual(10);
          expect(
            Math.min(...otherSettings.map((other) => difference(relionSum, other.engineSum))) /
              sameSettingDifference,
            name,
          ).toBeGreaterThan(3);
        }
      },
      60_000,
    );
  },
);
