/** Size of a page of WebAssembly memory. */
export const PAGE_BYTES = 65_536;

/** Maximum size of a 32-bit WebAssembly memory. */
export const MAXIMUM_MEMORY_BYTES = 65_536 * PAGE_BYTES;

/** Addresses below this are not used: the kernels' own constants are there. */
const FIRST_ADDRESS = PAGE_BYTES;

/**
 * Allocates addresses of a WebAssembly memory sequentially; they are freed only together. Without a memory,
 * it only adds up the size of a layout.
 */
export class Arena {
  readonly memory: WebAssembly.Memory | null;
  #next = FIRST_ADDRESS;

  constructor(memory: WebAssembly.Memory | null) {
    this.memory = memory;
  }

  /** @returns address of `bytes` free bytes, aligned to a cache line by default */
  allocate(bytes: number, alignment = 64): number {
    const address = Math.ceil(this.#next / alignment) * alignment;
    this.#next = address + Math.ceil(bytes);
    return address;
  }

  /** Bytes from address 0 to the end of the last allocation. */
  get usedBytes(): number {
    return this.#next;
  }

  float32(address: number, length: number): Float32Array {
    return new Float32Array(this.buffer(), address, length);
  }

  int32(address: number, length: number): Int32Array {
    return new Int32Array(this.buffer(), address, length);
  }

  private buffer(): ArrayBufferLike {
    if (!this.memory) throw new Error('an arena without memory has no data');
    return this.memory.buffer;
  }
}

/** A shared memory of at least `bytes`. @throws RangeError if it cannot be allocated */
export function createMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}
