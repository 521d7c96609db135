import { CodedError } from '../../contract/errors.ts';
import { createMemory, MAXIMUM_MEMORY_BYTES } from './arena.ts';

/** One memory is reused from movie to movie, so that its pages need not be allocated and cleared again. */
let idleMemory: WebAssembly.Memory | null = null;

/**
 * A memory of at least `bytes`, with undefined content.
 * @throws CodedError OUT_OF_MEMORY
 */
export function acquireMemory(bytes: number): WebAssembly.Memory {
  const reusableMemory = idleMemory;
  idleMemory = null;
  // a much larger memory is also reused: a discarded one is freed only after garbage collection in every
  // idle thread
  if (reusableMemory && reusableMemory.buffer.byteLength >= bytes) return reusableMemory;
  const mebibytes = Math.ceil(bytes / 2 ** 20);
  if (bytes > MAXIMUM_MEMORY_BYTES) {
    throw new CodedError(
      'OUT_OF_MEMORY',
      `The movie needs ${mebibytes} MiB, more than the maximum of 4096 MiB.`,
    );
  }
  try {
    return createMemory(bytes);
  } catch (error) {
    throw new CodedError(
      'OUT_OF_MEMORY',
      `The machine could not allocate ${mebibytes} MiB.`,
      {},
      { cause: error },
    );
  }
}

/** Returns a memory to the pool. No thread may still be using it. */
export function releaseMemory(memory: WebAssembly.Memory): void {
  idleMemory = memory;
}
