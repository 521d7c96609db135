import type { Shift } from './align-tasks.ts';
import type { FrameExamination } from './examine-frames.ts';
import { spreadShifts } from './groups.ts';
import { AFTER_ALIGNMENT, AFTER_FIRST_PASS, type Job, reportProgress } from './job.ts';
import { findLocalMotion, type LocalOutcome } from './local.ts';
import { alignCrops, type Refinement } from './refine.ts';
import { smoothPath } from './smooth.ts';
import { fillGaps, usableCrops } from './unusable.ts';

export interface FoundMotion {
  readonly refinement: Refinement;
  /** Number of crops that could be aligned to each other; 0 if the alignment failed. */
  readonly alignableCrops: number;
  /** Null if no patches were requested. */
  readonly local: LocalOutcome | null;
  /** Motion of each used frame relative to the first. */
  readonly shifts: readonly Shift[];
}

/**
 * Finds motion from the crops of pass 1: first the motion of the whole frame, then the local motion, whose
 * mean is added to that of the whole frame.
 */
export async function findMotion(
  job: Job,
  { framesPerCrop, faults }: FrameExamination,
): Promise<FoundMotion> {
  const { pool, layout, memory, groups } = job;
  const usable = usableCrops(faults);
  const refinement = await alignCrops(pool, layout, memory, usable, (round) =>
    reportProgress(job, AFTER_ALIGNMENT - (AFTER_ALIGNMENT - AFTER_FIRST_PASS) / (round + 2)),
  );
  const path = refinement.lost
    ? framesPerCrop.map((): Shift => [0, 0])
    : fillGaps(smoothPath(refinement.shifts, refinement.variance), usable, framesPerCrop.length);
  const local = await localMotion(job, framesPerCrop, path, usable, refinement);
  const means = local?.fit ? local.means : groups.map((): Shift => [0, 0]);
  const frameShifts = spreadShifts(groups, path).map(
    ([x, y], i): Shift => [x + means[i]![0], y + means[i]![1]],
  );
  const origin = frameShifts[0]!;
  const alignableCrops = refinement.lost ? 0 : usable.length;
  return {
    refinement,
    alignableCrops,
    local,
    shifts: frameShifts.map(([x, y]): Shift => [x - origin[0], y - origin[1]]),
  };
}

async function localMotion(
  job: Job,
  framesPerCrop: readonly number[],
  path: readonly Shift[],
  usable: readonly number[],
  refinement: Refinement,
): Promise<LocalOutcome | null> {
  const { patches } = job.request;
  if (!patches || patches[0] * patches[1] < 2) return null;
  if (job.patch === null) return { fit: null, reason: { kind: 'frame-too-small' } };
  if (refinement.lost || !refinement.converged) return { fit: null, reason: { kind: 'frame-not-aligned' } };
  return findLocalMotion(job.pool, job.layout, {
    patches,
    plane: job.patch,
    frames: job.groups.length,
    framesPerCrop,
    path,
    usable,
    variance: refinement.variance,
  });
}
