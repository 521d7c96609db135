import type { Shift } from './align-tasks.ts';
import { MAX_GROUPS } from './layout.ts';

/**
 * Frames in groups of neighbours, one spectrum each, so that memory does not grow with the number of frames.
 */

/** Group of each used frame, 0-based and ascending. The sizes of the groups are as equal as possible. */
export function groupFrames(frames: number): number[] {
  const groups = Math.min(frames, MAX_GROUPS);
  return Array.from({ length: frames }, (_, i) => Math.floor((i * groups) / frames));
}

/** Number of frames in each group. */
export function groupSizes(groups: readonly number[]): number[] {
  const sizes: number[] = [];
  for (const group of groups) sizes[group] = (sizes[group] ?? 0) + 1;
  return sizes;
}

/**
 * Shifts of frames from the shifts of their groups. The shift of a group is that at the centre of its frames;
 * shifts are interpolated linearly between centres and extrapolated before the first and after the last
 * centre.
 */
export function interpolateShifts(groups: readonly number[], shifts: readonly Shift[]): Shift[] {
  const sizes = groupSizes(groups);
  if (shifts.length < 2) return groups.map(() => shifts[0] ?? [0, 0]);
  let start = 0;
  const centres = sizes.map((size) => {
    const centre = start + (size - 1) / 2;
    start += size;
    return centre;
  });
  return groups.map((group, frame) => {
    const precedingCentre = frame < centres[group]! ? group - 1 : group;
    const first = Math.min(Math.max(precedingCentre, 0), centres.length - 2);
    const fraction = (frame - centres[first]!) / (centres[first + 1]! - centres[first]!);
    const a = shifts[first]!;
    const b = shifts[first + 1]!;
    return [a[0] + fraction * (b[0] - a[0]), a[1] + fraction * (b[1] - a[1])] as const;
  });
}
