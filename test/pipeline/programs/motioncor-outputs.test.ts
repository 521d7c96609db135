import { afterAll, describe, expect, it } from 'vitest';
import { rmsd } from '../../engine/motion/synthetic-movie.ts';
import { motioncorRuns, TRUTH } from './motioncor-runs.ts';
import { StandIns } from './stand-in.ts';

const standIns = new StandIns();
afterAll(() => standIns.remove());
const { run } = motioncorRuns(standIns);

describe('unexpected outputs of MotionCor (a stand-in)', () => {
  const runSpoilt = (spoil: string, patches: [number, number] | null = null) =>
    run({ replay: { spoil }, request: { patches } });

  it.each([
    [
      'a non-zero exit code',
      'out.exitCode = 5; out.printed.push("mCheckGPUs: no valid device detected.");',
      /exit code 5.*no valid device/s,
    ],
    ['no sum', 'out.image = null;', /did not write out.mrc/],
    ['half a sum', 'out.bytes = 4000;', /wrote out.mrc incompletely/],
    ['a sum of another size', 'out.image.width = 128;', /out.mrc with 128x48 pixels, expected 64x48/],
    ['a blank sum', 'out.image.value = () => 0;', /all pixels equal to 0/],
    ['a sum with NaN', 'out.image.value = (i) => i === 9 ? NaN : i;', /NaN or infinite/],
    ['a truncated log', 'out.files["movie-Full.log"].pop();', /movie-Full.log.*5 frames.*found 4/],
    [
      'a log truncated within a row',
      'const log = out.files["movie-Full.log"]; log[5] = log[5].slice(0, 12);',
      /movie-Full.log, field line 6/,
    ],
    [
      'nan in its log',
      'out.files["movie-Full.log"][3] = "   3       nan      0.00";',
      /line 4 x shift.*found nan/,
    ],
    [
      'frames out of order',
      'out.files["movie-Full.log"].splice(1, 2);',
      /line 2.*expected frame 1, found frame 3/,
    ],
    ['no log and no printed shifts', 'out.files = {}; out.printed = ["done"];', /no shifts of frames/],
    [
      'no log and too few printed shifts',
      'out.files = {}; out.printed = out.printed.filter((line) => !line.includes("(  5)"));',
      /expected 5 frames, found 4/,
    ],
    [
      'a gain reference that was ignored',
      'out.printed.push("Gain reference will not be loaded.");',
      /ignored options: Gain reference/,
    ],
  ])('%s: the movie fails', async (_description, spoil, message) => {
    await expect(runSpoilt(spoil)).rejects.toMatchObject({
      code: 'PROGRAM_FAILED',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    [
      'a patch is missing',
      'const log = out.files["movie-Patch-Patch.log"]; log.splice(log.length - 7);',
      /patches are missing.*expected 4, found 3/,
    ],
    [
      'a row is truncated',
      'const log = out.files["movie-Patch-Patch.log"]; log.length = log.length - 1; log[log.length - 1] = "   5    48.00";',
      /columns are missing/,
    ],
    [
      'the size is missing',
      'out.files["movie-Patch-Patch.log"].splice(3, 1);',
      /size of the movie is missing/,
    ],
  ])('%s in the log of the patches: the movie fails', async (_description, spoil, message) => {
    await expect(runSpoilt(spoil, [2, 2])).rejects.toThrow(message);
  });

  it('without a shift log are completed from the printed shifts, with a warning', async () => {
    const { outcome } = await runSpoilt('out.files = {};');
    expect(rmsd(outcome.shiftsPixels, TRUTH.shifts)).toBeLessThan(0.01);
    expect(outcome.warnings.join()).toMatch(/wrote no shift log/);
  });

  it('that contradict each other, or contain no motion, cause a warning', async () => {
    const { outcome } = await runSpoilt(
      'out.files["movie-Full.log"] = out.files["movie-Full.log"].map((line) => line.replace(/^( +\\d).*/, "$1 0.00 0.00"));',
    );
    expect(outcome.warnings.join()).toMatch(/zero shifts for all frames/);
    expect(outcome.warnings.join()).toMatch(/those printed differ by up to \d/);
  });

  it('without logs of its patches have no local model, with the reason', async () => {
    const { outcome } = await runSpoilt(
      'for (const name of Object.keys(out.files)) if (/Patch-(Patch|Frame)/.test(name)) delete out.files[name];',
      [2, 2],
    );
    expect(outcome.local).toEqual({ fit: null, reason: 'MotionCor wrote no log of its patches.' });
    expect(outcome.warnings.join()).toMatch(/no log of its patches/);
  });

  it('include the even sum if it is requested, unless the even and odd sums do not add up to the full sum', async () => {
    const { outcome, line } = await run({ request: { evenOdd: 'plain' } });
    expect(line).toMatch(/-SplitSum 1/);
    expect(outcome.evenOdd!.isWeighted).toBe(false);
    expect(outcome.evenOdd!.even[5]! / outcome.sum[5]!).toBeCloseTo(0.375, 6);
    const secondRun = await run({ replay: { spoil: 'out.odd = 1;' }, request: { evenOdd: 'plain' } });
    expect(secondRun.outcome.evenOdd).toBeUndefined();
    expect(secondRun.outcome.warnings.join()).toMatch(/do not add up to its full sum/);
    expect((await run({ request: { evenOdd: 'weighted' } })).line).not.toMatch(/SplitSum/);
  });

  it('without convergence cause a warning', async () => {
    const { outcome } = await runSpoilt(
      'out.printed = out.printed.map((line) => line.replace("0.210", "1.210"));',
    );
    expect(outcome).toMatchObject({ converged: false, iterations: 2 });
    expect(outcome.warnings.join()).toMatch(/did not converge/);
  });
});
