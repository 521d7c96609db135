import { availableParallelism } from 'node:os';
import type { Finding } from '../executor.ts';

/** What one movie takes of the machine. */
export interface Need {
  readonly bytesPerMovie: number;
  /** As of GPUs, one of which does one movie at a time; null: nothing else is short. */
  readonly mostSlots: number | null;
}

/** Room for the peak of one movie of 4096x4096x40: 0.6 to 0.9 GB were measured, and the outputs are built beside it. */
export const BUILTIN_NEED: Need = { bytesPerMovie: 1.5 * 1024 ** 3, mostSlots: null };

export interface Capacity {
  /** Batches side by side. */
  readonly slots: number;
  /** Threads per movie. */
  readonly threads: number;
}

/** Whether the slots fit the machine: more of them than memory allows end in workers that are killed. */
export function capacityFinding(
  { slots, threads }: Capacity,
  machine = machineCapacity(),
  { bytesPerMovie }: Need = BUILTIN_NEED,
): Finding {
  const subject = 'executor local';
  const gib = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  const what = `${slots} movies side by side, ${threads} threads each, on ${machine.cores} cores with ${gib(machine.memoryBytes)} free`;
  if (machine.memoryBytes < slots * bytesPerMovie)
    return {
      subject,
      state: 'warning',
      detail: `${what}: a movie may take ${gib(bytesPerMovie)}`,
      remedy: 'free memory, or lower slots in [local]',
    };
  if (slots * threads > 2 * machine.cores)
    return { subject, state: 'warning', detail: what, remedy: 'lower slots or threads in [local]' };
  return { subject, state: 'well', detail: what, remedy: null };
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
  { bytesPerMovie, mostSlots }: Need = BUILTIN_NEED,
): Capacity {
  const byMemory = Math.max(1, Math.floor(machine.memoryBytes / bytesPerMovie));
  const byCores = Math.max(1, Math.floor(machine.cores / (wanted.threads ?? 1)));
  const slots = wanted.slots ?? Math.min(byMemory, byCores, mostSlots ?? byCores);
  return { slots, threads: wanted.threads ?? Math.max(1, Math.floor(machine.cores / slots)) };
}
