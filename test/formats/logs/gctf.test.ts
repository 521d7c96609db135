import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../src/contract/errors.ts';
import { parseGctfLog } from '../../../src/formats/logs/gctf.ts';
import { errorOf } from '../temporary.ts';

/**
 * Structure of the samples: Gctf 0.50 to 1.18 according to RELION's reader (src/ctffind_runner.cpp: six words
 * on the line of `Final Values`, seven with a phase shift), Scipion's (scipion-em-gctf: terminal colours
 * around the limit) and excerpts in public scripts; `RES_LIMIT` before the number as in the predecessor's
 * logs. The numbers are invented.
 */
const log = (finalLine: string, limit: string) => `Processing by Gctf v1.06
Cycle: 12
            24100.00   21600.00      34.50 700.100000
**************************************   LAST CYCLE    *************************************

   Defocus_U   Defocus_V       Angle         CCC
${finalLine}

${limit}

......................................  VALIDATION  ......................................
Differences from Original Values:
  RESOLUTION   Defocus_U   Defocus_V     Angle       CCC      CONVERGENCE
  20-08A         1.00       -0.50        0.38        0.19     PERFECT
Processing done successfully.
`;
const FINAL = '    24100.00    21600.00       34.50    0.180000  Final Values';
const LIMIT = 'Resolution limit estimated by EPA: 3.464 ';
const parse = (text: string) => parseGctfLog(text, 'mic_gctf.log').value;

describe('the log of Gctf', () => {
  it('contains the final values and the resolution limit', () => {
    expect(parse(log(FINAL, LIMIT))).toEqual({
      defocusUA: 24100,
      defocusVA: 21600,
      angleDeg: 34.5,
      phaseShiftDeg: null,
      crossCorrelation: 0.18,
      resolutionLimitA: 3.464,
      version: '1.06',
    });
  });

  it('has one more number if a phase shift was fitted', () => {
    const finalLine = '  24100.00  21600.00  34.50  88.25  0.180000  Final Values';
    expect(parse(log(finalLine, LIMIT))).toMatchObject({ phaseShiftDeg: 88.25, crossCorrelation: 0.18 });
  });

  it.each([
    ['after RES_LIMIT', 'Resolution limit estimated by EPA: RES_LIMIT 4.125'],
    ['in terminal colours', '\x1b[31mResolution limit estimated by EPA: RES_LIMIT 4.125 \x1b[0m'],
    ['without RES_LIMIT', 'Resolution limit estimated by EPA: 4.125'],
  ])('may contain the limit %s', (_description, limit) => {
    expect(parse(log(FINAL, limit)).resolutionLimitA).toBe(4.125);
  });

  it('has no limit if the value is inf', () => {
    expect(parse(log(FINAL, 'Resolution limit estimated by EPA: inf')).resolutionLimitA).toBeNull();
  });

  it('of several runs has the values of the last run', () => {
    const secondLog = log('  15000.00  14000.00  10.00  0.20  Final Values', LIMIT);
    expect(parse(log(FINAL, LIMIT) + secondLog).defocusUA).toBe(15000);
  });

  it.each([
    ['no final values', log('', LIMIT)],
    ['no limit', log(FINAL, '')],
    ['too few numbers', log('24100.00 21600.00 34.50 Final Values', LIMIT)],
    ['a NaN', log('24100.00 nan 34.50 0.18 Final Values', LIMIT)],
    ['a defocus of zero', log('0.00 0.00 0.00 0.00 Final Values', LIMIT)],
    ['an empty limit', log(FINAL, 'Resolution limit estimated by EPA: RES_LIMIT')],
    ['no text', ''],
  ])('with %s causes an error, and is never read as zeros', (_description, text) => {
    const error = errorOf(() => parse(text));
    expect(error.code).toBe('PROGRAM_FAILED');
    expect(error.location.file).toBe('mic_gctf.log');
  });

  it('is read or refused with a coded error, whatever it contains', () => {
    const piece = fc.oneof(
      fc.constantFrom('Final Values', 'Resolution limit estimated by EPA:', 'inf', 'nan', '12.5', '\n', ' '),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        try {
          expect(parse(pieces.join(' ')).defocusUA).not.toBe(0);
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError);
        }
      }),
    );
  });
});
