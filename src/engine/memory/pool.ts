import { CodedError } from '../../contract/errors.ts';
import { createMemory, MAXIMUM_MEMORY_BYTES } from './arena.ts';

/** One memory is reused from movie to movie, so that its pages need not be allocated and cleared again. */
let idle: WebAssembly.Memory | null = null;

/**
 * A memory of at least `bytes`, with undefined content.
 * @throws CodedError OUT_OF_MEMORY
 */
export function takeMemory(bytes: number): WebAssembly.Memory {
  const kept = idle;
  idle = null;
  // also if it is much larger: a released memory is freed only after garbage collection in every idle thread
  if (kept && kept.buffer.byteLength >= bytes) return kept;
  const megabytes = Math.ceil(bytes / 2 ** 20);
  if (bytes > MAXIMUM_MEMORY_BYTES) {
    throw new CodedError(
      'OUT_OF_MEMORY',
      `The movie needs ${megabytes} MiB, more than the maximum of 4096 MiB.`,
    );
  }
  try {
    return createMemory(bytes);
  } catch (error) {
    throw new CodedError(
      'OUT_OF_MEMORY',
      `The machine could not allocate ${megabytes} MiB.`,
      {},
      { cause: error },
    );
  }
}

/** Returns a memory that no thread uses any more. */
export function giveMemory(memory: WebAssembly.Memory): void {
  idle = memory;
}
