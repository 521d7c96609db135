import { argumentsKey } from '../../contract/program-config.ts';
import type { AlignerFiles } from './aligner-adapter.ts';
import { type Flag, mergeArguments } from './arguments.ts';
import { visibleGpus } from './gpus.ts';
import type { MovieInput } from './movie-input.ts';
import type { References } from './references.ts';

export type Generation = 2 | 3;
export const motioncorProgram = (generation: Generation) => `motioncor${generation}` as const;

/**
 * The predecessor's settings: iterations, tolerance in pixels, B-factors of the whole frame and of patches,
 * fraction of the GPU's memory.
 */
const ITERATIONS = 7;
export const TOLERANCE_PIXELS = 0.5;
const B_FACTORS = ['500', '150'] as const;
const GPU_MEMORY = '0.25';
const MIN_PATCHES = 2;

/** File name of the sums, without suffix and extension. */
export const OUTPUT_STEM = 'out';
/** File that defines how the camera frames of an EER file are combined into fractions. */
export const INTEGRATION_FILE = 'fractions.txt';
const INPUT_FLAGS = { mrc: '-InMrc', tiff: '-InTiff', eer: '-InEer' } as const;

/** Null for whole-frame motion only, which MotionCor uses below 2x2 patches. */
export function patchesOf({ request }: MovieInput): readonly [number, number] | null {
  const { patches } = request;
  return patches && Math.min(...patches) >= MIN_PATCHES ? patches : null;
}

/**
 * The predecessor's command line.
 * @throws CodedError BAD_CONFIG if additional arguments would prevent reading the outputs
 */
export function motioncorArguments(
  generation: Generation,
  input: MovieInput,
  files: AlignerFiles,
  additionalArguments?: string,
): string[] {
  const required = requiredFlags(generation, input, files.movie);
  const defaults = defaultFlags(generation, input, files.references);
  const field = `[programs] ${argumentsKey(motioncorProgram(generation))}`;
  return mergeArguments(required, defaults, additionalArguments, field);
}

/**
 * Flags that are needed to read the outputs. Older versions of MotionCor2 write their logs with -LogFile
 * instead of -LogDir; unknown flags are ignored.
 */
function requiredFlags(generation: Generation, { structure, request }: MovieInput, movie: string): Flag[] {
  const flags: Flag[] = [
    [INPUT_FLAGS[structure.format], movie],
    ['-OutMrc', `${OUTPUT_STEM}.mrc`],
    ['-LogDir', './'],
  ];
  if (generation === 2) flags.push(['-LogFile', OUTPUT_STEM]);
  flags.push(
    ['-Throw', `${request.throwFrames}`],
    ['-Trunc', `${request.truncFrames}`],
    ['-FtBin', `${request.binning}`],
    ['-Serial', '0'],
  );
  if (request.evenOdd === 'plain') flags.push(['-SplitSum', '1']);
  if (structure.eer)
    flags.push(['-FmIntFile', INTEGRATION_FILE], ['-EerSampling', `${structure.eer.upsampling}`]);
  return flags;
}

/** Flags that a user may override. */
function defaultFlags(generation: Generation, input: MovieInput, references: References): Flag[] {
  const { request } = input;
  const [patchesX, patchesY] = patchesOf(input) ?? [0, 0];
  const flags: Flag[] = [
    ...referenceFlags(references),
    ['-Patch', `${patchesX}`, `${patchesY}`],
    ['-Iter', `${ITERATIONS}`],
    ['-Tol', `${TOLERANCE_PIXELS}`],
    ['-Bft', ...B_FACTORS],
    ['-PixSize', `${request.pixelSizeA}`],
    ['-kV', `${request.voltageKv}`],
    ...doseFlags(input),
    ['-OutStack', '0'],
    ['-SumRange', '0', '0'],
  ];
  // Disables a CTF fit whose result would not be used.
  if (generation === 3) flags.push(['-Cs', '0']);
  flags.push(['-GpuMemUsage', GPU_MEMORY], ['-Gpu', ...visibleGpus(process.env)]);
  return flags;
}

function referenceFlags({ gain, defects }: References): Flag[] {
  const flags: Flag[] = [];
  if (gain) flags.push(['-Gain', gain.file], ['-RotGain', `${gain.rotate}`], ['-FlipGain', `${gain.flip}`]);
  if (defects) flags.push([defects.kind === 'text' ? '-DefectFile' : '-DefectMap', defects.file]);
  return flags;
}

/**
 * Skipped frames were exposed, and MotionCor does not count them: their dose is given as the initial dose.
 * The dose of EER fractions is in the integration file.
 */
function doseFlags({ structure, request, doseEA2 }: MovieInput): Flag[] {
  const isIntegrated = structure.eer !== undefined && structure.eer.framesPerFraction > 1;
  if (doseEA2 === null || isIntegrated) return [];
  return [
    ['-FmDose', `${doseEA2}`],
    ['-InitDose', `${doseEA2 * request.throwFrames}`],
  ];
}
