import { describe, expect, it } from 'vitest';
import { parseCtffindCurves, parseGctfCurves } from '../../../src/formats/logs/curves.ts';
import { errorOf } from '../temporary.ts';

/**
 * Structure: CTFFIND 4.1's `_avrot.txt` according to its own header comment and published job logs (six lines
 * per micrograph); Gctf's `_EPA.log` according to the column names in published programs that read it. The
 * numbers are invented.
 */
const avrotText = (
  lines: readonly string[],
) => `# Output from CTFFind version 4.1.14, run on 2026-01-02 03:04:05
# Input file: mic.mrc ; Number of micrographs: 1
# Pixel size: 1.000 Angstroms ; acceleration voltage: 300.0 keV ; spherical aberration: 2.70 mm ; amplitude contrast: 0.07
# Box size: 512 pixels ; min. res.: 30.0 Angstroms ; max. res.: 5.0 Angstroms ; min. def.: 5000.0 um; max. def. 50000.0 um; num. frames averaged: 1
# 6 lines per micrograph: #1 - spatial frequency (1/Angstroms); #2 - 1D rotational average of spectrum (assuming no astigmatism); #3 - 1D rotational average of spectrum; #4 - CTF fit; #5 - cross-correlation between spectrum and CTF fit; #6 - 2sigma of expected cross correlation of noise
${lines.join('\n')}
`;
const SIX_LINES = ['0.0 0.1 0.2', '9 9 9', '0.5 0.6 0.7', '0.4 0.5 0.6', '1.0 0.9 0.8', '0.1 0.1 0.1'];
const parseAvrot = (lines: readonly string[]) => parseCtffindCurves(avrotText(lines), 'mic_avrot.txt');

const HEADING = '  Resolution    |CTFsim|   EPA( Ln|F| )   EPA(Ln|F| - Bg)   CCC\n';
const parseEpa = (rows: string) => parseGctfCurves(HEADING + rows, 'mic_EPA.log');

describe('the curves of CTFFIND', () => {
  it('are frequency, average along the rings, fit and cross-correlation', () => {
    expect(parseAvrot(SIX_LINES).value).toEqual({
      frequencyPerA: [0, 0.1, 0.2],
      data: [0.5, 0.6, 0.7],
      model: [0.4, 0.5, 0.6],
      cc: [1, 0.9, 0.8],
    });
  });

  it('omit points that are not numbers, with a warning', () => {
    const { value, warnings } = parseAvrot(SIX_LINES.with(2, '-nan 0.6 0.7'));
    expect(value.frequencyPerA).toEqual([0.1, 0.2]);
    expect(warnings[0]).toMatch(/1 points/);
  });

  it.each([
    ['a missing line', SIX_LINES.slice(0, 5)],
    ['lines of different length', SIX_LINES.with(3, '0.4 0.5')],
    ['words', SIX_LINES.with(4, '1.0 oops 0.8')],
    ['decreasing frequencies', SIX_LINES.with(0, '0.2 0.1 0.0')],
  ])('with %s cause an error', (_description, lines) => {
    expect(errorOf(() => parseAvrot(lines)).code).toBe('PROGRAM_FAILED');
  });
});

describe('the curves of Gctf', () => {
  it('are listed by resolution, and are returned by frequency', () => {
    expect(parseEpa('50.0 0.1 8.0 0.2 0.9\n25.0 0.3 7.0 0.4 0.8\n').value).toEqual({
      frequencyPerA: [0.02, 0.04],
      data: [0.2, 0.4],
      model: [0.1, 0.3],
      cc: [0.9, 0.8],
    });
  });

  it.each([
    ['no rows', ''],
    ['a missing column', '50.0 0.1 8.0 0.2\n25.0 0.3 7.0 0.4\n'],
    ['a resolution of zero', '0.0 0.1 8.0 0.2 0.9\n'],
  ])('with %s cause an error', (_description, rows) => {
    expect(errorOf(() => parseEpa(rows)).code).toBe('PROGRAM_FAILED');
  });
});
