import type { MovieReader } from '../../formats/movie.ts';
import { type MovieOptions, openMovie } from '../../formats/open.ts';
import { type Kernels, loadKernels } from '../kernels/load.ts';
import type { Layout } from './layout.ts';

/** What a thread needs to process one movie. `ThreadSetup` is sent to other threads, `TaskContext` is not. */

export interface ThreadSetup {
  readonly moviePath: string;
  readonly movieOptions: MovieOptions;
  readonly memory: WebAssembly.Memory;
  readonly layout: Layout;
}

export interface TaskContext {
  readonly layout: Layout;
  readonly kernels: Kernels;
  readonly reader: MovieReader;
  float32(address: number, length: number): Float32Array;
  float64(address: number, length: number): Float64Array;
  bytes(address: number, length: number): Uint8Array;
}

export function openContext(setup: ThreadSetup): TaskContext {
  const { buffer } = setup.memory;
  return {
    layout: setup.layout,
    kernels: loadKernels(setup.memory),
    reader: openMovie(setup.moviePath, setup.movieOptions),
    float32: (address, length) => new Float32Array(buffer, address, length),
    float64: (address, length) => new Float64Array(buffer, address, length),
    bytes: (address, length) => new Uint8Array(buffer, address, length),
  };
}
