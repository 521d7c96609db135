import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localShift } from '../../../src/engine/motion/local-model.ts';
import { orientGain } from '../../../src/engine/motion/orient.ts';
import type { AlignRequest } from '../../../src/engine/ports.ts';
import { writeMrc } from '../../../src/formats/mrc/write.ts';
import { createTiffWriter } from '../../../src/formats/tiff/write.ts';
import type { ProgramAdapter } from '../../../src/pipeline/adapter.ts';
import { builtinAdapter } from '../../../src/pipeline/builtin.ts';
import { drift, rmsd, syntheticFrames, writeSyntheticMovie } from '../../engine/motion/synthetic-movie.ts';
import { randomNumbers } from '../../support/random.ts';

/** True properties of a test movie, which are the input of a replay. */
export interface Truth {
  readonly width: number;
  readonly height: number;
  /** Motion of the content, pixels, of all frames. */
  readonly shifts: readonly (readonly [number, number])[];
  /** Local motion at a position in fractions of the frame; absent: none. */
  readonly local?: (frame: number, x: number, y: number) => readonly [number, number];
}

export interface AlignerUnderTest {
  /** An adapter for a movie; only a replay uses the true values. */
  readonly create: (truth: Truth, directory: string) => ProgramAdapter;
  /**
   * `computes`: the program reads the movies. `replays`: a stand-in returns the truth in the format of the
   * program's outputs.
   */
  readonly kind: 'computes' | 'replays';
  /** Why the program cannot be tested here; null: it can be tested. */
  readonly skipReason: string | null;
}

const FRAMES = 12;
/** Movies for a replay are small, because it does not read their pixels. */
const SIZES = { computes: { width: 640, height: 512 }, replays: { width: 120, height: 96 } };
/** Tolerance, pixels. A program with a larger error has a wrong sign, axis, scale or frame. */
const GLOBAL_BOUND = 0.12;
const LOCAL_BOUND = 0.3;

/** One suite for all programs that correct motion, including the built-in engine. */
export function describeAligner(name: string, { create, kind, skipReason }: AlignerUnderTest): void {
  const title = `${name} as an aligner${skipReason ? ` [skipped: ${skipReason}]` : ''}`;
  describe.skipIf(skipReason !== null)(title, () => {
    const SIZE = SIZES[kind];
    const PLAIN: Truth = { ...SIZE, shifts: drift(FRAMES, 7) };
    const LOCAL: Truth = {
      ...SIZE,
      shifts: drift(FRAMES, 4),
      // Linear in time: a difference of about 3 pixels between the left and right edges at the last frame.
      // The number of frames is a literal, because a replay embeds the source text of this function.
      local: (frame, x, y) => [(3 * frame * x) / 12, (-2 * frame * y) / 12],
    };
    let top: string;
    let count = 0;
    beforeAll(() => {
      top = mkdtempSync(join(tmpdir(), 'cryoem-aligner-'));
      // As in a session, names can contain spaces, and nothing may be written next to the movies.
      mkdirSync(join(top, 'raw folder'));
      for (const [file, truth] of [
        ['plain.mrc', PLAIN],
        ['local-motion.mrc', LOCAL],
      ] as const)
        writeSyntheticMovie(join(top, 'raw folder', file), { ...truth, dose: 3, contrast: 0.3 });
      const shape = { ...SIZE, pixelType: 'u8', compression: 'lzw' } as const;
      const tiff = createTiffWriter(join(top, 'raw folder', 'plain.tiff'), shape);
      for (const frame of syntheticFrames({ ...PLAIN, dose: 3, contrast: 0.3 }))
        tiff.appendFrame(Uint8Array.from(frame));
      tiff.finish();
    });
    afterAll(() => rmSync(top, { recursive: true, force: true }));

    const createWorkDir = () => {
      const workDir = join(top, `work-${++count}`);
      mkdirSync(workDir);
      return { workDir };
    };
    const request = (file: string, changes: Partial<AlignRequest> = {}): AlignRequest => ({
      moviePath: join(top, 'raw folder', file),
      pixelSizeA: 1.1,
      voltageKv: 300,
      dosePerFrameEA2: 1.2,
      totalDoseEA2: null,
      binning: 1,
      throwFrames: 0,
      truncFrames: 0,
      gain: null,
      defectMapPath: null,
      patches: null,
      threads: 1,
      ...changes,
    });
    const align = async (truth: Truth, input: AlignRequest) => {
      const { outcome, ...details } = await create(truth, top).align!(input, createWorkDir());
      return { ...outcome, ...details };
    };

    it.each(['plain.mrc', 'plain.tiff'])(
      'finds the motion of the content of %s, zero at the first frame',
      async (file) => {
        const result = await align(PLAIN, request(file));
        expect(result).toMatchObject({
          width: SIZE.width,
          height: SIZE.height,
          movieWidth: SIZE.width,
          movieHeight: SIZE.height,
          frames: FRAMES,
          firstFrame: 1,
          lastFrame: FRAMES,
          referenceFrame: 1,
          dosePerFrameEA2: 1.2,
          converged: true,
        });
        expect(result.pixelSizeA).toBeCloseTo(1.1, 9);
        expect(result.shiftsPixels).toHaveLength(FRAMES);
        expect(result.shiftsPixels[0]).toEqual([0, 0]);
        expect(rmsd(result.shiftsPixels, PLAIN.shifts)).toBeLessThan(GLOBAL_BOUND);
        expect(result.local ?? null).toBeNull();
        expect(result.command).not.toBe('');
      },
    );

    it('returns the plain and the dose-weighted sum, complete and finite', async () => {
      const { sum, doseWeighted } = await align(PLAIN, request('plain.mrc'));
      for (const image of [sum, doseWeighted!]) {
        expect(image).toHaveLength(SIZE.width * SIZE.height);
        expect(image.every(Number.isFinite)).toBe(true);
      }
      expect(sum.some((value, i) => value !== doseWeighted![i])).toBe(true);
    });

    it('skips the frames of throw and trunc, and numbers the remaining frames as in the movie', async () => {
      const result = await align(PLAIN, request('plain.mrc', { throwFrames: 2, truncFrames: 1 }));
      expect(result).toMatchObject({
        frames: FRAMES,
        firstFrame: 3,
        lastFrame: FRAMES - 1,
        referenceFrame: 3,
      });
      expect(rmsd(result.shiftsPixels, PLAIN.shifts.slice(2, -1))).toBeLessThan(GLOBAL_BOUND);
    });

    it('bins the sum, and returns its shifts in pixels of the movie', async () => {
      const result = await align(PLAIN, request('plain.mrc', { binning: 2 }));
      expect([result.width, result.height]).toEqual([SIZE.width / 2, SIZE.height / 2]);
      expect(result.pixelSizeA).toBeCloseTo(2.2, 9);
      expect(result.sum).toHaveLength((SIZE.width * SIZE.height) / 4);
      expect(rmsd(result.shiftsPixels, PLAIN.shifts)).toBeLessThan(GLOBAL_BOUND);
    });

    it('applies no dose weighting if the dose is not known, with a warning', async () => {
      const result = await align(PLAIN, request('plain.mrc', { dosePerFrameEA2: null }));
      expect([result.doseWeighted, result.dosePerFrameEA2]).toEqual([null, null]);
      expect(result.warnings.join()).toMatch(/dose is not known/);
    });

    it.each([1, 2])(
      'describes local motion by a polynomial, with the sign of the motion of the content, binned by %d',
      async (binning) => {
        const result = await align(LOCAL, request('local-motion.mrc', { patches: [5, 4], binning }));
        expect(result.warnings).toEqual([]);
        const { coefficientsX, coefficientsY, patches, rmsPixels, points } = result.local!.fit!;
        expect(patches).toEqual([5, 4]);
        expect(points).toBeGreaterThan(20);
        expect(rmsPixels).toBeLessThan(0.5);
        let squares = 0;
        const model = { x: coefficientsX, y: coefficientsY };
        const positions = [-0.4, 0, 0.4].flatMap((x) => [-0.4, 0, 0.4].map((y) => [x, y] as const));
        for (const [x, y] of positions)
          for (let frame = 0; frame < FRAMES; frame++) {
            const [dx, dy] = localShift(model, frame, x, y);
            const [wx, wy] = LOCAL.local!(frame, x, y);
            const [gx, gy] = result.shiftsPixels[frame]!;
            const [tx, ty] = LOCAL.shifts[frame]!;
            squares += (gx + dx - tx - wx) ** 2 + (gy + dy - ty - wy) ** 2;
          }
        expect(Math.sqrt(squares / positions.length / FRAMES)).toBeLessThan(LOCAL_BOUND);
      },
    );

    it('refuses an incomplete movie, and one that has too few frames', async () => {
      const bytes = readFileSync(join(top, 'raw folder', 'plain.mrc'));
      const truncatedPath = join(top, 'cut.mrc');
      writeFileSync(truncatedPath, bytes.subarray(0, bytes.length / 2));
      const incompleteRequest = request('plain.mrc', { moviePath: truncatedPath });
      await expect(align(PLAIN, incompleteRequest)).rejects.toMatchObject({ code: 'MOVIE_TRUNCATED' });
      const emptyRequest = request('plain.mrc', { throwFrames: FRAMES });
      await expect(align(PLAIN, emptyRequest)).rejects.toMatchObject({ code: 'TOO_FEW_FRAMES' });
    });

    it('refuses a gain reference that is missing or whose size differs from that of the movie', async () => {
      const gain = (path: string) => ({ gain: { path, rotate: 0, flip: 0 } as const });
      const missingRequest = request('plain.mrc', gain(join(top, 'no-gain.mrc')));
      await expect(align(PLAIN, missingRequest)).rejects.toMatchObject({ code: 'GAIN_MISSING' });
      const path = join(top, 'small.mrc');
      writeMrc(path, { width: 64, height: 64, data: new Float32Array(64 * 64).fill(1) }, null);
      const smallRequest = request('plain.mrc', gain(path));
      await expect(align(PLAIN, smallRequest)).rejects.toMatchObject({ code: 'GAIN_SIZE_MISMATCH' });
    });

    it('ends when it is aborted', async () => {
      const controller = new AbortController();
      controller.abort(new Error('enough'));
      const abortedRequest = request('plain.mrc', { signal: controller.signal });
      await expect(align(PLAIN, abortedRequest)).rejects.toThrow();
    });

    it('writes nothing next to the movie, and does not change it', async () => {
      const raw = join(top, 'raw folder');
      const state = () => readdirSync(raw).map((file) => [file, statSync(join(raw, file)).mtimeMs]);
      const stateBefore = state();
      await align(PLAIN, request('plain.mrc'));
      expect(state()).toEqual(stateBefore);
    });

    describe.runIf(kind === 'computes')('with real pixels', () => {
      const SETTING = { rotate: 1, flip: 1 } as const;
      /** It varies more than the specimen: motion can be measured only with the correct gain orientation. */
      let sensitivity: Float32Array;

      beforeAll(() => {
        const random = randomNumbers(7);
        sensitivity = Float32Array.from({ length: SIZE.width * SIZE.height }, () => 0.6 + 0.8 * random());
        const gain = { ...SIZE, data: sensitivity.map((value) => 1 / value), pixelSizeA: null };
        // The image that the setting transforms into `gain`.
        const file = [0, 1, 2, 3]
          .flatMap((rotate) => [0, 1, 2].map((flip) => orientGain(gain, { rotate, flip } as never)))
          .find((candidate) => {
            const rotated = orientGain(candidate, SETTING);
            return rotated.width === SIZE.width && rotated.data.every((value, i) => value === gain.data[i]);
          })!;
        writeMrc(join(top, 'gain.mrc'), file, null);
        const movie = { ...PLAIN, dose: 3, contrast: 0.1, sensitivity };
        writeSyntheticMovie(join(top, 'raw folder', 'patterned.mrc'), movie);
        const firstDefect = 200 * SIZE.width + 300;
        writeSyntheticMovie(join(top, 'raw folder', 'defects.mrc'), {
          ...PLAIN,
          dose: 3,
          contrast: 0.3,
          modify: (frame) => {
            for (let y = 0; y < 8; y++)
              frame.fill(9, firstDefect + y * SIZE.width, firstDefect + y * SIZE.width + 40);
          },
        });
      });

      it('rotates the gain reference and multiplies by it', async () => {
        const gain = { path: join(top, 'gain.mrc'), ...SETTING };
        const result = await align(PLAIN, request('patterned.mrc', { gain }));
        expect(rmsd(result.shiftsPixels, PLAIN.shifts)).toBeLessThan(2 * GLOBAL_BOUND);
        const mean = result.sum.reduce((sum, value) => sum + value, 0) / result.sum.length;
        expect(mean / FRAMES).toBeGreaterThan(2.8);
        expect(mean / FRAMES).toBeLessThan(3.2);
      });

      it.each([
        ['boxes as text', 'defects.txt'],
        ['a map', 'defects.mrc'],
      ])('reads defects from %s', async (_description, file) => {
        const path = join(top, file);
        const data = new Float32Array(SIZE.width * SIZE.height);
        for (let y = 200; y < 208; y++) data.fill(1, y * SIZE.width + 300, y * SIZE.width + 340);
        if (file.endsWith('.txt')) writeFileSync(path, '300 200 40 8\n');
        else writeMrc(path, { ...SIZE, data }, null);
        const meanInBox = ({ sum }: { sum: Float32Array }) => {
          const values = [...data.keys()].filter((i) => data[i] === 1).map((i) => sum[i]! / FRAMES);
          return values.reduce((a, b) => a + b, 0) / values.length;
        };
        const result = await align(PLAIN, request('defects.mrc', { defectMapPath: path }));
        expect(meanInBox(result)).toBeGreaterThan(2);
        expect(meanInBox(result)).toBeLessThan(4);
      });

      it('sums the aligned frames: the sums correlate with those of the built-in engine', async () => {
        const result = await align(PLAIN, request('plain.mrc'));
        const builtin = (await builtinAdapter('test').align(request('plain.mrc'), createWorkDir())).outcome;
        expect(correlation(result.sum, builtin.sum)).toBeGreaterThan(0.98);
        expect(correlation(result.doseWeighted!, builtin.doseWeighted!)).toBeGreaterThan(0.98);
      });
    });
  });
}

function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (data: Float32Array) => data.reduce((sum, value) => sum + value, 0) / data.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, i) => {
    const [x, y] = [value - ma, b[i]! - mb];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  });
  return ab / Math.sqrt(aa * bb);
}
