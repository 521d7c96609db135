import { finiteNumber, type LogReading, logError } from './log-error.ts';

/**
 * Shifts of whole frames as written by MotionCor2 and MotionCor3: shifts to apply (the motion of the content
 * has the opposite sign), in unbinned pixels of the movie as it was read, relative to a frame that MotionCor
 * chooses. The first used frame has number 1.
 */
export type MotioncorShifts = readonly (readonly [number, number])[];

/** A row `n x y`. */
const ROW = /^\s*(\d+)\s+(\S+)\s+(\S+)\s*$/;
/** `...... Frame (  1) shift:     0.000      0.000`: MotionCor2 before 1.6.4, and MotionCor3. */
const FRAME_LINE = /Frame\s*\(\s*(\d{1,9})\s*\)\s*shift:\s*(\S{1,40})\s+(\S+)/i;
/** Heading of the table of rows `n x y` that MotionCor2 prints from 1.6 on. */
const TABLE_HEAD = /frame\s+x\s*shift\s+y\s*shift/i;
const START = /full-frame alignment shift/i;

/**
 * Reads `X-Full.log` (alignment of whole frames) or `X-Patch-Full.log` (alignment of whole frames before that
 * of patches): comments, then rows `n x y`.
 * @throws CodedError PROGRAM_FAILED if a row cannot be parsed (with its line), or the number of frames is
 * wrong
 */
export function parseMotioncorFullLog(
  text: string,
  file: string,
  frames: number,
): LogReading<MotioncorShifts> {
  const found: NumberedShift[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const row = ROW.exec(line);
    if (!row) throw logError({ file, line: index + 1 }, 'a row cannot be parsed', 'frame, x, y', line);
    found.push(parseShift(row, file, index + 1));
  }
  return { value: shiftsInOrder(found, file, frames), warnings: [] };
}

/**
 * Finds the last table of shifts in the printed output of MotionCor, in either of its two forms.
 * @throws CodedError PROGRAM_FAILED if there is none, or frames are missing
 */
export function parseMotioncorOutput(
  text: string,
  file: string,
  frames: number,
): LogReading<MotioncorShifts> {
  let found: NumberedShift[] = [];
  let isInside = false;
  let isTable = false;
  for (const [index, line] of text.split(/\r?\n|\r/).entries()) {
    const frameLine = FRAME_LINE.exec(line);
    if (TABLE_HEAD.test(line)) {
      [found, isInside, isTable] = [[], true, true];
    } else if (START.test(line)) {
      [found, isInside, isTable] = [[], true, false];
    } else if (isInside && frameLine && !isTable) found.push(parseShift(frameLine, file, index + 1));
    else if (isInside && isTable && ROW.test(line)) found.push(parseShift(ROW.exec(line)!, file, index + 1));
    else if (isInside && line.trim() !== '' && found.length > 0) isInside = false;
  }
  if (found.length === 0)
    throw logError(
      { file },
      'it has no shifts of frames',
      'lines "Frame (n) shift: x y", or a table "Frame x Shift y Shift"',
      'none',
    );
  return { value: shiftsInOrder(found, file, frames), warnings: [] };
}

/** Progress of the alignment in the printed output of MotionCor. */
export interface MotioncorProgress {
  readonly iterations: number;
  /** Maximum error after the last iteration of whole-frame alignment, pixels; null if none is printed. */
  readonly lastErrorPixels: number | null;
  /** Printed lines about requested options that were ignored. */
  readonly ignoredOptions: readonly string[];
}

/** MotionCor continues after these messages and exits without an error. */
const IGNORED_OPTION = /cannot augment gain|throwing tw?o+ many frames/i;
/** The same for a reference: its name, and the words about its failure, which follow later in the line. */
const IGNORED_REFERENCES = [
  { name: /gain|dark/i, failure: /not be loaded|be skipped|cannot be|failed/i },
  { name: /defect/i, failure: /not be loaded|be skipped|cannot be/i },
];

function isAboutIgnoredOption(line: string): boolean {
  if (IGNORED_OPTION.test(line)) return true;
  return IGNORED_REFERENCES.some(({ name, failure }) => {
    const at = line.search(name);
    return at >= 0 && failure.test(line.slice(at));
  });
}

/**
 * Iterations of the first alignment, which is that of whole frames, and the options that MotionCor ignored.
 */
export function parseMotioncorProgress(text: string): MotioncorProgress {
  const errors: number[] = [];
  const ignoredOptions: string[] = [];
  let isOver = false;
  for (const line of text.split(/\r?\n|\r/)) {
    const iteration = /^\s*iteration\s+\d+\s+error:\s*(\S+)/i.exec(line);
    if (START.test(line) || TABLE_HEAD.test(line)) isOver = true;
    else if (iteration && !isOver) errors.push(Number(iteration[1]));
    if (isAboutIgnoredOption(line)) ignoredOptions.push(line.trim());
  }
  const last = errors.at(-1);
  return {
    iterations: errors.length,
    lastErrorPixels: last !== undefined && Number.isFinite(last) ? last : null,
    ignoredOptions,
  };
}

interface NumberedShift {
  readonly frame: number;
  readonly shift: readonly [number, number];
  readonly line: number;
}

function parseShift(match: RegExpExecArray, file: string, line: number): NumberedShift {
  const x = finiteNumber(match[2]!, { file, line, field: 'x shift' });
  const y = finiteNumber(match[3]!, { file, line, field: 'y shift' });
  return { frame: Number(match[1]), shift: [x, y], line };
}

function shiftsInOrder(found: readonly NumberedShift[], file: string, frames: number): [number, number][] {
  for (const [i, { frame, line }] of found.entries())
    if (frame !== i + 1)
      throw logError({ file, line }, 'frames are not in order', `frame ${i + 1}`, `frame ${frame}`);
  if (found.length !== frames)
    throw logError({ file }, 'frames are missing or too many', `${frames} frames`, `${found.length}`);
  return found.map(({ shift: [x, y] }) => [x, y]);
}
