import { finiteNumber, type LogReading, logError, parseCNumber } from './log-error.ts';

/** One line of CTFFIND's result text. */
interface CtffindRow {
  readonly micrograph: number;
  readonly defocus1A: number;
  readonly defocus2A: number;
  /** Angle from the x axis to the direction of the first defocus. */
  readonly azimuthDeg: number;
  readonly phaseShiftRad: number;
  readonly crossCorrelation: number;
  /** Spacing up to which Thon rings were fitted; null if CTFFIND prints `inf`, because no ring was fitted. */
  readonly fitResolutionA: number | null;
  /** Columns from the eighth on (version 5: tilt axis, tilt, thickness), unchanged. */
  readonly additionalColumns: readonly number[];
}

export interface CtffindText {
  /** From the line `# Output from CTFFind version ...`; null if there is none. */
  readonly version: string | null;
  readonly rows: readonly CtffindRow[];
}

/**
 * Columns that every version writes, in order (the readers of RELION and Scipion for 4.1 read the same
 * seven).
 */
const COLUMNS = [
  'micrograph number',
  'defocus 1',
  'defocus 2',
  'azimuth of astigmatism',
  'phase shift',
  'cross correlation',
  'ring spacing',
] as const;

/**
 * Reads CTFFIND's result text, versions 4 (seven columns) and 5 (ten).
 * @param file - its name, for errors
 * @throws CodedError PROGRAM_FAILED if there is no result, a column is missing, a number is not finite, or a
 * defocus is zero
 */
export function parseCtffindText(text: string, file: string): LogReading<CtffindText> {
  const warnings: string[] = [];
  const rows: CtffindRow[] = [];
  let version: string | null = null;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line.startsWith('#')) version ??= /output from ctffind version\s+([^\s,]+)/i.exec(line)?.[1] ?? null;
    else if (line !== '') rows.push(parseRow(line.split(/\s+/), file, index + 1));
  }
  if (rows.length === 0) throw logError({ file }, 'it has no result', 'a line of seven numbers', 'none');
  if (version === null) warnings.push(`${file} does not contain the version of CTFFIND`);
  return { value: { version, rows }, warnings };
}

function parseRow(cells: readonly string[], file: string, line: number): CtffindRow {
  if (cells.length < COLUMNS.length)
    throw logError({ file, line }, 'columns are missing', `${COLUMNS.length} or more`, `${cells.length}`);
  const number = (column: number) =>
    finiteNumber(cells[column]!, { file, line, field: COLUMNS[column] as string });
  const [micrograph, defocus1A, defocus2A, azimuthDeg, phaseShiftRad, crossCorrelation] = [
    number(0),
    number(1),
    number(2),
    number(3),
    number(4),
    number(5),
  ] as const;
  if (defocus1A === 0 || defocus2A === 0)
    throw logError({ file, line, field: 'defocus' }, 'a defocus of zero is not a result', 'not 0', '0');
  const additionalColumns = cells.slice(COLUMNS.length).map((cell, i) => {
    const value = parseCNumber(cell);
    if (value !== null) return value;
    throw logError(
      { file, line, field: `column ${COLUMNS.length + 1 + i}` },
      'not a number',
      'a number',
      cell,
    );
  });
  return {
    micrograph,
    defocus1A,
    defocus2A,
    azimuthDeg,
    phaseShiftRad,
    crossCorrelation,
    additionalColumns,
    fitResolutionA: ringSpacing(cells[6]!, file, line),
  };
}

/** The spacing is the inverse of a frequency: `inf` is the frequency zero, where no ring was fitted. */
function ringSpacing(cell: string, file: string, line: number): number | null {
  const value = parseCNumber(cell);
  if (value === Infinity) return null;
  if (value !== null && value > 0) return value;
  throw logError({ file, line, field: COLUMNS[6] }, 'the spacing is not a length', 'a length or inf', cell);
}

/** Contents of the text that `formatCtffindText` writes. */
export interface CtffindTextSource {
  /** The program that made the fit, for the first line. */
  readonly madeBy: string;
  readonly madeAt: string;
  readonly inputFile: string;
  readonly pixelSizeA: number;
  readonly voltageKv: number;
  readonly csMm: number;
  readonly amplitudeContrast: number;
  readonly boxPixels: number;
  readonly lowResolutionA: number;
  readonly highResolutionA: number;
  readonly minimumDefocusA: number;
  readonly maximumDefocusA: number;
  readonly row: Omit<CtffindRow, 'micrograph' | 'additionalColumns'>;
}

/**
 * The result of a fit in the layout of CTFFIND 4.1: five comment lines, then seven columns with six decimals.
 */
export function formatCtffindText(source: CtffindTextSource): string {
  const { row } = source;
  const fixed = (value: number, digits: number) => value.toFixed(digits);
  const { defocus1A, defocus2A, azimuthDeg, phaseShiftRad, crossCorrelation, fitResolutionA } = row;
  const numbers = [1, defocus1A, defocus2A, azimuthDeg, phaseShiftRad, crossCorrelation]
    .map((value) => fixed(value, 6))
    .concat(fitResolutionA === null ? 'inf' : fixed(fitResolutionA, 6));
  return [
    `# Output from ${source.madeBy}, run on ${source.madeAt}; layout of CTFFind version 4.1`,
    `# Input file: ${source.inputFile} ; Number of micrographs: 1`,
    `# Pixel size: ${fixed(source.pixelSizeA, 3)} Angstroms ; acceleration voltage: ${fixed(source.voltageKv, 1)} keV ; spherical aberration: ${fixed(source.csMm, 2)} mm ; amplitude contrast: ${fixed(source.amplitudeContrast, 2)}`,
    `# Box size: ${source.boxPixels} pixels ; min. res.: ${fixed(source.lowResolutionA, 1)} Angstroms ; max. res.: ${fixed(source.highResolutionA, 1)} Angstroms ; min. def.: ${fixed(source.minimumDefocusA, 1)} Angstroms; max. def. ${fixed(source.maximumDefocusA, 1)} Angstroms`,
    '# Columns: #1 - micrograph number; #2 - defocus 1 [Angstroms]; #3 - defocus 2; #4 - azimuth of astigmatism; #5 - additional phase shift [radians]; #6 - cross correlation; #7 - spacing (in Angstroms) up to which CTF rings were fit successfully',
    numbers.join(' '),
    '',
  ].join('\n');
}
