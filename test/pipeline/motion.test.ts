import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseStar } from '../../src/formats/star/parse.ts';
import { describeMotion } from '../../src/pipeline/motion.ts';
import { hasRelion, relionSkipNote, runRelion } from '../engine/motion/relion.ts';
import { drift, writeSyntheticMovie } from '../engine/motion/synthetic-movie.ts';

/** Straight path of 1 pixel per frame along (3/5, 4/5): every length is known. */
const straightMotion = (frames: number, dosePerFrameEA2: number | null, firstFrame = 1) => ({
  frames,
  firstFrame,
  lastFrame: frames,
  referenceFrame: firstFrame,
  shiftsPixels: Array.from({ length: frames - firstFrame + 1 }, (_, i): [number, number] => [
    0.6 * i,
    0.8 * i,
  ]),
  dosePerFrameEA2,
  converged: true,
  iterations: 3,
});

describe('describeMotion', () => {
  it('measures the path in Angstrom', () => {
    const motion = describeMotion(straightMotion(11, 1), 0.5);
    expect(motion.totalA).toBeCloseTo(5, 10);
    expect(motion.meanShiftA).toBeCloseTo(0.5, 10);
    expect(motion.shiftsA[10]).toEqual([0.6 * 10 * 0.5, 0.8 * 10 * 0.5]);
  });

  it('splits the path at an accumulated dose of 4 e/A^2', () => {
    // 1.5 e/A^2 per frame: frame 2 ends at 3, frame 3 at 4.5.
    const motion = describeMotion(straightMotion(11, 1.5), 1);
    expect(motion.earlyA).toBeCloseTo(1, 10);
    expect(motion.lateA).toBeCloseTo(9, 10);
    // Frame 4 ends at exactly 4, despite rounding errors.
    expect(describeMotion(straightMotion(11, 1), 1).earlyA).toBeCloseTo(3, 10);
    expect(describeMotion(straightMotion(51, 0.1), 1).earlyA).toBeCloseTo(39, 10);
  });

  it('includes the dose of skipped frames', () => {
    const motion = describeMotion(straightMotion(11, 1.5, 3), 1);
    expect(motion.earlyA).toBeCloseTo(0, 10);
    expect(motion.lateA).toBeCloseTo(8, 10);
  });

  it('returns null, not zero, if the dose is unknown', () => {
    expect(describeMotion(straightMotion(5, null), 1)).toMatchObject({
      earlyA: null,
      lateA: null,
      totalA: 4,
    });
  });

  it('returns a motion of zero for a single frame', () => {
    expect(describeMotion(straightMotion(1, 1), 1)).toMatchObject({
      totalA: 0,
      meanShiftA: 0,
      earlyA: 0,
      lateA: 0,
    });
  });
});

describe.skipIf(!hasRelion)(`lengths of the path compared with RELION${relionSkipNote}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'relion-lengths-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const movie = join(directory, 'movie.mrcs');
  if (hasRelion)
    writeSyntheticMovie(movie, { width: 256, height: 192, shifts: drift(12, 9), dose: 8, contrast: 0.3 });

  it.each([
    [1.5, 1, []],
    [2, 1, []],
    [0.7, 1, ['--bin_factor', '2']],
    [0.7, 3, ['--first_frame_sum', '3', '--last_frame_sum', '10']],
    [5, 1, []],
  ] as const)('at %f e/A^2 per frame, starting with frame %i', (dosePerFrameEA2, firstFrame, flags) => {
    const weighting = ['--dose_weighting', '--dose_per_frame', `${dosePerFrameEA2}`];
    const relion = runRelion(directory, movie, ['--skip_defect', ...weighting, ...flags]);
    const usedShifts = relion.shifts.filter(([x]) => Math.abs(x) < 9000);
    const table = parseStar(relion.table).find(({ name }) => name === 'micrographs')!;
    const relionLengths = ['Total', 'Early', 'Late'].map((name) =>
      Number(table.rows[0]![table.columns.indexOf(`rlnAccumMotion${name}`)]),
    );
    // RELION writes these lengths in pixels of the movie, although it documents the labels as Angstrom;
    // the pixel size is 1 A here.
    const { totalA, earlyA, lateA } = describeMotion(
      {
        frames: 12,
        firstFrame,
        lastFrame: firstFrame + usedShifts.length - 1,
        referenceFrame: firstFrame,
        shiftsPixels: usedShifts,
        dosePerFrameEA2,
        converged: true,
        iterations: 1,
      },
      1,
    );
    [totalA, earlyA, lateA].forEach((length, i) => {
      expect(length).toBeCloseTo(relionLengths[i]!, 3);
    });
  });
});
