import { finiteNumber, type LogReading, logError, parseCNumber } from './log-error.ts';

export interface GctfResult {
  readonly defocusUA: number;
  readonly defocusVA: number;
  readonly angleDeg: number;
  /** null if no phase shift was fitted: the line then has one number fewer. */
  readonly phaseShiftDeg: number | null;
  readonly crossCorrelation: number;
  /** null if Gctf prints `inf`. */
  readonly resolutionLimitA: number | null;
  readonly version: string | null;
}

/** Terminal colour codes, which Gctf writes even into its log. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they start with the escape character
const COLOURS = /\x1b\[[0-9;]*[A-Za-z]/g;
const FINAL = /Final\s+Values$/i;
const LIMIT = /^Resolution limit estimated by EPA:\s*(?:RES_LIMIT\b[\s:=]*)?(.*)$/i;

/**
 * Reads Gctf's log (or its printed output): the last `Final Values` and the last resolution limit by
 * equiphase average. `Final Values` has four numbers, or five if a phase shift was fitted.
 * @throws CodedError PROGRAM_FAILED if one of the two lines is missing or has no numbers
 */
export function parseGctfLog(text: string, file: string): LogReading<GctfResult> {
  let final: { cells: string[]; line: number } | null = null;
  let limit: { text: string; line: number } | null = null;
  let version: string | null = null;
  for (const [index, raw] of text.split(/\r?\n|\r/).entries()) {
    const line = raw.replaceAll(COLOURS, '').trim();
    const finalMatch = FINAL.exec(line);
    const limitMatch = LIMIT.exec(line);
    if (finalMatch) final = { cells: line.slice(0, finalMatch.index).trim().split(/\s+/), line: index + 1 };
    if (limitMatch) limit = { text: limitMatch[1]!.trim(), line: index + 1 };
    version ??= /\bgctf[-_ ]?(?:version)?[-_ ]?v?(\d+\.\d+[\w.]*)/i.exec(line)?.[1] ?? null;
  }
  if (final === null) throw logError({ file }, 'it has no result', 'a line "... Final Values"', 'none');
  if (limit === null)
    throw logError(
      { file },
      'it has no resolution limit',
      'a line "Resolution limit estimated by EPA: ..."',
      'none',
    );
  const { cells, line } = final;
  if (cells.length !== 4 && cells.length !== 5)
    throw logError({ file, line, field: 'Final Values' }, 'columns are missing', '4 or 5', `${cells.length}`);
  const numbers = cells.map((cell) => finiteNumber(cell, { file, line, field: 'Final Values' }));
  const [defocusUA, defocusVA, angleDeg] = numbers as [number, number, number];
  if (defocusUA === 0 || defocusVA === 0)
    throw logError({ file, line, field: 'Final Values' }, 'a defocus of zero is not a result', 'not 0', '0');
  return {
    value: {
      defocusUA,
      defocusVA,
      angleDeg,
      version,
      phaseShiftDeg: numbers.length === 5 ? numbers[3]! : null,
      crossCorrelation: numbers.at(-1)!,
      resolutionLimitA: limitOf(limit.text, file, limit.line),
    },
    warnings: [],
  };
}

function limitOf(text: string, file: string, line: number): number | null {
  const value = parseCNumber(text.split(/\s+/)[0] ?? '');
  if (value === Infinity) return null;
  if (value !== null && value > 0) return value;
  throw logError({ file, line, field: 'RES_LIMIT' }, 'the limit is not a length', 'a length or inf', text);
}
