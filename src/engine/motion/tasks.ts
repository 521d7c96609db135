import { correlateCrops, ringPowers, type Shift, sumCrops } from './align-tasks.ts';
import type { TaskContext } from './context.ts';
import { addRawFrames, addToCrops, type RawFrame, subtractPattern, transformReduced } from './frame-tasks.ts';
import { alignPatch, cropsToImages, type PatchJob } from './patch-tasks.ts';
import {
  accumulateFrames,
  type DoseSetting,
  finishPanels,
  inverseTransformRows,
  prepareFrame,
  type SumTarget,
} from './sum-tasks.ts';
import type { LocalWarp } from './warp.ts';

/**
 * All tasks that a thread can run. Tasks of one round use different memory, so their order does not
 * matter.
 */
export type Task =
  | { kind: 'transformReduced'; slot: number; raw: number; frame: number }
  | { kind: 'addRawFrames'; part: number; parts: number; frames: readonly RawFrame[] }
  | {
      kind: 'addToCrops';
      part: number;
      parts: number;
      entries: readonly { slot: number; crop: number; isFirst: boolean }[];
    }
  | { kind: 'subtractPattern'; pixels: Int32Array; values: Float32Array; framesPerCrop: readonly number[] }
  | {
      kind: 'sumCrops';
      part: number;
      parts: number;
      indices: readonly number[];
      shifts: readonly Shift[];
    }
  | { kind: 'ringPowers'; addresses: readonly number[] }
  | {
      kind: 'correlateCrops';
      slot: number;
      indices: readonly number[];
      shifts: readonly Shift[];
      window: number;
    }
  | { kind: 'cropsToImages'; slot: number; indices: readonly number[]; shifts: readonly Shift[] }
  | { kind: 'alignPatch'; slot: number; job: PatchJob }
  | {
      kind: 'prepareFrame';
      slot: number;
      buffer: number;
      frame: number;
      shift: Shift;
      local: LocalWarp | null;
      dose: DoseSetting | null;
    }
  | { kind: 'accumulateFrames'; part: number; parts: number; targets: readonly SumTarget[] }
  | { kind: 'finishPanels'; part: number; parts: number; spectrum: number; weights: number }
  | { kind: 'inverseTransformRows'; part: number; parts: number; spectrum: number; to: number };

/** Runs one task on the calling thread. */
export function runTask(context: TaskContext, task: Task): unknown {
  switch (task.kind) {
    case 'transformReduced':
      return transformReduced(context, task.slot, task.raw, task.frame);
    case 'addRawFrames':
      return addRawFrames(context, task.part, task.parts, task.frames);
    case 'addToCrops':
      return addToCrops(context, task.part, task.parts, task.entries);
    case 'subtractPattern':
      return subtractPattern(context, task.pixels, task.values, task.framesPerCrop);
    case 'sumCrops':
      return sumCrops(
        context,
        context.layout.wholeFrame,
        task.part,
        task.part,
        task.parts,
        task.indices,
        task.shifts,
      );
    case 'ringPowers':
      return ringPowers(context, task.addresses);
    case 'correlateCrops':
      return correlateCrops(
        context,
        context.layout.wholeFrame,
        task.slot,
        task.indices,
        task.shifts,
        task.window,
      );
    case 'cropsToImages':
      return cropsToImages(context, task.slot, task.indices, task.shifts);
    case 'alignPatch':
      return alignPatch(context, task.slot, task.job);
    case 'prepareFrame':
      return prepareFrame(context, task.slot, task.buffer, task.frame, task.shift, task.local, task.dose);
    case 'accumulateFrames':
      return accumulateFrames(context, task.part, task.parts, task.targets);
    case 'finishPanels':
      return finishPanels(context, task.part, task.parts, task.spectrum, task.weights);
    case 'inverseTransformRows':
      return inverseTransformRows(context, task.part, task.parts, task.spectrum, task.to);
  }
}
