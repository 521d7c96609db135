import { CodedError } from '../../contract/errors.ts';
import {
  type MotioncorShifts,
  parseMotioncorFullLog,
  parseMotioncorOutput,
} from '../../formats/logs/motioncor-shifts.ts';
import { patchesOf } from './motioncor-arguments.ts';
import { asMotion, type MovieInput } from './movie-input.ts';
import type { ProgramOutputs } from './outputs.ts';

/**
 * Maximum difference, pixels, between the shifts in the log (truncated to two decimals) and the printed
 * shifts (three decimals).
 */
const ROUNDING_PIXELS = 0.03;

/**
 * Names of all `*.log` files in the work directory, sorted; MotionCor2 inserts a number before the extension
 * if -LogFile is a prefix.
 */
export const logNames = (outputs: ProgramOutputs): string[] =>
  outputs.names().filter((name) => /\.log$/i.test(name));

/**
 * Shifts of the whole frames from the log file, or from the printed output if there is no file. If both exist
 * and differ, there is a warning, because after a change of the format a parser may return wrong numbers
 * rather than fail.
 * @throws CodedError PROGRAM_FAILED if neither can be parsed
 */
export function readShifts(
  outputs: ProgramOutputs,
  input: MovieInput,
): { shiftsToApply: MotioncorShifts; warnings: string[] } {
  const { title, printedText } = outputs;
  const file = logOfFrames(logNames(outputs), patchesOf(input) !== null);
  const parsePrinted = () => parseMotioncorOutput(printedText, `output of ${title}`, input.usedFrames).value;
  const shiftsToApply =
    file === undefined
      ? parsePrinted()
      : parseMotioncorFullLog(outputs.text(file), file, input.usedFrames).value;
  const warnings = shiftsToApply.every(([x, y]) => x === 0 && y === 0)
    ? [`${title} reports zero shifts for all frames: check whether its log was read correctly.`]
    : [];
  if (file === undefined)
    warnings.push(`${title} wrote no shift log: the shifts were read from its printed output.`);
  else warnings.push(...compareWithPrinted(file, shiftsToApply, parsePrinted));
  return { shiftsToApply, warnings };
}

const logOfFrames = (names: readonly string[], isPatched: boolean): string | undefined =>
  names.find((name) => (isPatched ? /-Patch-Full\.log$/i : /(?<!-Patch)-Full\.log$/i).test(name)) ??
  names.find((name) => /-Full\.log$/i.test(name));

function compareWithPrinted(
  file: string,
  loggedShifts: MotioncorShifts,
  parsePrinted: () => MotioncorShifts,
): string[] {
  try {
    const largest = maxDifference(asMotion(loggedShifts), asMotion(parsePrinted()));
    return largest <= ROUNDING_PIXELS
      ? []
      : [`The shifts of ${file} and those printed differ by up to ${largest.toFixed(2)} pixels.`];
  } catch (error) {
    if (error instanceof CodedError) return [`The shifts could be read only from ${file}. ${error.message}`];
    throw error;
  }
}

/** Maximum difference between two lists of the shifts of the used frames, pixels. */
const maxDifference = (a: MotioncorShifts, b: MotioncorShifts): number =>
  Math.max(
    ...a.map(([x, y], frame) => {
      const [otherX, otherY] = b[frame] ?? [Number.NaN, Number.NaN];
      return Math.max(Math.abs(x - otherX), Math.abs(y - otherY));
    }),
  );
