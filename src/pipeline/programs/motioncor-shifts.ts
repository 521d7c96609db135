import { CodedError } from '../../contract/errors.ts';
import {
  type MotioncorShifts,
  parseMotioncorFullLog,
  parseMotioncorOutput,
} from '../../formats/logs/motioncor-shifts.ts';
import { patchesOf } from './motioncor-arguments.ts';
import { asMotion, type MovieInput } from './movie-input.ts';
import type { ProgramOutputs } from './outputs.ts';

/** Shifts of the log (two digits, cut off) and those printed (three) may differ by this much, pixels. */
const ROUNDING_PIXELS = 0.03;

/** All `*.log` of the work directory by name; MotionCor2 puts a number before the ending where -LogFile is a prefix. */
export const logNames = (outputs: ProgramOutputs): string[] =>
  outputs.names().filter((name) => /\.log$/i.test(name));

/**
 * Shifts of the whole frames from the log file, or from what was printed where no file was written. Where both are there
 * and differ, a warning says so: a format that changed may be read as something else before it is read as nothing.
 * @throws CodedError PROGRAM_FAILED where neither can be understood
 */
export function readShifts(
  outputs: ProgramOutputs,
  input: MovieInput,
): { toApply: MotioncorShifts; warnings: string[] } {
  const { title, printed } = outputs;
  const file = logOfFrames(logNames(outputs), patchesOf(input) !== null);
  const shown = () => parseMotioncorOutput(printed, `output of ${title}`, input.used).value;
  const toApply =
    file === undefined ? shown() : parseMotioncorFullLog(outputs.text(file), file, input.used).value;
  const warnings = toApply.every(([x, y]) => x === 0 && y === 0)
    ? [`${title} says that nothing moved at all: check whether its log was read correctly.`]
    : [];
  if (file === undefined)
    warnings.push(`${title} wrote no log of its shifts: they are those that it printed.`);
  else warnings.push(...comparison(file, toApply, shown));
  return { toApply, warnings };
}

const logOfFrames = (names: readonly string[], isPatched: boolean): string | undefined =>
  names.find((name) => (isPatched ? /-Patch-Full\.log$/i : /(?<!-Patch)-Full\.log$/i).test(name)) ??
  names.find((name) => /-Full\.log$/i.test(name));

function comparison(file: string, logged: MotioncorShifts, shown: () => MotioncorShifts): string[] {
  try {
    const largest = largestDifference(asMotion(logged), asMotion(shown()));
    return largest <= ROUNDING_PIXELS
      ? []
      : [`The shifts of ${file} and those printed differ by up to ${largest.toFixed(2)} pixels.`];
  } catch (error) {
    if (error instanceof CodedError) return [`Only ${file} tells the shifts. ${error.message}`];
    throw error;
  }
}

/** Both are of the used frames. */
const largestDifference = (a: MotioncorShifts, b: MotioncorShifts): number =>
  Math.max(
    ...a.map(([x, y], frame) => {
      const [otherX, otherY] = b[frame] ?? [Number.NaN, Number.NaN];
      return Math.max(Math.abs(x - otherX), Math.abs(y - otherY));
    }),
  );
