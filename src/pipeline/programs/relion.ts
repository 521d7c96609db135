import type { ProgramSettings } from '../../contract/programs.ts';
import type { LocalMotion } from '../../engine/ports.ts';
import { logFault } from '../../formats/logs/fault.ts';
import {
  parseRelionMotion,
  parseRelionMotionLog,
  type RelionMotion,
} from '../../formats/logs/relion-motion.ts';
import type { Aligner, WorkPlace } from '../adapter.ts';
import { type Flag, mergeArguments } from './arguments.ts';
import { findProgram } from './find-program.ts';
import { asMotion, Links, type MovieInput, readMovieInput } from './movie-input.ts';
import { readOutput } from './outputs.ts';
import { versionOf } from './program-version.ts';
import { meanOf, readSum } from './read-sum.ts';
import { prepareReferences, type References } from './references.ts';
import { linkedCommandLine, runProgram } from './run-program.ts';

export const RELION_PROGRAM = 'relion';

/** With fewer frames RELION does nothing, says nothing, and ends without an error (seen in 3.1.3). */
const LEAST_FRAMES = 3;
/** With fewer patches along an axis RELION follows the frame as a whole only (its log says so). */
const LEAST_PATCHES = 3;
/** Alignment has settled where the shifts change by less, pixels: RELION's own tolerance. */
const TOLERANCE_PIXELS = 0.5;
const OUT = 'out';
const FIELD = '[programs] relion_arguments';

/** Patches that RELION will follow; null: the frame as a whole. */
function patchesOf({ request }: MovieInput): readonly [number, number] | null {
  const { patches } = request;
  return patches && Math.min(...patches) >= LEAST_PATCHES ? patches : null;
}

/**
 * The command line of `relion_run_motioncorr --use_own`, 3.1 and later.
 * @throws CodedError BAD_CONFIG where further arguments touch what reading the outputs depends on
 */
export function relionArguments(
  input: MovieInput,
  movie: string,
  { gain, defects }: References,
  further?: string,
): string[] {
  const { structure, request, doseEA2 } = input;
  const { eer } = structure;
  const patches = patchesOf(input) ?? [1, 1];
  const own: Flag[] = [
    ['--use_own'],
    ['--i', movie],
    ['--o', `${OUT}/`],
    ...(doseEA2 === null ? [] : ([['--dose_weighting'], ['--save_noDW']] as const)),
    ['--first_frame_sum', `${input.firstFrame}`],
    ['--last_frame_sum', `${input.lastFrame}`],
    ...(eer
      ? ([
          ['--eer_grouping', `${eer.framesPerFraction}`],
          ['--eer_upsampling', `${eer.upsampling}`],
        ] as const)
      : []),
    ['--bin_factor', `${request.binning}`],
  ];
  const ours: Flag[] = [
    ['--j', `${request.threads}`],
    ['--angpix', `${request.pixelSizeA}`],
    ['--voltage', `${request.voltageKv}`],
    ...(doseEA2 === null ? [] : ([['--dose_per_frame', `${doseEA2}`]] as const)),
    ['--patch_x', `${patches[0]}`],
    ['--patch_y', `${patches[1]}`],
    ...(gain
      ? ([
          ['--gainref', gain.file],
          ['--gain_rot', `${gain.rotate}`],
          ['--gain_flip', `${gain.flip}`],
        ] as const)
      : []),
    ...(defects ? ([['--defect_file', defects.file]] as const) : []),
  ];
  return mergeArguments(own, ours, further, FIELD);
}

/** RELION's own motion correction behind the port of all programs. */
export function relionAdapter(settings: ProgramSettings): Aligner {
  return {
    name: RELION_PROGRAM,
    version: 'unknown',
    async align(asked, place) {
      const path = findProgram('relion', settings.relion);
      const input = readMovieInput(asked, 'RELION', LEAST_FRAMES);
      const { structure, request, doseEA2 } = input;
      const links = new Links(place);
      const movie = links.add(
        request.moviePath,
        `movie.${structure.format === 'mrc' ? 'mrcs' : structure.format}`,
      );
      const references = prepareReferences(input, links, place, 'divides');
      const args = relionArguments(input, movie, references, place.furtherArguments);
      const version = await versionOf({
        ...{ name: 'RELION', path, argument: '--version' },
        ...{ inAnswer: /RELION version:\s*(\S+)/i, inFileName: /relion[-_]?v?(\d[\d.]*\d)/i },
      });
      const printed = await runProgram({
        ...{ name: 'RELION', path, args, cwd: place.workDir },
        ...{ timeoutMs: settings.timeoutSeconds * 1000, signal: request.signal },
      });
      const found = readMotion(place, input, printed);
      const plainName = doseEA2 === null ? 'movie.mrc' : 'movie_noDW.mrc';
      const plain = readSum('RELION', place, `${OUT}/${plainName}`, input, printed);
      const weighted = doseEA2 === null ? null : readSum('RELION', place, `${OUT}/movie.mrc`, input, printed);
      const local = localMotion(input, found.motion, found.log.fitRmsPixels);
      return {
        outcome: {
          ...{ width: plain.width, height: plain.height, pixelSizeA: request.pixelSizeA * request.binning },
          ...{ sum: plain.data, doseWeighted: weighted?.data ?? null },
          ...{ movieWidth: structure.width, movieHeight: structure.height, frames: structure.frames },
          ...{ firstFrame: input.firstFrame, lastFrame: input.lastFrame, referenceFrame: input.firstFrame },
          shiftsPixels: asMotion(found.motion.shiftsToApply),
          ...{ local, dosePerFrameEA2: doseEA2 },
          iterations: found.log.iterations,
          converged: found.log.lastChangePixels < TOLERANCE_PIXELS,
          // RELION's Fourier cropping keeps the mean (seen in 3.1.3 with a binning of 2).
          meanCountsPerPixelFrame: meanOf(plain.data) / input.used,
          hotPixels: found.motion.hotPixels,
          ...(structure.eer ? { eer: structure.eer } : {}),
          programLog: found.text,
          warnings: [
            ...structure.warnings,
            ...references.notes,
            ...(version === null ? ['RELION does not say its version.'] : []),
            ...(doseEA2 === null ? ['The dose is not known: there is no dose-weighted sum.'] : []),
            ...(local?.reason ? [`Local motion was not corrected. ${local.reason}`] : []),
            ...(found.log.lastChangePixels < TOLERANCE_PIXELS
              ? []
              : ['Alignment did not settle: look at the drift before trusting this movie.']),
          ],
        },
        command: linkedCommandLine(links.commands, path, args),
        external: { version: version ?? 'unknown' },
      };
    },
  };
}

/** @throws CodedError PROGRAM_FAILED where RELION left no metadata, or those of another movie */
function readMotion(place: WorkPlace, input: MovieInput, printed: string) {
  const star = readOutput('RELION', place, `${OUT}/movie.star`, printed);
  const text = readOutput('RELION', place, `${OUT}/movie.log`, printed);
  const { value: motion } = parseRelionMotion(star, 'movie.star', input);
  const { value: log } = parseRelionMotionLog(text, 'movie.log');
  return { motion, log, text };
}

/** Null where no patches were asked for. */
function localMotion(
  input: MovieInput,
  { localToApply, localPoints }: RelionMotion,
  fitRmsPixels: readonly [number, number] | null,
): LocalMotion | null {
  const { patches } = input.request;
  if (!patches || patches[0] * patches[1] < 2) return null;
  const followed = patchesOf(input);
  if (followed === null)
    return { fit: null, reason: `RELION follows patches from ${LEAST_PATCHES}x${LEAST_PATCHES} on.` };
  if (localToApply === null) return { fit: null, reason: 'RELION fitted no model to the patches.' };
  if (fitRmsPixels === null)
    throw logFault(
      { file: 'movie.log' },
      'it does not say how well the patches fit',
      'Polynomial fit RMSD',
      'none',
    );
  // Its global shifts are in pixels of the movie, its model in those of the binned frames (seen in 3.1.3: the patches of
  // data_local_shift, which are in pixels of the movie, fit the model only so).
  const { binning } = input.request;
  const negated = (values: readonly number[]) => values.map((value) => 0 - value * binning);
  return {
    fit: {
      patches: followed,
      coefficientsX: negated(localToApply.x),
      coefficientsY: negated(localToApply.y),
      rmsPixels: Math.hypot(...fitRmsPixels),
      ...{ points: localPoints, outliers: 0 },
    },
    reason: null,
  };
}
