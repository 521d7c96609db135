import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { PARAMETER_TABLE, type ParameterName, type ParameterValues } from '../contract/parameters.ts';
import { type AlignProgram, BUILTIN_PROGRAM } from '../contract/programs.ts';
import {
  DEFAULT_CTF_SEARCH,
  type EerSetting,
  type Recipe,
  STEP_FIELDS,
  type StepName,
} from '../contract/recipe.ts';

/** Files that parameters name, found and made absolute by the caller; null where there is none. */
export interface ResolvedFiles {
  readonly gainPath: string | null;
  readonly defectMapPath: string | null;
}

/** Frames of a super-resolution movie have half the pixel of the camera: sums go back to the camera's. */
const SUPERRESOLUTION_BINNING = 2;

const declaredDefault = <T>(name: ParameterName): T =>
  PARAMETER_TABLE.find((p) => p.name === name)?.default as T;

/**
 * Parameters as given, with the declared defaults where they are silent. Contradicting doses are judged per movie.
 * @param furtherArguments - of the config file, by program
 */
export function recipeFromParameters(
  values: ParameterValues,
  resolved: ResolvedFiles,
  furtherArguments: Partial<Record<AlignProgram, string | null>> = {},
): Recipe {
  const align = values.align_program ?? BUILTIN_PROGRAM;
  const alignArguments = furtherArguments[align] ?? '';
  const superresolution = values.superresolution ?? declaredDefault<boolean>('superresolution');
  return {
    pixelSizeA: values.apix,
    voltageKv: values.kev,
    csMm: values.cs ?? declaredDefault<number>('cs'),
    amplitudeContrast: values.ac ?? declaredDefault<number>('ac'),
    dosePerFrameEA2: values.fmdose ?? null,
    totalDoseEA2: values.dose ?? null,
    binning: superresolution ? SUPERRESOLUTION_BINNING : 1,
    throwFrames: values.throw ?? declaredDefault<number>('throw'),
    truncFrames: values.trunc ?? declaredDefault<number>('trunc'),
    gain:
      resolved.gainPath === null
        ? null
        : {
            path: resolved.gainPath,
            rotate: values.rotgain ?? declaredDefault<0>('rotgain'),
            flip: values.flipgain ?? declaredDefault<0>('flipgain'),
          },
    defectMapPath: resolved.defectMapPath,
    ...eerSetting(values),
    patches: patchesOf(values.patch ?? declaredDefault<string>('patch')),
    ...sumSetting(values),
    particleSizeA: values.particle_size ?? null,
    ctf: ctfSearch(values),
    programs: {
      align,
      ctf: values.ctf_program ?? BUILTIN_PROGRAM,
      ...(alignArguments.trim() === '' ? {} : { alignArguments }),
    },
  };
}

/** What is not asked for stays away, so that the hash of a plain search is that of earlier versions. */
function ctfSearch(values: ParameterValues): Recipe['ctf'] {
  const searchPhase = values.phase_shift ?? declaredDefault<boolean>('phase_shift');
  return {
    ...DEFAULT_CTF_SEARCH,
    minimumDefocusA: values.defocus_min ?? declaredDefault<number>('defocus_min'),
    maximumDefocusA: values.defocus_max ?? declaredDefault<number>('defocus_max'),
    ...(searchPhase && {
      phaseShift: {
        minimumDeg: values.phase_min ?? declaredDefault<number>('phase_min'),
        maximumDeg: values.phase_max ?? declaredDefault<number>('phase_max'),
      },
    }),
    ...(values.expected_astigmatism !== undefined && { expectedAstigmatismA: values.expected_astigmatism }),
  };
}

/** Only where something was asked for: recipes of before then keep their hashes, and their results. */
function eerSetting(values: ParameterValues): { eer?: EerSetting } {
  const eer = {
    framesPerFraction: values.eer_grouping ?? null,
    dosePerFractionEA2: values.eer_fraction_dose ?? null,
    upsampling: values.eer_upsampling ?? declaredDefault<1>('eer_upsampling'),
  };
  const isSilent = eer.framesPerFraction === null && eer.dosePerFractionEA2 === null && eer.upsampling === 1;
  return isSilent ? {} : { eer };
}

/** As `eerSetting`: only what was asked for. */
function sumSetting(values: ParameterValues): Pick<Recipe, 'evenOdd' | 'float16'> {
  const evenOdd = values.even_odd ?? declaredDefault<'none'>('even_odd');
  const float16 = values.float16 ?? declaredDefault<boolean>('float16');
  return { ...(evenOdd === 'none' ? {} : { evenOdd }), ...(float16 ? { float16 } : {}) };
}

/** @param text - as the declaration of `patch` allows */
function patchesOf(text: string): [number, number] {
  const [across, down] = text.split('x').map(Number) as [number, number];
  return [across, down];
}

/** SHA-256 in hex of the whole recipe. */
export const recipeHash = (recipe: Recipe): string => hashOf(recipe);

/**
 * What each step's result depends on, as hashes: its fields of the recipe, its program, and size and time of the
 * files it reads (a gain that was replaced under its old name makes new micrographs). A file that is not there
 * counts as such. The CTF also depends on the micrograph: who redoes `align` redoes `ctf`.
 */
export function stepHashes(recipe: Recipe): Record<StepName, string> {
  const fields = (step: StepName) =>
    Object.fromEntries(STEP_FIELDS[step].map((name) => [name, recipe[name]]));
  return {
    align: hashOf({
      ...fields('align'),
      program: recipe.programs.align,
      arguments: recipe.programs.alignArguments,
      files: [recipe.gain?.path ?? null, recipe.defectMapPath].map(fileIdentity),
    }),
    ctf: hashOf({ ...fields('ctf'), program: recipe.programs.ctf }),
  };
}

function fileIdentity(path: string | null) {
  if (path === null) return null;
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? { sizeBytes: found.size, mtimeMs: found.mtimeMs } : 'missing';
}

const hashOf = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');

/** JSON whose text depends only on the value: keys sorted at every level. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}
