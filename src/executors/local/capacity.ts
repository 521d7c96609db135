import { availableParallelism } from 'node:os';
import type { Finding } from '../executor.ts';

/** Resources that one movie needs. */
export interface MovieRequirements {
  readonly bytesPerMovie: number;
  /** Number of GPUs, each of which processes one movie at a time; null: no such limit. */
  readonly maxSlots: number | null;
}

/**
 * Peak memory of the built-in engine for one movie. For 4096x4096x40, 0.6 to 0.9 GB were measured, including
 * the outputs.
 */
export const BUILTIN_REQUIREMENTS: MovieRequirements = { bytesPerMovie: 1.5 * 1024 ** 3, maxSlots: null };

export interface Capacity {
  /** Batches that run in parallel. */
  readonly slots: number;
  /** Threads per movie. */
  readonly threads: number;
}

/** Whether the machine has enough resources for the slots: if memory runs out, workers are killed. */
export function capacityFinding(
  { slots, threads }: Capacity,
  machine = machineCapacity(),
  { bytesPerMovie }: MovieRequirements = BUILTIN_REQUIREMENTS,
): Finding {
  const subject = 'executor local';
  const gib = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  const summary = `movies in parallel: ${slots}; threads per movie: ${threads}; cores: ${machine.cores}; free memory: ${gib(machine.memoryBytes)}`;
  if (machine.memoryBytes < slots * bytesPerMovie)
    return {
      subject,
      state: 'warning',
      detail: `${summary}; a movie may need ${gib(bytesPerMovie)}`,
      remedy: 'free memory, or lower slots in [local]',
    };
  if (slots * threads > 2 * machine.cores)
    return { subject, state: 'warning', detail: summary, remedy: 'lower slots or threads in [local]' };
  return { subject, state: 'ok', detail: summary, remedy: null };
}

/**
 * Resources of this machine now. `availableMemory` takes the limits of the control group into account, such
 * as those of a container.
 */
export const machineCapacity = (): { cores: number; memoryBytes: number } => ({
  cores: availableParallelism(),
  memoryBytes: process.availableMemory(),
});

/**
 * Derives slots from cores and memory unless they are given: one movie per core has the best throughput if
 * there is enough memory; remaining cores are used as threads.
 */
export function planCapacity(
  machine: { cores: number; memoryBytes: number },
  settings: { slots?: number | null; threads?: number | null } = {},
  { bytesPerMovie, maxSlots }: MovieRequirements = BUILTIN_REQUIREMENTS,
): Capacity {
  const byMemory = Math.max(1, Math.floor(machine.memoryBytes / bytesPerMovie));
  const byCores = Math.max(1, Math.floor(machine.cores / (settings.threads ?? 1)));
  const slots = settings.slots ?? Math.min(byMemory, byCores, maxSlots ?? byCores);
  return { slots, threads: settings.threads ?? Math.max(1, Math.floor(machine.cores / slots)) };
}
