import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import { localShift } from '../../../src/engine/motion/local-model.ts';
import type { AlignOutcome, AlignRequest } from '../../../src/engine/ports.ts';
import { alignRequest } from './align-request.ts';
import { drift, syntheticFrames, writeSyntheticMovie } from './synthetic-movie.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'local-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const request = (moviePath: string, changes: Partial<AlignRequest> = {}): AlignRequest =>
  alignRequest(moviePath, { patches: [4, 4], ...changes });

const FRAMES = 16;
/** Content moves away from the centre, up to 3 pixels at the sides. */
const doming = (frame: number, x: number, y: number): [number, number] => {
  const progress = 1 - (1 - frame / (FRAMES - 1)) ** 2;
  return [5 * x * progress, (4 * y - 2 * x) * progress];
};
type Motion = (frame: number, x: number, y: number) => readonly [number, number];

/** Root mean square distance of the result from the truth, over a grid of positions and all frames. */
function fieldError(
  outcome: AlignOutcome,
  shifts: readonly (readonly [number, number])[],
  local: Motion,
): number {
  const positions = [-0.4, -0.2, 0, 0.2, 0.4];
  const fit = outcome.local?.fit;
  let squares = 0;
  outcome.shiftsPixels.forEach(([sx, sy], frame) => {
    for (const x of positions)
      for (const y of positions) {
        const [tx, ty] = local(frame, x, y);
        const [lx, ly] = fit
          ? localShift({ x: fit.coefficientsX, y: fit.coefficientsY }, frame, x, y)
          : [0, 0];
        squares += (sx + lx - shifts[frame]![0] - tx) ** 2 + (sy + ly - shifts[frame]![1] - ty) ** 2;
      }
  });
  return Math.sqrt(squares / (outcome.shiftsPixels.length * positions.length ** 2));
}

describe('local motion', () => {
  const shifts = drift(FRAMES, 6);
  const options = { width: 512, height: 480, shifts, dose: 5, contrast: 0.3 };

  it('is found: the error over the field is below 0.15 pixel, but above 1 pixel if only whole-frame motion is measured', async () => {
    const path = join(dir, 'doming.mrc');
    writeSyntheticMovie(path, { ...options, local: doming });
    const wholeFrame = await alignMovie(request(path, { patches: null }));
    const outcome = await alignMovie(request(path));
    expect(fieldError(wholeFrame, shifts, doming)).toBeGreaterThan(1);
    expect(fieldError(outcome, shifts, doming)).toBeLessThan(0.15);
    expect(outcome.local!.fit!.coefficientsX).toHaveLength(18);
  });

  it('is corrected in the sums, which are bit-identical with one and two threads', async () => {
    const path = join(dir, 'sharp.mrc');
    const noiseless = { ...options, noiseless: true, dose: 10 };
    writeSyntheticMovie(path, { ...noiseless, local: doming });
    const outcome = await alignMovie(request(path));
    const twoThreads = await alignMovie(request(path, { threads: 2 }));
    expect(Buffer.from(twoThreads.sum.buffer).equals(Buffer.from(outcome.sum.buffer))).toBe(true);
    const wholeFrame = await alignMovie(request(path, { patches: [1, 1] }));
    const [truth] = [...syntheticFrames({ ...noiseless, shifts: [[0, 0]] })];
    const error = (sum: Float32Array) => {
      let squares = 0;
      for (let y = 40; y < 440; y++) {
        for (let x = 40; x < 472; x++) squares += (sum[y * 512 + x]! / FRAMES - truth![y * 512 + x]!) ** 2;
      }
      return Math.sqrt(squares / (400 * 432));
    };
    // the standard deviation of the specimen itself is 3
    expect(error(outcome.sum)).toBeLessThan(0.15);
    expect(error(wholeFrame.sum)).toBeGreaterThan(0.4);
  });

  it.each([1, 2, 3])(
    'is not found if there is none, and the result contains the reason (seed %i)',
    async (seed) => {
      const path = join(dir, `rigid-${seed}.mrc`);
      writeSyntheticMovie(path, { ...options, width: 384, height: 384, dose: 1, contrast: 0.2, seed });
      const outcome = await alignMovie(request(path));
      const wholeFrame = await alignMovie(request(path, { patches: null }));
      expect(fieldError(outcome, shifts, () => [0, 0])).toBeLessThanOrEqual(
        fieldError(wholeFrame, shifts, () => [0, 0]) + 1e-9,
      );
      expect(outcome.local!.reason).toEqual({ kind: 'moves-as-a-whole' });
    },
  );

  it('is replaced by whole-frame motion if the frame is too small for its patches', async () => {
    const path = join(dir, 'small.mrc');
    writeSyntheticMovie(path, { ...options, width: 96, height: 96 });
    const outcome = await alignMovie(request(path));
    expect(outcome.local).toEqual({ fit: null, reason: { kind: 'frame-too-small' } });
  });
});
