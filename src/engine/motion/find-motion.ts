import type { Shift } from './align-tasks.ts';
import type { FrameExamination } from './examine-frames.ts';
import { interpolateShifts } from './groups.ts';
import { type Job, PROGRESS_AFTER_ALIGNMENT, PROGRESS_AFTER_FIRST_PASS, reportProgress } from './job.ts';
import { findLocalMotion, type LocalOutcome } from './local.ts';
import { alignCrops, type Refinement } from './refine.ts';
import { smoothTrajectory } from './smooth.ts';
import { interpolateGaps, usableCrops } from './unusable.ts';

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
  { framesPerCrop, problems }: FrameExamination,
): Promise<FoundMotion> {
  const { pool, layout, memory, groups } = job;
  const usableIndices = usableCrops(problems);
  const refinement = await alignCrops(pool, layout, memory, usableIndices, (round) =>
    reportProgress(
      job,
      PROGRESS_AFTER_ALIGNMENT - (PROGRESS_AFTER_ALIGNMENT - PROGRESS_AFTER_FIRST_PASS) / (round + 2),
    ),
  );
  const trajectory = refinement.hasFailed
    ? framesPerCrop.map((): Shift => [0, 0])
    : interpolateGaps(
        smoothTrajectory(refinement.shifts, refinement.variance),
        usableIndices,
        framesPerCrop.length,
      );
  const local = await measureLocalMotion(job, framesPerCrop, trajectory, usableIndices, refinement);
  const means = local?.fit ? local.means : groups.map((): Shift => [0, 0]);
  const frameShifts = interpolateShifts(groups, trajectory).map(
    ([x, y], i): Shift => [x + means[i]![0], y + means[i]![1]],
  );
  const origin = frameShifts[0]!;
  const alignableCrops = refinement.hasFailed ? 0 : usableIndices.length;
  return {
    refinement,
    alignableCrops,
    local,
    shifts: frameShifts.map(([x, y]): Shift => [x - origin[0], y - origin[1]]),
  };
}

async function measureLocalMotion(
  job: Job,
  framesPerCrop: readonly number[],
  trajectory: readonly Shift[],
  usableIndices: readonly number[],
  refinement: Refinement,
): Promise<LocalOutcome | null> {
  const { patches } = job.request;
  if (!patches || patches[0] * patches[1] < 2) return null;
  if (job.patch === null) return { fit: null, reason: { kind: 'frame-too-small' } };
  if (refinement.hasFailed || !refinement.converged)
    return { fit: null, reason: { kind: 'frame-not-aligned' } };
  return findLocalMotion(job.pool, job.layout, {
    patches,
    plane: job.patch,
    frames: job.groups.length,
    framesPerCrop,
    trajectory,
    usableIndices,
    variance: refinement.variance,
  });
}
