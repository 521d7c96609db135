import { readFileSync } from 'node:fs';

const PAGE_BYTES = 65536;
/** 1 GiB for input and output of a decoder together. */
const MAX_PAGES = 16384;

const modules = new Map<string, WebAssembly.Module>();

/** A kernel from `kernels/`, compiled once per thread, with its own memory that grows on demand. */
export interface KernelMemory<Exports> {
  readonly exports: Exports;
  readonly memory: WebAssembly.Memory;
  /** Grows the memory to at least `endByte` bytes. @throws RangeError beyond 1 GiB */
  reserve(endByte: number): void;
}

/** @param name - file name of the kernel without `.wasm` */
export function createKernelMemory<Exports>(name: string, initialPages: number): KernelMemory<Exports> {
  let module = modules.get(name);
  if (!module) {
    module = new WebAssembly.Module(readFileSync(new URL(`./kernels/${name}.wasm`, import.meta.url)));
    modules.set(name, module);
  }
  const memory = new WebAssembly.Memory({ initial: initialPages, maximum: MAX_PAGES, shared: true });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return {
    exports: exports as unknown as Exports,
    memory,
    reserve(endByte) {
      const pages = Math.ceil(endByte / PAGE_BYTES);
      if (pages > MAX_PAGES)
        throw new RangeError(`Decoding needs ${endByte} bytes, more than ${MAX_PAGES * PAGE_BYTES}`);
      const missingPages = pages - memory.buffer.byteLength / PAGE_BYTES;
      if (missingPages > 0) memory.grow(missingPages);
    },
  };
}
