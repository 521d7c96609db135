import { argumentsKey } from '../../contract/program-config.ts';
import type { ProgramSettings } from '../../contract/programs.ts';
import type { LocalMotion } from '../../engine/ports.ts';
import { logError } from '../../formats/logs/log-error.ts';
import {
  parseRelionMotion,
  parseRelionMotionLog,
  type RelionMotion,
} from '../../formats/logs/relion-motion.ts';
import type { Aligner } from '../adapter.ts';
import { type AlignerProgram, type AlignerReading, alignerAdapter } from './aligner-adapter.ts';
import { type Flag, mergeArguments } from './arguments.ts';
import type { MovieInput } from './movie-input.ts';
import type { ProgramOutputs } from './outputs.ts';
import { meanOf, readSum } from './read-sum.ts';
import type { References } from './references.ts';

/**
 * Minimum number of frames: with fewer, RELION does nothing, without a message or an error (observed in
 * 3.1.3).
 */
const MIN_FRAMES = 3;
/**
 * Minimum number of patches along an axis: with fewer, RELION uses whole-frame motion only (according to its
 * log).
 */
const MIN_PATCHES = 3;
/** Convergence of the alignment: maximum change of the shifts, pixels; the tolerance of RELION. */
const TOLERANCE_PIXELS = 0.5;
const OUTPUT_FOLDER = 'out';

const RELION: AlignerProgram = {
  name: 'relion',
  minFrames: MIN_FRAMES,
  eerGain: 'divides',
  version: { inOutput: /RELION version:\s*(\S+)/i, inFileName: /relion[-_]?v?(\d[\d.]*\d)/i },
  missingModelText: 'Local motion was not corrected.',
  extensionOf: (format) => (format === 'mrc' ? 'mrcs' : format),
  argumentsOf: (input, { movie, references }, additionalArguments) =>
    relionArguments(input, movie, references, additionalArguments),
  read: readRelion,
};

/** RELION's own motion correction, `relion_run_motioncorr`. */
export const relionAdapter = (settings: ProgramSettings): Aligner => alignerAdapter(RELION, settings);

/** Patches that RELION will use; null: whole-frame motion. */
function patchesOf({ request }: MovieInput): readonly [number, number] | null {
  const { patches } = request;
  return patches && Math.min(...patches) >= MIN_PATCHES ? patches : null;
}

/**
 * The command line of `relion_run_motioncorr --use_own`, 3.1 and later.
 * @throws CodedError BAD_CONFIG if additional arguments would prevent reading the outputs
 */
function relionArguments(
  input: MovieInput,
  movie: string,
  references: References,
  additionalArguments?: string,
): string[] {
  const { structure, request, doseEA2 } = input;
  const { eer } = structure;
  const [patchesX, patchesY] = patchesOf(input) ?? [1, 1];
  const required: Flag[] = [['--use_own'], ['--i', movie], ['--o', `${OUTPUT_FOLDER}/`]];
  if (doseEA2 !== null) required.push(['--dose_weighting'], ['--save_noDW']);
  required.push(['--first_frame_sum', `${input.firstFrame}`], ['--last_frame_sum', `${input.lastFrame}`]);
  if (eer)
    required.push(['--eer_grouping', `${eer.framesPerFraction}`], ['--eer_upsampling', `${eer.upsampling}`]);
  required.push(['--bin_factor', `${request.binning}`]);
  const defaults: Flag[] = [
    ['--j', `${request.threads}`],
    ['--angpix', `${request.pixelSizeA}`],
    ['--voltage', `${request.voltageKv}`],
  ];
  if (doseEA2 !== null) defaults.push(['--dose_per_frame', `${doseEA2}`]);
  defaults.push(['--patch_x', `${patchesX}`], ['--patch_y', `${patchesY}`], ...referenceFlags(references));
  return mergeArguments(required, defaults, additionalArguments, `[programs] ${argumentsKey('relion')}`);
}

function referenceFlags({ gain, defects }: References): Flag[] {
  const flags: Flag[] = [];
  if (gain)
    flags.push(['--gainref', gain.file], ['--gain_rot', `${gain.rotate}`], ['--gain_flip', `${gain.flip}`]);
  if (defects) flags.push(['--defect_file', defects.file]);
  return flags;
}

/**
 * @throws CodedError PROGRAM_FAILED if metadata or sums of RELION are missing or are those of another movie
 */
function readRelion(outputs: ProgramOutputs, input: MovieInput): AlignerReading {
  const { doseEA2 } = input;
  const star = outputs.text(`${OUTPUT_FOLDER}/movie.star`);
  const log = outputs.text(`${OUTPUT_FOLDER}/movie.log`);
  const { value: motion } = parseRelionMotion(star, 'movie.star', input);
  const { value: convergence } = parseRelionMotionLog(log, 'movie.log');
  const plainSum = readSum(
    outputs,
    `${OUTPUT_FOLDER}/${doseEA2 === null ? 'movie.mrc' : 'movie_noDW.mrc'}`,
    input,
  );
  return {
    plainSum,
    weightedSum: doseEA2 === null ? null : readSum(outputs, `${OUTPUT_FOLDER}/movie.mrc`, input),
    shiftsToApply: motion.shiftsToApply,
    local: localMotion(input, motion, convergence.fitRmsPixels),
    iterations: convergence.iterations,
    isConverged: convergence.lastChangePixels < TOLERANCE_PIXELS,
    // RELION's Fourier cropping preserves the mean (observed in 3.1.3 with a binning of 2).
    meanCountsPerPixelFrame: meanOf(plainSum.data) / input.usedFrames,
    hotPixels: motion.hotPixels,
    log,
    warnings: [],
  };
}

/** Null if no patches were requested. */
function localMotion(
  input: MovieInput,
  { localToApply, localPoints }: RelionMotion,
  fitRmsPixels: readonly [number, number] | null,
): LocalMotion<string> | null {
  const { patches } = input.request;
  if (!patches || patches[0] * patches[1] < 2) return null;
  const usedPatches = patchesOf(input);
  if (usedPatches === null)
    return {
      fit: null,
      reason: `RELION needs at least ${MIN_PATCHES}x${MIN_PATCHES} patches for local motion.`,
    };
  if (localToApply === null) return { fit: null, reason: 'RELION fitted no model to the patches.' };
  if (fitRmsPixels === null)
    throw logError(
      { file: 'movie.log' },
      'the residual of the patches is missing',
      'Polynomial fit RMSD',
      'none',
    );
  // RELION's global shifts are in pixels of the movie, its model in pixels of the binned frames (observed in
  // 3.1.3: only then does the model fit the patches in data_local_shift, which are in pixels of the movie).
  const { binning } = input.request;
  const asContentMotion = (values: readonly number[]) => values.map((value) => 0 - value * binning);
  return {
    fit: {
      patches: usedPatches,
      coefficientsX: asContentMotion(localToApply.x),
      coefficientsY: asContentMotion(localToApply.y),
      rmsPixels: Math.hypot(...fitRmsPixels),
      points: localPoints,
      outliers: 0,
    },
    reason: null,
  };
}
