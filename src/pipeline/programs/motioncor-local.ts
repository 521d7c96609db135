import { fitLocalModel, type PatchTrajectory } from '../../engine/motion/local-fit.ts';
import type { LocalMotion } from '../../engine/ports.ts';
import { type MotioncorPatches, parseMotioncorPatches } from '../../formats/logs/motioncor-patches.ts';
import type { MovieInput } from './movie-input.ts';
import type { ProgramOutputs } from './outputs.ts';

/** Names of the two logs of the patches; both have the same rows, in different orders. */
const PATCH_LOGS = [/-Patch-Patch\.log$/i, /-Patch-Frame\.log$/i];

/**
 * MotionCor writes the trajectories of its patches but no model: the model in the record is fitted to them in
 * the same way as in the built-in engine. MotionCor corrected the sums by its own interpolation, which the
 * model approximates.
 * @param patches - null for whole-frame motion only
 * @returns null if no patches were requested
 * @throws CodedError PROGRAM_FAILED if a log exists and cannot be parsed
 */
export function motioncorLocal(
  outputs: ProgramOutputs,
  input: MovieInput,
  patches: readonly [number, number] | null,
): LocalMotion<string> | null {
  const requestedPatches = input.request.patches;
  if (!requestedPatches || requestedPatches[0] * requestedPatches[1] < 2) return null;
  if (patches === null)
    return { fit: null, reason: 'MotionCor needs at least 2x2 patches for local motion.' };
  const names = outputs.names();
  const file = PATCH_LOGS.map((pattern) => names.find((name) => pattern.test(name))).find(Boolean);
  if (file === undefined) return { fit: null, reason: 'MotionCor wrote no log of its patches.' };
  const trajectories = trajectoriesOf(
    parseMotioncorPatches(outputs.text(file), file, input.usedFrames).value,
  );
  const fit = fitLocalModel(trajectories, input.usedFrames);
  if (fit === null)
    return {
      fit: null,
      reason: 'There is no local motion beyond that of the whole frame, or no model fits the patches.',
    };
  const { model, rmsPixels, points, outliers } = fit;
  return {
    fit: { patches, coefficientsX: model.x, coefficientsY: model.y, rmsPixels, points, outliers },
    reason: null,
  };
}

/**
 * Motion of the content, at positions in fractions of the frame, without the points that MotionCor itself
 * excluded.
 */
function trajectoriesOf({ size, patches }: MotioncorPatches): PatchTrajectory[] {
  return patches
    .map(({ centre, points }) => ({
      x: centre[0] / size[0] - 0.5,
      y: centre[1] / size[1] - 0.5,
      points: points.flatMap(({ shift: [x, y], isBad }, z) =>
        isBad ? [] : [{ z, shift: [0 - x, 0 - y] as const }],
      ),
    }))
    .filter(({ points }) => points.length > 1);
}
