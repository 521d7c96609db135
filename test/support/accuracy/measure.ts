import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import { createScene } from '../../../src/simulator/scene.ts';
import { requestWithGain, type SimulatedCase, simulateWithGain } from '../motion/simulated.ts';
import { minRmsd } from './bound.ts';
import { fieldRmsd } from './field-rmsd.ts';

export type AccuracyCase = SimulatedCase;

/** Root mean square distances from the truth, pixels. */
export interface Accuracy {
  /** Error of the shifts of frames, relative to the first frame. */
  readonly shifts: number;
  /** Lower limit of `shifts` that follows from the counting noise. */
  readonly bound: number;
  /** Error over the field, with whole-frame motion only. */
  readonly wholeFrame: number;
  /** Error over the field, with 5x5 patches. */
  readonly withPatches: number;
  /** Whether a local model was used. */
  readonly isLocal: boolean;
}

export async function measureAccuracy(testCase: AccuracyCase): Promise<Accuracy> {
  const { width, height, frames, dosePerFrameEA2, seed } = testCase;
  const directory = mkdtempSync(join(tmpdir(), 'accuracy-'));
  try {
    const { settings, ...paths } = await simulateWithGain(directory, testCase);
    const align = (patches: [number, number] | null) =>
      alignMovie(requestWithGain({ ...paths, dosePerFrameEA2 }, patches, settings.voltageKv));
    const wholeFrame = await align(null);
    const withPatches = await align([5, 5]);
    const scene = createScene(settings, seed);
    const electrons = new Float32Array(width * height);
    const bound = minRmsd({
      width,
      height,
      frames,
      noise: dosePerFrameEA2,
      frame: (index) => {
        scene.render(index, (index + 0.5) * dosePerFrameEA2, electrons);
        for (let i = 0; i < electrons.length; i++) electrons[i] = dosePerFrameEA2 * (1 + electrons[i]!);
        return electrons;
      },
    });
    return {
      shifts: shiftRmsd(wholeFrame.shiftsPixels, scene.shiftsPixels),
      bound,
      wholeFrame: fieldRmsd(wholeFrame, scene),
      withPatches: fieldRmsd(withPatches, scene),
      isLocal: withPatches.local?.fit != null,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

type Path = readonly (readonly [number, number])[];

/** Root mean square distance of two trajectories, which both begin at zero. */
function shiftRmsd(measured: Path, truth: Path): number {
  const squares = measured.map(([x, y], i) => (x - truth[i]![0]) ** 2 + (y - truth[i]![1]) ** 2);
  return Math.sqrt(squares.reduce((sum, v) => sum + v, 0) / squares.length);
}
