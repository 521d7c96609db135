import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../src/contract/errors.ts';
import { formatCtffindText, parseCtffindText } from '../../../src/formats/logs/ctffind.ts';
import { writeMrc } from '../../../src/formats/mrc/write.ts';
import { errorOf } from '../temporary.ts';

/**
 * Structure of the samples: CTFFIND 4.1.5 to 4.1.14 according to the comments of RELION's reader
 * (src/jaz/ctf_helper.cpp), pyem's ctffind script and published job logs; 5.0.2 according to the columns in
 * published programs that read its text (eight: tilt axis, nine: tilt, ten: thickness). The numbers are
 * invented.
 */
const header = (
  version: string,
  columns: string,
) => `# Output from CTFFind version ${version}, run on 2026-01-02 03:04:05
# Input file: mic.mrc ; Number of micrographs: 1
# Pixel size: 1.000 Angstroms ; acceleration voltage: 300.0 keV ; spherical aberration: 2.70 mm ; amplitude contrast: 0.07
# Box size: 512 pixels ; min. res.: 30.0 Angstroms ; max. res.: 5.0 Angstroms ; min. def.: 5000.0 um; max. def. 50000.0 um
# Columns: ${columns}
`;
const SEVEN_COLUMNS =
  '#1 - micrograph number; #2 - defocus 1 [Angstroms]; #3 - defocus 2; #4 - azimuth of astigmatism; #5 - additional phase shift [radians]; #6 - cross correlation; #7 - spacing (in Angstroms) up to which CTF rings were fit successfully';
const TEN_COLUMNS = `${SEVEN_COLUMNS}; #8 - Estimated tilt axis angle; #9 - Estimated tilt angle ; #10 Estimated sample thickness (in Angstroms)`;
const textOfVersion4 = (row: string, version = '4.1.14') => `${header(version, SEVEN_COLUMNS)}${row}\n`;
const parse = (text: string) => parseCtffindText(text, 'mic.txt');

describe('the result text of CTFFIND', () => {
  it.each(['4.1.5', '4.1.10', '4.1.14'])('of version %s has seven columns', (version) => {
    const text = textOfVersion4(
      '1.000000 11234.500000 10987.250000 -38.500000 0.523599 0.123000 4.250000',
      version,
    );
    expect(parse(text)).toEqual({
      value: {
        version,
        rows: [
          {
            micrograph: 1,
            defocus1A: 11234.5,
            defocus2A: 10987.25,
            azimuthDeg: -38.5,
            phaseShiftRad: 0.523599,
            crossCorrelation: 0.123,
            fitResolutionA: 4.25,
            additionalColumns: [],
          },
        ],
      },
      warnings: [],
    });
  });

  it('of version 5 has ten columns, of which the last three are returned unchanged', () => {
    const row = '1.000000 21000.0 20500.0 12.5 0.000000 0.210000 3.9 85.0 30.5 450.0';
    const { value } = parse(`${header('5.0.2', TEN_COLUMNS)}${row}\n`);
    expect(value.version).toBe('5.0.2');
    expect(value.rows[0]).toMatchObject({
      defocus1A: 21000,
      fitResolutionA: 3.9,
      additionalColumns: [85, 30.5, 450],
    });
  });

  it('of a stack has a line for each micrograph', () => {
    const row = (n: number) => `${n}.000000 21000.0 20500.0 12.5 0.0 0.2 3.9`;
    expect(parse(textOfVersion4(`${row(1)}\n${row(2)}`)).value.rows.map((r) => r.micrograph)).toEqual([1, 2]);
  });

  it('has no ring spacing if the value is inf, because no ring was fitted', () => {
    expect(
      parse(textOfVersion4('1.0 21000.0 20500.0 12.5 0.0 0.01 inf')).value.rows[0]!.fitResolutionA,
    ).toBeNull();
  });

  it.each([
    ['an inf in another column', '1.0 inf 20500.0 12.5 0.0 0.2 3.9', 'line 6 defocus 1'],
    ['a NaN', '1.0 21000.0 20500.0 12.5 0.0 -nan 3.9', 'line 6 cross correlation'],
    ['a word', '1.0 21000.0 oops 12.5 0.0 0.2 3.9', 'line 6 defocus 2'],
    ['a missing column', '1.0 21000.0 20500.0 12.5 0.0 0.2', 'line 6'],
    ['a spacing of zero', '1.0 21000.0 20500.0 12.5 0.0 0.2 0.0', 'line 6 ring spacing'],
    ['a defocus of zero', '1.0 0.000000 0.000000 0.0 0.0 0.0 inf', 'line 6 defocus'],
  ])('with %s causes an error with the position', (_description, row, field) => {
    const error = errorOf(() => parse(textOfVersion4(row)));
    expect(error.code).toBe('PROGRAM_FAILED');
    expect(error.location).toMatchObject({ file: 'mic.txt', field });
  });

  it('without a result line causes an error, and is never read as zeros', () => {
    expect(errorOf(() => parse(header('4.1.14', SEVEN_COLUMNS))).message).toMatch(/no result/);
    expect(errorOf(() => parse('')).message).toMatch(/no result/);
  });

  it('without the first comment is read, with a warning', () => {
    const { value, warnings } = parse('1.0 21000.0 20500.0 12.5 0.0 0.2 3.9');
    expect(value.version).toBeNull();
    expect(warnings).toHaveLength(1);
  });

  it('is read or refused with a coded error, whatever it contains', () => {
    const cell = fc.oneof(fc.constantFrom('inf', '-inf', 'nan', '#', '', '0', '1e5', '-3.5'), fc.string());
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 11 }), { maxLength: 5 }), (lines) => {
        try {
          for (const row of parse(lines.map((line) => line.join(' ')).join('\n')).value.rows)
            expect(Number.isFinite(row.defocus1A) && row.defocus1A !== 0).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError);
        }
      }),
    );
  });
});

const FIT = {
  madeBy: 'us',
  madeAt: '2026-01-02',
  inputFile: 'a.mrc',
  voltageKv: 300,
  csMm: 2.7,
  amplitudeContrast: 0.1,
  boxPixels: 512,
  lowResolutionA: 30,
  highResolutionA: 4,
  minimumDefocusA: 3000,
  maximumDefocusA: 60000,
};

describe('the CTFFIND text that is written for other fits', () => {
  const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  it('is read back with the same numbers', () => {
    fc.assert(
      fc.property(
        real(1000, 1e5),
        real(1000, 1e5),
        real(-90, 90),
        real(0, Math.PI),
        real(-1, 1),
        fc.option(real(1, 50)),
        (defocus1A, defocus2A, azimuthDeg, phaseShiftRad, crossCorrelation, fitResolutionA) => {
          const row = { defocus1A, defocus2A, azimuthDeg, phaseShiftRad, crossCorrelation, fitResolutionA };
          const text = formatCtffindText({ ...FIT, pixelSizeA: 1, row });
          const readRow = parse(text).value.rows[0]!;
          for (const [key, value] of Object.entries(row))
            if (value === null) expect(readRow[key as 'fitResolutionA']).toBeNull();
            else expect(readRow[key as 'fitResolutionA']).toBeCloseTo(value, 5);
        },
      ),
    );
  });
});

const isMissing = spawnSync('relion_run_ctffind', ['--version']).error !== undefined;
describe.skipIf(isMissing)(
  `the CTFFIND text that is written for other fits, as read by RELION's CtfFind job${isMissing ? ' [skipped: relion_run_ctffind is not installed]' : ''}`,
  () => {
    it('provides defocus, angle, figure of merit and resolution for the table of this job', () => {
      const directory = mkdtempSync(join(tmpdir(), 'ctffind-text-'));
      try {
        const image = { width: 64, height: 64, data: new Float32Array(64 * 64).map((_, i) => i % 7) };
        writeMrc(join(directory, 'a.mrc'), image, 1.2);
        const optics =
          'loop_\n_rlnOpticsGroupName #1\n_rlnOpticsGroup #2\n_rlnMicrographOriginalPixelSize #3\n_rlnVoltage #4\n' +
          '_rlnSphericalAberration #5\n_rlnAmplitudeContrast #6\n_rlnMicrographPixelSize #7\nog1 1 1.2 300 2.7 0.1 1.2\n';
        const table = 'loop_\n_rlnMicrographName #1\n_rlnOpticsGroup #2\na.mrc 1\n';
        writeFileSync(
          join(directory, 'in.star'),
          `\ndata_optics\n\n${optics}\n\ndata_micrographs\n\n${table}\n`,
        );
        mkdirSync(join(directory, 'out'));
        // RELION looks for the name of the text in CTFFIND's output.
        writeFileSync(join(directory, 'out/a_ctffind4.log'), 'Summary of results    : out/a_ctffind.txt\n');
        const row = {
          defocus1A: 15_432.1,
          defocus2A: 15_100.5,
          azimuthDeg: -33.25,
          phaseShiftRad: 0,
          crossCorrelation: 0.345,
          fitResolutionA: 3.75,
        };
        const text = formatCtffindText({ ...FIT, pixelSizeA: 1.2, row });
        writeFileSync(join(directory, 'out/a_ctffind.txt'), text);
        const args = '--i in.star --o out/ --is_ctffind4 --only_make_star --ctffind_exe /bin/true'.split(' ');
        spawnSync('relion_run_ctffind', args, { cwd: directory });
        const star = readFileSync(join(directory, 'out/micrographs_ctf.star'), 'utf8');
        const line = star.split('\n').find((l) => l.trim().startsWith('a.mrc')) ?? '';
        const numbers = line.trim().split(/\s+/).slice(3).map(Number);
        const expected = [15_432.1, 15_100.5, 331.6, -33.25, 0.345, 3.75];
        expect(numbers).toHaveLength(expected.length);
        for (const [i, v] of numbers.entries()) expect(v).toBeCloseTo(expected[i]!, 2);
      } finally {
        rmSync(directory, { recursive: true });
      }
    });
  },
);
