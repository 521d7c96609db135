import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import { motionErrors } from '../../support/motion/errors.ts';
import { BENCH_MOVIE, type BenchMovie, ensureBenchMovie } from '../../support/motion/movie.ts';
import { requestWithGain } from '../../support/motion/simulated.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'small-fields-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Patches measure the mean motion over the field again: it can differ slightly from whole-frame motion. */
const TOLERANCE_PIXELS = 0.005;

/** Distance from the truth over the whole field, pixels, with or without patches. */
async function fieldError(movie: BenchMovie, patches: readonly [number, number] | null): Promise<number> {
  const paths = ensureBenchMovie(dir, movie);
  const { shiftsPixels, local } = await alignMovie(
    requestWithGain({ ...paths, dosePerFrameEA2: movie.dose }, patches),
  );
  const fit = local?.fit;
  return motionErrors(movie, {
    shifts: shiftsPixels,
    local: fit ? { x: fit.coefficientsX, y: fit.coefficientsY } : null,
  }).field;
}

/** For more cases: `npm run bench -- motion --size 1024x1024x20 --seeds 1,2,3,4,5 --local 0`. */
describe('5x5 patches on a field of 1024x1024 are never worse than whole-frame motion alone', () => {
  it.each([
    { dose: 1, localPixels: 3, seed: 1 },
    { dose: 0.5, localPixels: 1, seed: 2 },
    { dose: 1, localPixels: 0, seed: 3 },
    { dose: 0.2, localPixels: 0, seed: 4 },
  ])('$dose e/px, $localPixels px of local motion, seed $seed', async (settings) => {
    const movie = { ...BENCH_MOVIE, width: 1024, height: 1024, frames: 20, simulatedFrames: 20, ...settings };
    const wholeFrame = await fieldError(movie, null);
    expect(await fieldError(movie, [5, 5])).toBeLessThan(wholeFrame + TOLERANCE_PIXELS);
  });
});
