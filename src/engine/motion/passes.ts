import { spectrumBytes } from '../fft/plan.ts';
import type { Shift } from './align-tasks.ts';
import type { RawFrame } from './frame-tasks.ts';
import { FILTER_TABLE_LENGTH, fillFilters } from './interpolation.ts';
import { type Layout, WEIGHT_COUNT } from './layout.ts';
import type { LocalModel } from './local-model.ts';
import type { FrameSample } from './pixel-values.ts';
import type { DoseSetting, SumTarget } from './sum-tasks.ts';
import type { ThreadPool } from './thread-pool.ts';
import { localWarps } from './warp.ts';

/**
 * The two passes over a movie's frames. In a round, each thread prepares one frame; then all threads add all
 * of these frames, each thread a part of the rows, so that the sums do not depend on the number of threads.
 */

interface PassOptions {
  readonly firstFrame: number;
  readonly frames: number;
  readonly onFrames: (done: number) => void;
}

const range = (length: number) => Array.from({ length }, (_, i) => i);

/**
 * Pass 1: the plain sum of raw pixels into `layout.plain`, without flat frames, and the low frequencies of
 * each group into `layout.wholeFrame`.
 * @returns a sample of the values of each frame
 */
export async function firstPass(
  pool: ThreadPool,
  layout: Layout,
  memory: WebAssembly.Memory,
  groups: readonly number[],
  options: PassOptions,
): Promise<FrameSample[]> {
  const { movieWidth, movieHeight } = layout.geometry;
  new Float32Array(memory.buffer, layout.plain, movieWidth * movieHeight).fill(0);
  const buffersPerSlot = layout.slots[0]!.raws.length;
  let raw = 0;
  let waitingFrames: RawFrame[] = [];
  const samples: FrameSample[] = [];
  for (let done = 0; done < options.frames; done += pool.threads) {
    const slots = range(Math.min(pool.threads, options.frames - done));
    const results = await pool.run(
      slots.map((slot) => ({
        kind: 'transformReduced' as const,
        slot,
        raw,
        frame: options.firstFrame + done + slot,
      })),
    );
    const roundSamples = results as FrameSample[];
    samples.push(...roundSamples);
    const entries = slots.map((slot) => {
      const group = groups[done + slot]!;
      return { slot, crop: group, isFirst: group !== groups[done + slot - 1] };
    });
    await pool.run(
      range(pool.threads).map((part) => ({
        kind: 'addToCrops' as const,
        part,
        parts: pool.threads,
        entries,
      })),
    );
    waitingFrames.push(...slots.filter((slot) => !roundSamples[slot]!.isFlat).map((slot) => ({ slot, raw })));
    raw = (raw + 1) % buffersPerSlot;
    if (raw === 0 || done + slots.length === options.frames) {
      const frames = waitingFrames;
      await pool.run(
        range(pool.threads).map((part) => ({
          kind: 'addRawFrames' as const,
          part,
          parts: pool.threads,
          frames,
        })),
      );
      waitingFrames = [];
    }
    options.onFrames(done + slots.length);
  }
  return samples;
}

/** The sum for which odd-numbered and even-numbered frames (1-based) are summed separately; null: none. */
export type EvenOdd = 'plain' | 'weighted' | null;

/** Images of the sums, without padding, outputHeight*outputWidth each. */
export interface Sums {
  readonly plain: Float32Array;
  /** Null without a dose. */
  readonly weighted: Float32Array | null;
  /** Sum of the even-numbered frames; null if they are not summed separately. */
  readonly even: Float32Array | null;
}

/**
 * Pass 2: the sums of the aligned frames. The sum selected by `evenOdd` contains only the odd-numbered
 * frames, and `even` contains the even-numbered frames; both are normalised in the same way, so that they add
 * up to the full sum.
 * @param isExcluded - whether each frame, counted from the first used frame, is excluded
 */
export async function secondPass(
  pool: ThreadPool,
  layout: Layout,
  memory: WebAssembly.Memory,
  shifts: readonly Shift[],
  localModel: LocalModel | null,
  dose: DoseSetting | null,
  evenOdd: EvenOdd,
  isExcluded: readonly boolean[],
  fillNormalisation: (table: Float32Array) => void,
  options: PassOptions,
): Promise<Sums> {
  const { sum } = layout.geometry;
  const includedFrames = range(options.frames).filter((frame) => !isExcluded[frame]);
  if (localModel) fillFilters(new Float32Array(memory.buffer, layout.filters, FILTER_TABLE_LENGTH));
  const warps = localModel && localWarps(localModel, options.frames);
  const { plain, weighted, even } = layout;
  for (const address of [plain, ...(dose ? [weighted] : []), ...(evenOdd ? [even] : [])]) {
    new Float32Array(memory.buffer, address, spectrumBytes(sum.height, sum.blocks) / 4).fill(0);
  }
  const targetOf = (buffer: number, frame: number): SumTarget => {
    const isEven = (frame + 1) % 2 === 0;
    const addressFor = (name: EvenOdd, address: number) => (isEven && evenOdd === name ? even : address);
    return {
      buffer,
      plain: addressFor('plain', plain),
      weighted: dose ? addressFor('weighted', weighted) : 0,
    };
  };
  const parts = pool.threads;
  for (let done = 0; done < includedFrames.length; done += layout.frameBuffers.length) {
    const buffers = range(Math.min(layout.frameBuffers.length, includedFrames.length - done));
    const frameOf = (buffer: number) => includedFrames[done + buffer]!;
    // a slot is used by one task at a time
    for (let first = 0; first < buffers.length; first += pool.threads) {
      await pool.run(
        buffers.slice(first, first + pool.threads).map((buffer) => ({
          kind: 'prepareFrame' as const,
          slot: buffer % pool.threads,
          buffer,
          frame: options.firstFrame + frameOf(buffer),
          shift: shifts[frameOf(buffer)]!,
          local: warps && warps[frameOf(buffer)]!,
          dose,
        })),
      );
    }
    const targets = buffers.map((buffer) => targetOf(buffer, options.firstFrame + frameOf(buffer)));
    await pool.run(range(parts).map((part) => ({ kind: 'accumulateFrames' as const, part, parts, targets })));
    options.onFrames(frameOf(buffers.length - 1) + 1);
  }
  const { weights } = layout.frameBuffers[0]!;
  if (dose) fillNormalisation(new Float32Array(memory.buffer, weights, WEIGHT_COUNT));
  const finish = (spectrum: number, isWeighted: boolean) =>
    finishSum(pool, layout, memory, spectrum, isWeighted ? weights : 0);
  return {
    plain: await finish(plain, false),
    weighted: dose ? await finish(weighted, true) : null,
    even: evenOdd ? await finish(even, evenOdd === 'weighted') : null,
  };
}

/** Image of the sum with this spectrum. */
async function finishSum(
  pool: ThreadPool,
  layout: Layout,
  memory: WebAssembly.Memory,
  spectrum: number,
  weights: number,
): Promise<Float32Array> {
  const parts = pool.threads;
  await pool.run(
    range(parts).map((part) => ({ kind: 'finishPanels' as const, part, parts, spectrum, weights })),
  );
  // the frames are no longer needed
  const to = layout.slots[0]!.frame;
  await pool.run(
    range(parts).map((part) => ({ kind: 'inverseTransformRows' as const, part, parts, spectrum, to })),
  );
  return readSum(layout, memory, to);
}

/** The image at `address`, without its padding. */
function readSum(layout: Layout, memory: WebAssembly.Memory, address: number): Float32Array {
  const { sum, outputWidth, outputHeight } = layout.geometry;
  const image = new Float32Array(outputWidth * outputHeight);
  for (let y = 0; y < outputHeight; y++) {
    image.set(new Float32Array(memory.buffer, address + y * sum.pitch, outputWidth), y * outputWidth);
  }
  return image;
}
