import { readFileSync } from 'node:fs';

/** Compiled kernels, once per process and thread; instances share the memory they are given. Addresses are byte offsets in it. */

/** See `fft.as.ts`. */
export interface FftKernel {
  columns(
    plan: number,
    base: number,
    pitch: number,
    firstBlock: number,
    lastBlock: number,
    inverse: number,
    scale: number,
    scratch: number,
  ): void;
  rowsForward(
    plan: number,
    from: number,
    fromPitch: number,
    to: number,
    toPitch: number,
    firstRow: number,
    lastRow: number,
    scratch: number,
  ): void;
  rowsInverse(
    plan: number,
    from: number,
    fromPitch: number,
    to: number,
    toPitch: number,
    firstRow: number,
    lastRow: number,
    scale: number,
    scratch: number,
  ): void;
}

const modules = new Map<string, WebAssembly.Module>();

function instantiate(name: string, memory: WebAssembly.Memory): WebAssembly.Exports {
  let module = modules.get(name);
  if (!module) {
    module = new WebAssembly.Module(readFileSync(new URL(`./${name}.wasm`, import.meta.url)));
    modules.set(name, module);
  }
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}

export function loadFftKernel(memory: WebAssembly.Memory): FftKernel {
  return instantiate('fft', memory) as unknown as FftKernel;
}
