import { availableParallelism } from 'node:os';

/** Room for the peak of one movie of 4096x4096x40: 0.6 to 0.9 GB were measured, and the outputs are built beside it. */
const BYTES_PER_MOVIE = 1.5 * 1024 ** 3;

export interface Capacity {
  /** Batches side by side. */
  readonly slots: number;
  /** Threads per movie. */
  readonly threads: number;
}

/** What this machine offers now. `availableMemory` heeds the limits of the control group, as a container sets them. */
export const machineCapacity = (): { cores: number; memoryBytes: number } => ({
  cores: availableParallelism(),
  memoryBytes: process.availableMemory(),
});

/**
 * Slots by cores and memory where they are not given: one movie per core is the best throughput, as long as each has
 * its memory; cores that are left over become threads.
 */
export function planCapacity(
  machine: { cores: number; memoryBytes: number },
  wanted: { slots?: number | null; threads?: number | null } = {},
): Capacity {
  const byMemory = Math.max(1, Math.floor(machine.memoryBytes / BYTES_PER_MOVIE));
  const byCores = Math.max(1, Math.floor(machine.cores / (wanted.threads ?? 1)));
  const slots = wanted.slots ?? Math.min(byMemory, byCores);
  return { slots, threads: wanted.threads ?? Math.max(1, Math.floor(machine.cores / slots)) };
}
