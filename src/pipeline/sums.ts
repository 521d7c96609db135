import type { OutputRole } from '../contract/record.ts';
import { replaceByOddSum } from '../engine/motion/odd-sum.ts';
import { writeMrc } from '../formats/mrc/write.ts';
import { fitsFloat16, statisticsOf, writeMrcFloat16 } from '../formats/mrc/write-float16.ts';
import type { Alignment } from './adapter.ts';
import { nameOutput, type Run, warn } from './run.ts';

/** The outputs that are sums of frames. */
export const SUM_ROLES = [
  'sum',
  'doseWeighted',
  'even',
  'odd',
  'evenDoseWeighted',
  'oddDoseWeighted',
] as const satisfies readonly OutputRole[];
type SumRole = (typeof SUM_ROLES)[number];

/**
 * Stages every sum of an alignment, as 16-bit floats if these were requested and can represent the sum.
 * @returns path of the plain sum, and whether the file has mode 2
 */
export function writeSums(run: Run, aligned: Alignment): { path: string; isFloat32: boolean } {
  const { sum, doseWeighted, evenOdd } = aligned;
  const plain = writeSum(run, 'sum', sum, aligned);
  if (doseWeighted) writeSum(run, 'doseWeighted', doseWeighted, aligned);
  if (evenOdd) {
    const { even, isWeighted } = evenOdd;
    writeSum(run, isWeighted ? 'evenDoseWeighted' : 'even', even, aligned);
    // The even sum is written first, because the odd sum then overwrites it in memory.
    replaceByOddSum(even, isWeighted && doseWeighted ? doseWeighted : sum);
    writeSum(run, isWeighted ? 'oddDoseWeighted' : 'odd', even, aligned);
  } else if (run.batch.recipe.evenOdd)
    warn(run, 'align', [
      'There are no even and odd sums: the program does not support them, or the movie has only one frame.',
    ]);
  return plain;
}

function writeSum(run: Run, role: SumRole, data: Float32Array, aligned: Alignment) {
  const { width, height, pixelSizeA } = aligned;
  const name = nameOutput(run, role);
  const path = run.staging.pathOf(name);
  const label = `cryoem-service ${run.tools.serviceVersion}`;
  const isRequested = run.batch.recipe.float16 === true;
  const isFloat16 = isRequested && fitsFloat16(statisticsOf(data));
  if (isRequested && !isFloat16)
    warn(run, 'align', [`16-bit floats cannot represent ${name}: it is written with 32 bits.`]);
  const write = isFloat16 ? writeMrcFloat16 : writeMrc;
  write(path, { width, height, data }, pixelSizeA, label);
  return { path, isFloat32: !isFloat16 };
}
