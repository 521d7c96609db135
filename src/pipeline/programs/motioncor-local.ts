import { fitLocalModel, type PatchPath } from '../../engine/motion/local-fit.ts';
import type { LocalMotion } from '../../engine/ports.ts';
import { type MotioncorPatches, parseMotioncorPatches } from '../../formats/logs/motioncor-patches.ts';
import type { MovieInput } from './movie-input.ts';
import type { ProgramOutputs } from './outputs.ts';

/** Both hold the same rows, in different orders. */
const LOGS = [/-Patch-Patch\.log$/i, /-Patch-Frame\.log$/i];

/**
 * MotionCor keeps the paths of its patches and no model of them: the record's model is fitted to the paths as our own engine does. The
 * sums were corrected by MotionCor's own interpolation, which the model describes as well as it fits.
 * @param patches - null where it was told to follow the frame as a whole
 * @returns null where no patches were asked for
 * @throws CodedError PROGRAM_FAILED where a log is there and cannot be understood
 */
export function motioncorLocal(
  outputs: ProgramOutputs,
  input: MovieInput,
  patches: readonly [number, number] | null,
): LocalMotion<string> | null {
  const asked = input.request.patches;
  if (!asked || asked[0] * asked[1] < 2) return null;
  if (patches === null) return { fit: null, reason: 'MotionCor follows patches from 2x2 on.' };
  const names = outputs.names();
  const file = LOGS.map((ending) => names.find((name) => ending.test(name))).find(Boolean);
  if (file === undefined) return { fit: null, reason: 'MotionCor wrote no log of its patches.' };
  const paths = pathsOf(parseMotioncorPatches(outputs.text(file), file, input.used).value);
  const fit = fitLocalModel(paths, input.used);
  if (fit === null) return { fit: null, reason: 'Its patches move as the frame does, or fit no model.' };
  const { model, rmsPixels, points, outliers } = fit;
  return {
    fit: { patches, coefficientsX: model.x, coefficientsY: model.y, rmsPixels, points, outliers },
    reason: null,
  };
}

/** Motion of the content in parts of the frame, as the fit takes it, without the points that MotionCor itself left out. */
function pathsOf({ size, patches }: MotioncorPatches): PatchPath[] {
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
