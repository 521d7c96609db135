/** A stretch of WebAssembly memory that is handed out front to back and freed as a whole. */
export const PAGE_BYTES = 65_536;

/** Most that a 32-bit WebAssembly memory can hold. */
export const MAXIMUM_MEMORY_BYTES = 65_536 * PAGE_BYTES;

/** Addresses below are left alone: the kernels' own constants live there. */
const FIRST_ADDRESS = PAGE_BYTES;

/** Hands out addresses; `measure` mode (no memory) only adds up what a layout needs. */
export class Arena {
  readonly memory: WebAssembly.Memory | null;
  #next = FIRST_ADDRESS;

  constructor(memory: WebAssembly.Memory | null) {
    this.memory = memory;
  }

  /** @returns address of `bytes` free bytes, aligned to a cache line unless told otherwise */
  allocate(bytes: number, alignment = 64): number {
    const address = Math.ceil(this.#next / alignment) * alignment;
    this.#next = address + Math.ceil(bytes);
    return address;
  }

  /** Bytes from address 0 to the end of what was handed out. */
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
    if (!this.memory) throw new Error('an arena without memory only measures');
    return this.memory.buffer;
  }
}

/** A shared memory of at least `bytes`. @throws RangeError where the machine does not give it */
export function createMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}
