import { describe, expect, it } from 'vitest';
import { parseRelionMotion, parseRelionMotionLog } from '../../../src/formats/logs/relion-motion.ts';

/** The texts were written for these tests, in the layout of the output of relion_run_motioncorr 3.1.3. */
const coefficients = Array.from({ length: 36 }, (_, i) => `          ${i}     ${(i / 8).toFixed(6)} `).join(
  '\n',
);
const STAR = `
# version 30001

data_general

_rlnImageSizeX                                      640
_rlnImageSizeY                                      512
_rlnImageSizeZ                                        4
_rlnMicrographMovieName                    movie.mrcs
_rlnMicrographBinning                          1.000000
_rlnMicrographStartFrame                              2
_rlnMotionModelVersion                                1


# version 30001

data_global_shift

loop_
_rlnMicrographFrameNumber #1
_rlnMicrographShiftX #2
_rlnMicrographShiftY #3
           1  -9999.00000  -9999.00000
           2     0.000000     0.000000
           3     -1.54163 -3.97708e-04
           4  -9999.00000  -9999.00000


data_local_motion_model

loop_
_rlnMotionModelCoeffsIdx #1
_rlnMotionModelCoeff #2
${coefficients}


data_hot_pixels

loop_
_rlnCoordinateX #1
_rlnCoordinateY #2
  313.000000     3.000000
`;
const MOVIE = { structure: { width: 640, height: 512, frames: 4 }, firstFrame: 2, usedFrames: 2 };
const read = (text: string, movie: typeof MOVIE = MOVIE) =>
  parseRelionMotion(text, 'movie.star', movie).value;

describe("RELION's metadata of a movie", () => {
  it('contain the shifts of the frames that were used, the model and the hot pixels', () => {
    const { shiftsToApply, localToApply, hotPixels, localPoints } = read(STAR);
    expect(shiftsToApply).toEqual([
      [0, 0],
      [-1.54163, -0.000397708],
    ]);
    expect([localToApply!.x.length, localToApply!.x[1], localToApply!.y[0]]).toEqual([18, 0.125, 2.25]);
    expect([hotPixels, localPoints]).toEqual([[[313, 3]], 0]);
  });

  it('may have no model', () => {
    expect(read(STAR.replace(/(ModelVersion +)1/, '$10')).localToApply).toBeNull();
  });

  it.each([
    ['no text', '', /a block is missing.*expected data_general/],
    ['half a file', STAR.slice(0, STAR.indexOf('data_local_motion')), /expected data_local_motion_model/],
    ['no shifts', STAR.replace('data_global_shift', 'data_other'), /expected data_global_shift/],
    ['a truncated row', STAR.replace(/ -3.97708e-04/, ''), /11 values for 3 columns.*field line 26/],
    ['a used frame without a shift', STAR.replace('     -1.54163', '  -9999.00000'), /has no shift.*row 2/],
    ['nan', STAR.replace('-1.54163', 'nan'), /row 3 rlnMicrographShiftX.*found nan/],
    [
      'another movie',
      STAR.replace('640', '641'),
      /rlnImageSizeX.*another movie|another movie.*rlnImageSizeX/,
    ],
    ['a missing coefficient', STAR.replace(/ +35 .*\n/, ''), /expected 36 in order, found 35/],
    ['an unknown model', STAR.replace(/(ModelVersion +)1/, '$12'), /model of local motion is unknown/],
  ])('cause an error in the case of %s', (_description, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it('must contain a shift of each frame that is to be used', () => {
    expect(() => read(STAR, { ...MOVIE, usedFrames: 3 })).toThrow(/has no shift.*row 3/);
    expect(() => read(STAR, { ...MOVIE, firstFrame: 1 })).toThrow(
      /rlnMicrographStartFrame.*expected 1, found 2/,
    );
    expect(() => read(STAR, { ...MOVIE, usedFrames: 4 })).toThrow(/expected 4 frames, found 3/);
  });
});

describe("RELION's log of a movie", () => {
  const LOG = `Global alignment:
 Iteration 1: RMSD = 5.09918 px
 Iteration 2: RMSD = 0.340452 px

Local alignments:
Patch (1, 1): 1 / 9, X range = [0, 212), Y range = [0, 170), Center = (105, 84)
 Iteration 1: RMSD = 0.620498 px

Polynomial fit RMSD: X = 0.0907601 px Y = 0.0954901 px
`;

  it('contains the convergence of the whole-frame alignment, and the residual of the patches', () => {
    expect(parseRelionMotionLog(LOG, 'log').value).toEqual({
      iterations: 2,
      lastChangePixels: 0.340452,
      fitRmsPixels: [0.0907601, 0.0954901],
    });
    expect(parseRelionMotionLog(LOG.slice(0, 90), 'log').value.fitRmsPixels).toBeNull();
  });

  it.each([
    ['no alignment', 'Working on movie.mrcs\n', /it has no alignment/],
    ['no number', LOG.replace('0.340452', '-nan'), /line 3 RMSD.*found -nan/],
  ])('with %s causes an error', (_description, text, message) => {
    expect(() => parseRelionMotionLog(text, 'log')).toThrow(message);
  });
});
