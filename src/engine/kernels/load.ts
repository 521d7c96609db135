import { readFileSync } from 'node:fs';

/**
 * Loads the compiled kernels, each once per process or thread; instances use the memory that is passed.
 * Addresses are byte offsets in it.
 */

/** See `fft.as.ts`. */
export interface FftKernel {
  column(
    plan: number,
    from: number,
    fromPitch: number,
    to: number,
    toPitch: number,
    inverse: number,
    scale: number,
    scratch: number,
  ): void;
  columns(
    plan: number,
    base: number,
    pitch: number,
    pair: number,
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
    toPair: number,
    blocks: number,
    rows: number,
    scratch: number,
  ): void;
  rowsInverse(
    plan: number,
    from: number,
    fromPitch: number,
    fromPair: number,
    to: number,
    toPitch: number,
    rows: number,
    scale: number,
    scratch: number,
  ): void;
}

/** See `pixels.as.ts`. */
interface PixelKernel {
  correct(
    type: number,
    raw: number,
    gain: number,
    gainPitch: number,
    badPixels: number,
    frame: number,
    width: number,
    firstRow: number,
    lastRow: number,
    to: number,
    toPitch: number,
  ): void;
  halve(
    type: number,
    from: number,
    fromPitch: number,
    gain: number,
    gainPitch: number,
    badPixels: number,
    frame: number,
    width: number,
    height: number,
    to: number,
    toPitch: number,
    scratch: number,
  ): void;
  addRows(from: number, fromPitch: number, to: number, toPitch: number, width: number, height: number): void;
  applyWindow(
    image: number,
    pitch: number,
    width: number,
    height: number,
    windowX: number,
    windowY: number,
  ): void;
  addPixels(type: number, from: number, to: number, count: number): void;
  fade(
    base: number,
    pitch: number,
    width: number,
    height: number,
    factors: number,
    border: number,
    mean: number,
  ): void;
}

/** See `spectra.as.ts`. */
interface SpectraKernel {
  addAligned(
    from: number,
    to: number,
    pitch: number,
    height: number,
    blocks: number,
    rampX: number,
    rampY: number,
    firstRow: number,
    lastRow: number,
  ): void;
  accumulatePanel(
    frame: number,
    frameHeight: number,
    plainSum: number,
    weightedSum: number,
    height: number,
    panel: number,
    rampX: number,
    rampY: number,
    weights: number,
    lastRing: number,
    xFactor: number,
    yFactor: number,
  ): void;
  weighPanel(
    at: number,
    height: number,
    panel: number,
    weights: number,
    lastRing: number,
    xFactor: number,
    yFactor: number,
  ): void;
  addProduct(from: number, to: number, columnFactors: number, blocks: number, factor: number): void;
  addRamp(
    transfer: number,
    pitch: number,
    blocks: number,
    rampX: number,
    rampY: number,
    firstRow: number,
    lastRow: number,
  ): void;
  correlate(
    frame: number,
    reference: number,
    transfer: number,
    out: number,
    pitch: number,
    height: number,
    blocks: number,
    rampX: number,
    rampY: number,
    weights: number,
    pattern: number,
    lastRing: number,
    xFactor: number,
    yFactor: number,
  ): void;
  ringPower(
    spectrum: number,
    pitch: number,
    height: number,
    columns: number,
    sums: number,
    lastRing: number,
    xFactor: number,
    yFactor: number,
  ): void;
}

/** See `warp.as.ts`. */
interface WarpKernel {
  filterRows(
    from: number,
    pitch: number,
    width: number,
    height: number,
    firstRow: number,
    lastRow: number,
    motionModel: number,
    table: number,
    steps: number,
    line: number,
    ring: number,
    ringRows: number,
    reach: number,
  ): void;
  filterColumns(
    to: number,
    pitch: number,
    width: number,
    firstRow: number,
    lastRow: number,
    motionModel: number,
    table: number,
    steps: number,
    ring: number,
    ringRows: number,
    reach: number,
  ): void;
}

export interface Kernels {
  readonly fft: FftKernel;
  readonly pixels: PixelKernel;
  readonly spectra: SpectraKernel;
  readonly warp: WarpKernel;
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

export function loadKernels(memory: WebAssembly.Memory): Kernels {
  return {
    fft: loadFftKernel(memory),
    pixels: instantiate('pixels', memory) as unknown as PixelKernel,
    spectra: instantiate('spectra', memory) as unknown as SpectraKernel,
    warp: instantiate('warp', memory) as unknown as WarpKernel,
  };
}
