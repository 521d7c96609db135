import type { Shift } from './align-tasks.ts';
import type { Crew } from './crew.ts';
import { findPeak } from './peak.ts';

/** A first guess of the motion, crop by crop: where all crops together are too smeared to be anybody's reference, neighbours still agree. */

/** Crops before one that make its reference. */
const LINK_LENGTH = 8;

/**
 * Each crop against the aligned sum of the few before it, from the first to the last.
 * @param members - indices of the crops, ascending
 * @param window - search window to each side of where the crop before it lies, pixels of the crop
 * @returns motion of the content of each, pixels of the crop
 */
export async function chainStart(crew: Crew, members: readonly number[], window: number): Promise<Shift[]> {
  const shifts: Shift[] = [[0, 0]];
  for (let i = 1; i < members.length; i++) {
    const first = Math.max(0, i - LINK_LENGTH);
    const guess = shifts[i - 1]!;
    // the crop is part of the sum, as `correlateCrops` takes it out again
    const link = [...shifts.slice(first, i), guess];
    const indices = members.slice(first, i + 1);
    await sumMembers(crew, indices, link);
    const [squares] = await crew.run([
      { kind: 'correlateCrops', slot: 0, indices: [members[i]!], shifts: [guess], window },
    ]);
    const peak = findPeak((squares as Float32Array[])[0]!, window);
    shifts.push([guess[0] + peak.x, guess[1] + peak.y]);
  }
  return shifts;
}

/** The aligned sum of some crops, and what it does to a still pattern, into the reference and the transfer. @param shifts - one per index */
export async function sumMembers(
  crew: Crew,
  indices: readonly number[],
  shifts: readonly Shift[],
): Promise<void> {
  await crew.run(
    Array.from({ length: crew.threads }, (_, part) => ({
      ...{ kind: 'sumCrops' as const, part, parts: crew.threads },
      ...{ indices, shifts },
    })),
  );
}
