import { OUTPUT_STEM } from './motioncor-arguments.ts';
import type { MovieInput } from './movie-input.ts';
import type { ProgramOutputs } from './outputs.ts';
import { meanOf, readSum } from './read-sum.ts';

/** Maximum rounding error of the two sums, relative to the standard deviation of the sum. */
const SPLIT_TOLERANCE = 0.01;

/**
 * The part of the plain sum that MotionCor calls even; absent if the two parts do not add up to the full sum,
 * for example because of a different scale.
 * @throws CodedError PROGRAM_FAILED if a sum is missing or of another size
 */
export function readEvenSum(
  outputs: ProgramOutputs,
  input: MovieInput,
  fullSum: Float32Array,
): { even?: Float32Array; warnings: string[] } {
  const { title } = outputs;
  const { data: even } = readSum(outputs, `${OUTPUT_STEM}_EVN.mrc`, input);
  const { data: odd } = readSum(outputs, `${OUTPUT_STEM}_ODD.mrc`, input);
  if (even.length !== fullSum.length || odd.length !== fullSum.length)
    throw outputs.failure(`${title} wrote sums of different sizes.`);
  if (areParts(even, odd, fullSum)) return { even, warnings: [] };
  return { warnings: [`The even and odd sums of ${title} do not add up to its full sum.`] };
}

/** Whether the even and odd sums add up to the full sum. */
function areParts(even: Float32Array, odd: Float32Array, fullSum: Float32Array): boolean {
  const mean = meanOf(fullSum);
  let residual = 0;
  let deviation = 0;
  fullSum.forEach((value, i) => {
    residual += ((even[i] ?? 0) + (odd[i] ?? 0) - value) ** 2;
    deviation += (value - mean) ** 2;
  });
  return residual <= SPLIT_TOLERANCE ** 2 * deviation;
}
