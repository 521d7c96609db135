import type { Shift } from './align-tasks.ts';
import { findPeak } from './peak.ts';
import type { ThreadPool } from './thread-pool.ts';

/**
 * Initial shifts, crop by crop: if the average of all crops is too blurred to be a usable reference,
 * neighbouring crops can still be aligned to each other.
 */

/** Number of preceding crops in the reference of a crop. */
const REFERENCE_CROPS = 8;

/**
 * Aligns each crop to the aligned sum of the few before it, from the first to the last.
 * @param members - indices of the crops, ascending
 * @param window - search window on each side of the shift of the previous crop, pixels of the crop
 * @returns motion of the content in each crop, pixels of the crop
 */
export async function alignChain(
  pool: ThreadPool,
  members: readonly number[],
  window: number,
): Promise<Shift[]> {
  const shifts: Shift[] = [[0, 0]];
  for (let i = 1; i < members.length; i++) {
    const first = Math.max(0, i - REFERENCE_CROPS);
    const guess = shifts[i - 1]!;
    // the sum includes the crop itself, because `correlateCrops` subtracts it
    const chainShifts = [...shifts.slice(first, i), guess];
    const indices = members.slice(first, i + 1);
    await sumCropsInParallel(pool, indices, chainShifts);
    const [correlations] = await pool.run([
      { kind: 'correlateCrops', slot: 0, indices: [members[i]!], shifts: [guess], window },
    ]);
    const peak = findPeak((correlations as Float32Array[])[0]!, window);
    shifts.push([guess[0] + peak.x, guess[1] + peak.y]);
  }
  return shifts;
}

/**
 * Writes the aligned sum of some crops to `layout.wholeFrame.reference`, and the transfer function of this
 * sum for a static pattern to `layout.wholeFrame.transfer`. All threads share the work.
 * @param shifts - one per index
 */
export async function sumCropsInParallel(
  pool: ThreadPool,
  indices: readonly number[],
  shifts: readonly Shift[],
): Promise<void> {
  await pool.run(
    Array.from({ length: pool.threads }, (_, part) => ({
      kind: 'sumCrops' as const,
      part,
      parts: pool.threads,
      indices,
      shifts,
    })),
  );
}
