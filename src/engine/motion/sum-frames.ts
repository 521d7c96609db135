import type { AlignOutcome } from '../ports.ts';
import { fillNormalisation } from './dose.ts';
import type { FoundMotion } from './find-motion.ts';
import { type Job, PROGRESS_AFTER_ALIGNMENT, reportProgress } from './job.ts';
import { type EvenOdd, type Sums, secondPass } from './passes.ts';
import { weightStepPerA } from './sum-tasks.ts';

/**
 * Pass 2 over the frames: sums of the aligned frames.
 * @param isFlat - whether each used frame is flat; flat frames are excluded, unless all frames are flat
 */
export async function sumFrames(
  job: Job,
  { shifts, local }: FoundMotion,
  isFlat: readonly boolean[],
): Promise<Pick<AlignOutcome, 'sum' | 'doseWeighted' | 'evenOdd'>> {
  const { request, pool, layout, memory, groups, dose, firstFrame, evenOdd } = job;
  const { voltageKv, pixelSizeA } = request;
  const frames = groups.length;
  const { frame, sum } = layout.geometry;
  const step = weightStepPerA(sum, frame, pixelSizeA);
  const sums = await secondPass(
    pool,
    layout,
    memory,
    shifts,
    local?.fit?.model ?? null,
    dose === null ? null : { dosePerFrameEA2: dose, voltageKv, pixelSizeA },
    evenOdd,
    isFlat.every(Boolean) ? [] : isFlat,
    (table) => fillNormalisation(table, step, firstFrame, firstFrame + frames - 1, dose ?? 0, voltageKv),
    {
      firstFrame,
      frames,
      onFrames: (done) =>
        reportProgress(job, PROGRESS_AFTER_ALIGNMENT + ((1 - PROGRESS_AFTER_ALIGNMENT) * done) / frames),
    },
  );
  return completeSums(sums, evenOdd);
}

/** The sums of pass 2; the even part is added to the odd part to get the full sum. */
function completeSums(
  { plain, weighted, even }: Sums,
  evenOdd: EvenOdd,
): Pick<AlignOutcome, 'sum' | 'doseWeighted' | 'evenOdd'> {
  const sums = { sum: plain, doseWeighted: weighted };
  if (even === null) return sums;
  const isWeighted = evenOdd === 'weighted';
  const fullSum = isWeighted ? weighted! : plain;
  even.forEach((value, i) => {
    fullSum[i]! += value;
  });
  return { ...sums, evenOdd: { isWeighted, even } };
}
