import type { Shift } from './align-tasks.ts';
import { MAX_GROUPS } from './layout.ts';

/**
 * Frames in groups of neighbours, one spectrum each, so that memory does not grow with the number of frames.
 */

/** Group of each used frame, 0-based, ascending, of sizes as equal as possible. */
export function groupFrames(used: number): number[] {
  const groups = Math.min(used, MAX_GROUPS);
  return Array.from({ length: used }, (_, i) => Math.floor((i * groups) / used));
}

/** Number of frames in each group. */
export function groupSizes(groups: readonly number[]): number[] {
  const sizes: number[] = [];
  for (const group of groups) sizes[group] = (sizes[group] ?? 0) + 1;
  return sizes;
}

/**
 * Shifts of frames from those of their groups: the shift of a group belongs to the centre of its frames;
 * shifts are interpolated linearly between centres and extrapolated before the first and after the last.
 */
export function spreadShifts(groups: readonly number[], shifts: readonly Shift[]): Shift[] {
  const sizes = groupSizes(groups);
  if (shifts.length < 2) return groups.map(() => shifts[0] ?? [0, 0]);
  let start = 0;
  const middles = sizes.map((size) => {
    const middle = start + (size - 1) / 2;
    start += size;
    return middle;
  });
  return groups.map((group, frame) => {
    const before = frame < middles[group]! ? group - 1 : group;
    const first = Math.min(Math.max(before, 0), middles.length - 2);
    const part = (frame - middles[first]!) / (middles[first + 1]! - middles[first]!);
    const a = shifts[first]!;
    const b = shifts[first + 1]!;
    return [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])] as const;
  });
}
