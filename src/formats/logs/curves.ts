import { finiteNumber, type LogReading, logError, parseCNumber } from './log-error.ts';

/** Radial curves of a fit; all arrays have the same length, frequencies are in ascending order. */
export interface FitCurves {
  readonly frequencyPerA: readonly number[];
  readonly data: readonly number[];
  readonly model: readonly number[];
  readonly cc: readonly number[];
}

/** Number of lines for each micrograph in CTFFIND's `_avrot.txt`, according to the header of the file. */
const AVROT_LINES = 6;
const AVROT = { frequency: 0, averageAlongRings: 2, fit: 3, crossCorrelation: 4 } as const;

/**
 * Reads the curves of the first micrograph of CTFFIND's `<diagnostic>_avrot.txt`: frequency in 1/A, average
 * along the (elliptical) rings, fit, cross-correlation of both. Points at which one of these is not a number
 * are omitted.
 * @throws CodedError PROGRAM_FAILED if lines are missing or differ in length, or frequencies do not increase
 */
export function parseCtffindCurves(text: string, file: string): LogReading<FitCurves> {
  const lines = text
    .split(/\r?\n/)
    .map((line, index) => ({ cells: line.trim().split(/\s+/), line: index + 1, text: line.trim() }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'));
  if (lines.length < AVROT_LINES)
    throw logError({ file }, 'lines are missing', `${AVROT_LINES} lines of numbers`, `${lines.length}`);
  const count = lines[0]!.cells.length;
  const values = lines.slice(0, AVROT_LINES).map(({ cells, line }) => {
    if (cells.length !== count)
      throw logError({ file, line }, 'lines differ in length', `${count} numbers`, `${cells.length}`);
    return cells.map((cell) => anyNumber(cell, file, line));
  });
  const line = (which: keyof typeof AVROT) => values[AVROT[which]]!;
  const points = line('frequency').map((frequency, i) => ({
    frequency,
    data: line('averageAlongRings')[i]!,
    model: line('fit')[i]!,
    cc: line('crossCorrelation')[i]!,
  }));
  return curvesOf(points, file);
}

/**
 * Columns of Gctf's `_EPA.log`: resolution in A, simulated CTF, equiphase average, equiphase average without
 * background, CCC.
 */
const EPA_COLUMNS = 5;

/**
 * Reads Gctf's `<micrograph>_EPA.log`: a heading, then rows in order of increasing frequency.
 * @throws CodedError PROGRAM_FAILED if no rows are found, columns are missing, or frequencies do not increase
 */
export function parseGctfCurves(text: string, file: string): LogReading<FitCurves> {
  const points = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const cells = raw.trim().split(/\s+/);
    const isRow = parseCNumber(cells[0]!) !== null;
    if (!isRow) continue; // the heading and empty lines
    const line = index + 1;
    if (cells.length !== EPA_COLUMNS)
      throw logError({ file, line }, 'columns are missing', `${EPA_COLUMNS}`, `${cells.length}`);
    const resolutionA = finiteNumber(cells[0]!, { file, line, field: 'resolution' });
    if (!(resolutionA > 0)) throw logError({ file, line }, 'not a resolution', 'above 0', cells[0]!);
    const [model, , data, cc] = cells.slice(1).map((cell) => anyNumber(cell, file, line));
    points.push({ frequency: 1 / resolutionA, data: data!, model: model!, cc: cc! });
  }
  if (points.length === 0) throw logError({ file }, 'it has no curve', 'rows of five numbers', 'none');
  return curvesOf(points, file);
}

function anyNumber(cell: string, file: string, line: number): number {
  const value = parseCNumber(cell);
  if (value !== null) return value;
  throw logError({ file, line }, 'not a number', 'a number', cell);
}

function curvesOf(
  all: readonly { frequency: number; data: number; model: number; cc: number }[],
  file: string,
): LogReading<FitCurves> {
  const points = all.filter((point) => Object.values(point).every(Number.isFinite));
  if (points.length < 2)
    throw logError({ file }, 'the curves have no numbers', '2 points or more', `${points.length}`);
  for (const [i, { frequency }] of points.entries())
    if (i > 0 && frequency <= points[i - 1]!.frequency)
      throw logError(
        { file },
        'frequencies do not increase',
        `above ${points[i - 1]!.frequency}`,
        `${frequency}`,
      );
  const omitted = all.length - points.length;
  return {
    value: {
      frequencyPerA: points.map((p) => p.frequency),
      data: points.map((p) => p.data),
      model: points.map((p) => p.model),
      cc: points.map((p) => p.cc),
    },
    warnings:
      omitted === 0 ? [] : [`${file}: ${omitted} points of the curves are not numbers and were omitted`],
  };
}
