import type { Shift } from './align-tasks.ts';
import { planeBytes } from './geometry.ts';
import type { Layout } from './layout.ts';

/** Frames with next to no electrons: the beam was blanked, or the camera skipped them. They show nothing that could be aligned. */

/** Counts of a dark crop against the median of all that have any. */
const DARK_PART = 0.25;

/** Indices of the crops that hold enough electrons, ascending. @param framesPerCrop - frames that each is made of */
export function litCrops(
  layout: Layout,
  memory: WebAssembly.Memory,
  framesPerCrop: readonly number[],
): number[] {
  const { crops, plane } = layout.whole;
  const means = framesPerCrop.map(
    // the value at zero frequency is the sum over all pixels
    (frames, i) => new Float32Array(memory.buffer, crops + i * planeBytes(plane), 1)[0]! / frames,
  );
  const positive = means.filter((v) => v > 0).sort((a, b) => a - b);
  const least = DARK_PART * (positive[positive.length >> 1] ?? 0);
  return means.flatMap((mean, i) => (mean > least ? [i] : []));
}

/** A path for all crops from one for some: straight across a gap, at rest before the first and after the last. */
export function acrossGaps(path: readonly Shift[], known: readonly number[], count: number): Shift[] {
  return Array.from({ length: count }, (_, i): Shift => {
    const after = known.findIndex((k) => k >= i);
    if (after === -1) return path.at(-1)!;
    if (after === 0 || known[after] === i) return path[after]!;
    const [a, b] = [path[after - 1]!, path[after]!];
    const part = (i - known[after - 1]!) / (known[after]! - known[after - 1]!);
    return [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
  });
}

/** What a person should know of dark crops. @param firstFrame - 1-based number of the first frame used */
export function darkWarnings(
  lit: readonly number[],
  framesPerCrop: readonly number[],
  firstFrame: number,
): string[] {
  let frame = firstFrame;
  const ranges: [number, number][] = [];
  framesPerCrop.forEach((frames, crop) => {
    if (!lit.includes(crop)) {
      const last = ranges.at(-1);
      if (last && last[1] === frame - 1) last[1] += frames;
      else ranges.push([frame, frame + frames - 1]);
    }
    frame += frames;
  });
  if (ranges.length === 0) return [];
  const names = ranges.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(', ');
  return [
    `Frames ${names} hold less than a quarter of the electrons of the others: they were not aligned. Was the beam blanked?`,
  ];
}
