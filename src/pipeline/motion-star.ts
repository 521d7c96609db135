import type { Recipe } from '../contract/recipe.ts';
import { formatStar, type StarBlock } from '../formats/star/write.ts';
import type { Alignment } from './adapter.ts';
import type { ReferencePaths } from './polish-references.ts';

/**
 * RELION's numbers for its motion models: global shifts only, or the polynomial of third order in time and
 * second order in space.
 */
const NO_LOCAL_MODEL = 0;
const POLYNOMIAL_MODEL = 1;
/** RELION's value for both shifts of an unused frame. */
const NOT_USED = -9999;

type MotionStarSource = Pick<
  Alignment,
  | 'movieWidth'
  | 'movieHeight'
  | 'frames'
  | 'firstFrame'
  | 'shiftsPixels'
  | 'dosePerFrameEA2'
  | 'hotPixels'
  | 'eer'
  | 'local'
>;

/**
 * Motion metadata of one movie in the format of RELION 3.1 and later. RELION stores the shift to apply, in
 * unbinned pixels: the motion of the content with opposite sign (observed with relion_run_motioncorr 3.1.3 on
 * a movie whose content moves by +1, -2 pixels per frame: it wrote -1, +2). Frames are numbered from 1;
 * skipped frames are also listed. Coordinates of hot pixels start at 0.
 * @param recipe - pixel size and binning of the movie as it is rendered
 * @param moviePath - by which RELION finds the movie: relative to the session directory (`session-path.ts`)
 */
export function motionStar(
  aligned: MotionStarSource,
  recipe: Pick<Recipe, 'pixelSizeA' | 'voltageKv' | 'binning'>,
  moviePath: string,
  { gainPath, defectPath }: ReferencePaths,
): string {
  const blocks: StarBlock[] = [
    {
      name: 'general',
      pairs: [
        ['rlnImageSizeX', aligned.movieWidth],
        ['rlnImageSizeY', aligned.movieHeight],
        ['rlnImageSizeZ', aligned.frames],
        ['rlnMicrographMovieName', moviePath],
        ...(gainPath === null ? [] : [['rlnMicrographGainName', gainPath] as const]),
        ...(defectPath === null ? [] : [['rlnMicrographDefectFile', defectPath] as const]),
        ['rlnMicrographBinning', recipe.binning],
        ['rlnMicrographOriginalPixelSize', recipe.pixelSizeA],
        ...(aligned.dosePerFrameEA2 === null
          ? []
          : [['rlnMicrographDoseRate', aligned.dosePerFrameEA2] as const]),
        ['rlnMicrographPreExposure', 0],
        ...(aligned.eer
          ? ([
              ['rlnEERGrouping', aligned.eer.framesPerFraction],
              ['rlnEERUpsampling', aligned.eer.upsampling],
            ] as const)
          : []),
        ['rlnVoltage', recipe.voltageKv],
        ['rlnMicrographStartFrame', aligned.firstFrame],
        ['rlnMotionModelVersion', aligned.local?.fit ? POLYNOMIAL_MODEL : NO_LOCAL_MODEL],
      ],
    },
    {
      name: 'global_shift',
      columns: ['rlnMicrographFrameNumber', 'rlnMicrographShiftX', 'rlnMicrographShiftY'],
      rows: Array.from({ length: aligned.frames }, (_, frame) => {
        const [x, y] = aligned.shiftsPixels[frame + 1 - aligned.firstFrame] ?? [-NOT_USED, -NOT_USED];
        return [frame + 1, 0 - x, 0 - y];
      }),
    },
  ];
  if (aligned.local?.fit) {
    // along x, then along y; opposite sign, as for the global shifts
    const { coefficientsX, coefficientsY } = aligned.local.fit;
    blocks.push({
      name: 'local_motion_model',
      columns: ['rlnMotionModelCoeffsIdx', 'rlnMotionModelCoeff'],
      rows: [...coefficientsX, ...coefficientsY].map((value, i) => [i, 0 - value]),
    });
  }
  if (aligned.hotPixels.length > 0)
    blocks.push({
      name: 'hot_pixels',
      columns: ['rlnCoordinateX', 'rlnCoordinateY'],
      rows: aligned.hotPixels.map(([x, y]) => [x, y]),
    });
  return formatStar(blocks);
}
