import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadGain } from '../../../src/engine/motion/gain.ts';
import { createMrcStackWriter } from '../../../src/formats/mrc/write.ts';
import { readImage } from '../../../src/formats/open.ts';
import { createTiffWriter } from '../../../src/formats/tiff/write.ts';
import { randomNumbers } from './synthetic-movie.ts';

const PROGRAM = '/usr/bin/relion_run_motioncorr';
const skip = !existsSync(PROGRAM);
const dir = mkdtempSync(join(tmpdir(), 'relion-gain-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const WIDTH = 160;
const HEIGHT = 128;
const noise = (seed: number, least: number, range: number) => {
  const random = randomNumbers(seed);
  return Float32Array.from({ length: WIDTH * HEIGHT }, () => least + range * random());
};
/** One frame, over and over: nothing moves, whatever is done about alignment. */
const frame = noise(1, 5, 20);
/** With fewer RELION does nothing, and says nothing. */
const FRAMES = 3;
const gain = noise(2, 0.7, 0.6);

type Format = 'tiff' | 'mrc';
function write(
  name: string,
  format: Format,
  width: number,
  height: number,
  data: Float32Array,
  frames: number,
) {
  const path = join(dir, name);
  const shape = { width, height };
  const writer =
    format === 'tiff'
      ? createTiffWriter(path, { ...shape, pixelType: 'f32', compression: 'none' })
      : createMrcStackWriter(path, { ...shape, mode: 2, pixelSizeA: 1 });
  for (let i = 0; i < frames; i++) writer.appendFrame(new Uint8Array(data.buffer));
  writer.finish();
  return path;
}

/** RELION's sum of the movie, rows in the order of the movie's file. */
function relionSum(
  movie: string,
  format: Format,
  gainName: string,
  rotate: number,
  flip: number,
): Float32Array {
  const flags = ['--i', movie, '--o', 'out/', '--use_own', '--skip_defect', '--gainref', gainName];
  const turns = ['--gain_rot', `${rotate}`, '--gain_flip', `${flip}`, '--angpix', '1', '--voltage', '300'];
  execFileSync(PROGRAM, [...flags, ...turns], { cwd: dir, stdio: 'pipe' });
  const { data } = readImage(join(dir, 'out', 'movie.mrc'));
  rmSync(join(dir, 'out'), { recursive: true, force: true });
  if (format === 'mrc') return data;
  // It reads TIFF from the bottom up.
  const rows = Array.from({ length: HEIGHT }, (_, y) => data.subarray(y * WIDTH, (y + 1) * WIDTH));
  return Float32Array.from(rows.reverse().flatMap((row) => [...row]));
}

describe.skipIf(skip)(`gains as RELION turns them${skip ? ' [RELION is not installed]' : ''}`, () => {
  const formats = ['tiff', 'mrc'] as const;
  const pairs = formats.flatMap((movie) => formats.map((reference) => [movie, reference] as const));
  it.each(pairs)(
    'movie in %s, gain in %s: every rotation and flip',
    (movieFormat, gainFormat) => {
      const movie = movieFormat === 'tiff' ? 'movie.tiff' : 'movie.mrcs';
      write(movie, movieFormat, WIDTH, HEIGHT, frame, FRAMES);
      for (const rotate of [0, 1, 2, 3] as const) {
        const [width, height] = rotate % 2 === 1 ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT];
        const name = `gain.${gainFormat}`;
        const path = write(name, gainFormat, width, height, gain, 1);
        for (const flip of [0, 1, 2] as const) {
          const target = { format: movieFormat, width: WIDTH, height: HEIGHT };
          const { image } = loadGain({ path, rotate, flip }, target);
          const theirs = relionSum(movie, movieFormat, name, rotate, flip);
          let largest = 0;
          theirs.forEach((value, i) => {
            largest = Math.max(largest, Math.abs(value - FRAMES * frame[i]! * image.data[i]!));
          });
          // Sums go through Fourier space: the values are about 30.
          expect(largest, `rotate ${rotate}, flip ${flip}`).toBeLessThan(0.01);
        }
      }
    },
    60_000,
  );
});
