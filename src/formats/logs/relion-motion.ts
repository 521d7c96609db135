import { type ParsedStarBlock, parseStar } from '../star/parse.ts';
import { StarError } from '../star/tokens.ts';
import { finiteNumber, type LogReading, logError } from './log-error.ts';

/**
 * Results of relion_run_motioncorr for one movie. RELION writes the shifts to apply: the motion of the
 * content has the opposite sign.
 */
export interface RelionMotion {
  /** One shift per used frame, unbinned pixels. */
  readonly shiftsToApply: readonly (readonly [number, number])[];
  /**
   * Local shift to apply in addition, 18 coefficients for each axis; null if only whole frames were aligned.
   */
  readonly localToApply: { readonly x: readonly number[]; readonly y: readonly number[] } | null;
  /** Number of shifts that were measured for patches. */
  readonly localPoints: number;
  readonly hotPixels: readonly (readonly [number, number])[];
}

export interface ExpectedMovie {
  readonly structure: { readonly width: number; readonly height: number; readonly frames: number };
  readonly firstFrame: number;
  /** Number of frames; each must have a shift. */
  readonly usedFrames: number;
}

/** RELION writes this value if a frame has no shift. */
const NOT_OBSERVED = -9999;
const COEFFICIENTS = 18;
/** Value of rlnMotionModelVersion -> whether there is a model, the polynomial of third order. */
const MODELS: Readonly<Record<string, boolean>> = { '0': false, '1': true };

/**
 * Reads the STAR file that RELION 3.1 and later write next to a corrected micrograph.
 * @param expected - the movie to which the file must belong
 * @throws CodedError PROGRAM_FAILED if a block, a frame or a number is missing, or if size or frames are not
 * those of the movie
 */
export function parseRelionMotion(
  text: string,
  file: string,
  expected: ExpectedMovie,
): LogReading<RelionMotion> {
  const blocks = readBlocks(text, file);
  const block = (name: string): ParsedStarBlock => {
    const found = blocks.find((b) => b.name === name);
    if (found) return found;
    throw logError(
      { file },
      'a block is missing',
      `data_${name}`,
      blocks.map((b) => b.name).join(', ') || 'none',
    );
  };
  const general = block('general');
  const value = (label: string): string => {
    const found = general.pairs.get(label);
    if (found !== undefined) return found;
    throw logError({ file, field: label }, 'a value is missing', 'a value in data_general', 'none');
  };
  const integerOf = (label: string) => parseCount(value(label), file, label);
  const hasModel = MODELS[value('rlnMotionModelVersion')];
  if (hasModel === undefined)
    throw logError(
      { file, field: 'rlnMotionModelVersion' },
      'its model of local motion is unknown',
      Object.keys(MODELS).join(' or '),
      value('rlnMotionModelVersion'),
    );
  const { structure, firstFrame, usedFrames } = expected;
  const requireValue = (label: string, wanted: number) => {
    const found = integerOf(label);
    if (found !== wanted)
      throw logError({ file, field: label }, 'it belongs to another movie', `${wanted}`, `${found}`);
  };
  requireValue('rlnImageSizeX', structure.width);
  requireValue('rlnImageSizeY', structure.height);
  requireValue('rlnImageSizeZ', structure.frames);
  requireValue('rlnMicrographStartFrame', firstFrame);
  const hot = blocks.find((b) => b.name === 'hot_pixels');
  return {
    value: {
      shiftsToApply: shiftsOf(block('global_shift'), file, firstFrame, usedFrames),
      localToApply: hasModel ? coefficientsOf(block('local_motion_model'), file) : null,
      localPoints: blocks.find((b) => b.name === 'local_shift')?.rows.length ?? 0,
      hotPixels: hot
        ? numbers(hot, ['rlnCoordinateX', 'rlnCoordinateY'], file).map(([x, y]) => [x!, y!])
        : [],
    },
    warnings: [],
  };
}

function readBlocks(text: string, file: string): ParsedStarBlock[] {
  try {
    return parseStar(text);
  } catch (error) {
    if (error instanceof StarError) throw logError({ file, line: error.line }, error.message);
    throw error;
  }
}

function parseCount(text: string, file: string, field: string): number {
  const value = finiteNumber(text, { file, field });
  if (Number.isInteger(value) && value >= 0) return value;
  throw logError({ file, field }, 'not a whole number', 'a whole number', text);
}

/** The columns of a loop as numbers, row by row. */
function numbers(block: ParsedStarBlock, labels: readonly string[], file: string): number[][] {
  const indices = labels.map((label) => {
    const index = block.columns.indexOf(label);
    if (index >= 0) return index;
    throw logError(
      { file, field: `data_${block.name}` },
      'a column is missing',
      label,
      block.columns.join(', '),
    );
  });
  return block.rows.map((row, i) =>
    indices.map((column, k) =>
      finiteNumber(row[column]!, { file, field: `data_${block.name} row ${i + 1} ${labels[k]}` }),
    ),
  );
}

function shiftsOf(
  block: ParsedStarBlock,
  file: string,
  firstFrame: number,
  usedFrames: number,
): [number, number][] {
  const labels = ['rlnMicrographFrameNumber', 'rlnMicrographShiftX', 'rlnMicrographShiftY'];
  const all = numbers(block, labels, file) as [number, number, number][];
  // All frames of the movie are listed; skipped frames have no shift.
  const lastFrame = firstFrame + usedFrames - 1;
  const rows = all.filter(([frame]) => frame >= firstFrame && frame <= lastFrame);
  if (rows.length !== usedFrames)
    throw logError(
      { file, field: 'data_global_shift' },
      'frames are missing',
      `${usedFrames} frames`,
      `${rows.length}`,
    );
  return rows.map(([frame, x, y], i) => {
    const field = `data_global_shift row ${i + 1}`;
    if (frame !== firstFrame + i)
      throw logError({ file, field }, 'frames are not in order', `frame ${firstFrame + i}`, `${frame}`);
    if (x === NOT_OBSERVED || y === NOT_OBSERVED)
      throw logError({ file, field }, 'a frame has no shift', 'a shift', `${NOT_OBSERVED}`);
    return [x, y];
  });
}

function coefficientsOf(block: ParsedStarBlock, file: string): { x: number[]; y: number[] } {
  const rows = numbers(block, ['rlnMotionModelCoeffsIdx', 'rlnMotionModelCoeff'], file);
  const isComplete = rows.length === 2 * COEFFICIENTS && rows.every(([index], i) => index === i);
  if (!isComplete)
    throw logError(
      { file, field: 'data_local_motion_model' },
      'coefficients are missing',
      `${2 * COEFFICIENTS} in order`,
      `${rows.length}`,
    );
  const values = rows.map(([, value]) => value!);
  return { x: values.slice(0, COEFFICIENTS), y: values.slice(COEFFICIENTS) };
}

/** Progress of RELION's alignment. */
export interface RelionMotionLog {
  readonly iterations: number;
  /** Last change of the shifts of whole frames, in pixels that RELION uses for the alignment. */
  readonly lastChangePixels: number;
  /** RMS distance of the patches from the model along x and y, unbinned pixels; null if none was fitted. */
  readonly fitRmsPixels: readonly [number, number] | null;
}

/**
 * Reads the log that relion_run_motioncorr writes next to a corrected micrograph.
 * @throws CodedError PROGRAM_FAILED if it has no iteration of the global alignment
 */
export function parseRelionMotionLog(text: string, file: string): LogReading<RelionMotionLog> {
  let isGlobal = false;
  const changes: number[] = [];
  let fitRmsPixels: [number, number] | null = null;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const location = { file, line: index + 1 };
    if (/^\s*global alignment:/i.test(line)) isGlobal = true;
    else if (/^\s*local alignments?:/i.test(line)) isGlobal = false;
    const change = isGlobal ? /iteration\s+\d+:\s*RMSD\s*=\s*(\S+)/i.exec(line) : null;
    if (change) changes.push(finiteNumber(change[1]!, { ...location, field: 'RMSD' }));
    const fit = /polynomial fit RMSD:\s*X\s*=\s*(\S+)\s*px\s*Y\s*=\s*(\S+)\s*px/i.exec(line);
    if (fit)
      fitRmsPixels = [
        finiteNumber(fit[1]!, { ...location, field: 'X' }),
        finiteNumber(fit[2]!, { ...location, field: 'Y' }),
      ];
  }
  const lastChangePixels = changes.at(-1);
  if (lastChangePixels === undefined)
    throw logError({ file }, 'it has no alignment', 'a line "Iteration 1: RMSD = ..."', 'none');
  return { value: { iterations: changes.length, lastChangePixels, fitRmsPixels }, warnings: [] };
}
