import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CodedError } from '../../src/contract/errors.ts';
import { parseStar } from '../../src/formats/star/parse.ts';
import { failedOutcome } from '../../src/pipeline/coded-errors.ts';
import {
  correctedStar,
  ctfStar,
  type MicrographRow,
  micrographRow,
} from '../../src/pipeline/session-stars.ts';
import { successfulRecord } from './session-records.ts';

const rowsOf = (...records: Parameters<typeof micrographRow>[0][]) =>
  records.map(micrographRow).filter((row): row is MicrographRow => row !== null);
const ROWS = rowsOf(successfulRecord(1), successfulRecord(2), successfulRecord(3));

/** Rows of a block, as objects with the labels as keys. */
function tableIn(text: string, name: string): Record<string, string>[] {
  const block = parseStar(text).find((candidate) => candidate.name === name)!;
  return block.rows.map((row) => Object.fromEntries(block.columns.map((column, i) => [column, row[i]!])));
}

describe('micrographs_ctf.star', () => {
  it('contains the motion and the CTF fit of each movie, with paths relative to the session directory', () => {
    expect(tableIn(ctfStar(ROWS), 'micrographs')[1]).toEqual({
      rlnMicrographName: 'processed/FoilHole_2_DW.mrc',
      rlnMicrographNameNoDW: 'processed/FoilHole_2.mrc',
      rlnMicrographMovieName: 'raw/GridSquare_1/Data/FoilHole_2_fractions.tiff',
      rlnMicrographMetadata: 'processed/FoilHole_2.star',
      rlnAccumMotionTotal: '2',
      rlnAccumMotionEarly: '0.500000',
      rlnAccumMotionLate: '1.500000',
      rlnCtfImage: 'processed/FoilHole_2.ctf:mrc',
      rlnDefocusU: '10002',
      rlnDefocusV: '9902',
      rlnCtfAstigmatism: '100',
      rlnDefocusAngle: '-30',
      rlnPhaseShift: '0',
      rlnCtfFigureOfMerit: '0.200000',
      rlnCtfMaxResolution: '3.500000',
      rlnCtfIceRingDensity: '0.500000',
      rlnOpticsGroup: '1',
    });
  });

  it('lists even and odd sums if every movie has them', () => {
    const withEvenOdd = (n: number) => {
      const { files } = successfulRecord(n);
      const base = `FoilHole_${n}_DW`;
      const evenOdd = { evenDoseWeighted: `${base}_EVN.mrc`, oddDoseWeighted: `${base}_ODD.mrc` };
      return successfulRecord(n, { files: { ...files, ...evenOdd } });
    };
    const [row] = tableIn(ctfStar(rowsOf(withEvenOdd(1), withEvenOdd(2))), 'micrographs');
    expect(row).toMatchObject({
      rlnMicrographNameEven: 'processed/FoilHole_1_DW_EVN.mrc',
      rlnMicrographNameOdd: 'processed/FoilHole_1_DW_ODD.mrc',
    });
    const [rowWithoutEvenOdd] = tableIn(ctfStar(rowsOf(withEvenOdd(1), successfulRecord(2))), 'micrographs');
    expect(rowWithoutEvenOdd).not.toHaveProperty('rlnMicrographNameEven');
  });

  it('has one optics group for movies with the same optics, with both pixel sizes', () => {
    expect(tableIn(ctfStar(ROWS), 'optics')).toEqual([
      {
        rlnOpticsGroupName: 'opticsGroup1',
        rlnOpticsGroup: '1',
        rlnMicrographOriginalPixelSize: '0.425000',
        rlnMicrographPixelSize: '0.850000',
        rlnVoltage: '300',
        rlnSphericalAberration: '2.700000',
        rlnAmplitudeContrast: '0.100000',
      },
    ]);
  });

  it('has an optics group for each combination of optical parameters', () => {
    const { recipe } = successfulRecord(1);
    const text = ctfStar(
      rowsOf(successfulRecord(1), successfulRecord(2, { recipe: { ...recipe, csMm: 1.2 } })),
    );
    expect(tableIn(text, 'optics').map((group) => group.rlnSphericalAberration)).toEqual([
      '2.700000',
      '1.200000',
    ]);
    expect(tableIn(text, 'micrographs').map((row) => row.rlnOpticsGroup)).toEqual(['1', '2']);
  });

  it('omits movies without a fit, which are only in corrected_micrographs.star', () => {
    const rows = rowsOf(successfulRecord(1), successfulRecord(2, { ctf: null }));
    expect(tableIn(ctfStar(rows), 'micrographs')).toHaveLength(1);
    expect(tableIn(correctedStar(rows), 'micrographs')).toHaveLength(2);
  });

  it('omits a column if a movie has no value for it, instead of writing zero', () => {
    const motion = { ...successfulRecord(2).motion!, earlyA: null, lateA: null };
    const [row] = tableIn(
      ctfStar(rowsOf(successfulRecord(1), successfulRecord(2, { motion }))),
      'micrographs',
    );
    expect(row).not.toHaveProperty('rlnAccumMotionEarly');
    expect(row).toHaveProperty('rlnAccumMotionTotal');
  });

  it('lists the plain sum if the dose is unknown', () => {
    const { doseWeighted: _none, ...files } = successfulRecord(1).files;
    const [row] = tableIn(ctfStar(rowsOf(successfulRecord(1, { files }))), 'micrographs');
    expect(row!.rlnMicrographName).toBe('processed/FoilHole_1.mrc');
  });

  it('states the units of the motion', () => {
    expect(ctfStar(ROWS)).toMatch(/^#.*\n#.*rlnAccumMotion.*Angstrom/m);
  });

  it('has no row for a movie that failed', () => {
    const outcome = failedOutcome(new CodedError('MOVIE_CORRUPT', ''));
    expect(micrographRow(successfulRecord(1, { outcome }))).toBeNull();
  });
});

const isMissing = spawnSync('relion_star_handler', ['--version']).error !== undefined;
describe.skipIf(isMissing)(
  `the tables as RELION reads them${isMissing ? ' [skipped: relion_star_handler is not installed]' : ''}`,
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'cryoem-stars-'));
    afterAll(() => rmSync(directory, { recursive: true, force: true }));
    const statistics = (text: string, label: string): string => {
      const path = join(directory, `${label}.star`);
      writeFileSync(path, text);
      const args = ['--i', path, '--hist_column', label, '--hist_bins', '3'];
      const result = spawnSync('relion_star_handler', args, { encoding: 'utf8', cwd: directory });
      expect(result.status, result.stderr).toBe(0);
      return result.stdout;
    };

    it.each([
      ['rlnDefocusU', 10_002],
      ['rlnDefocusV', 9_902],
      ['rlnCtfMaxResolution', 3.5],
      ['rlnAccumMotionTotal', 2],
    ])('micrographs_ctf.star: the mean of %s over 3 movies', (label, mean) => {
      const output = statistics(ctfStar(ROWS), label);
      expect(output).toMatch(/Number of items:\s*3\b/i);
      expect(Number(/Mean:\s*([-\d.e+]+)/.exec(output)?.[1])).toBeCloseTo(mean, 2);
    });

    it('corrected_micrographs.star: the mean of the early motion', () => {
      const output = statistics(correctedStar(ROWS), 'rlnAccumMotionEarly');
      expect(Number(/Mean:\s*([-\d.e+]+)/.exec(output)?.[1])).toBeCloseTo(0.5, 4);
    });
  },
);
