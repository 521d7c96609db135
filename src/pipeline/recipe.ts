import { createHash } from 'node:crypto';
import { type Stats, statSync } from 'node:fs';
import { PARAMETER_DEFAULTS, type ParameterValues } from '../contract/parameters.ts';
import { type AlignProgram, BUILTIN_PROGRAM } from '../contract/programs.ts';
import {
  DEFAULT_CTF_SEARCH,
  type Recipe,
  recipeSchema,
  type StepName,
  stepFields,
} from '../contract/recipe.ts';
import { fieldsIn } from '../contract/recipe-fields.ts';

/** Files that parameters refer to, located and made absolute by the caller; null if there is none. */
export interface ResolvedFiles {
  readonly gainPath: string | null;
  readonly defectMapPath: string | null;
}

/**
 * Recipe from parameters, with the declared defaults for missing ones. Contradictory doses are
 * detected for each movie.
 * @param additionalArguments - additional arguments in the config file, by program
 */
export function recipeFromParameters(
  parameters: ParameterValues,
  files: ResolvedFiles,
  additionalArguments: Partial<Record<AlignProgram, string | null>> = {},
): Recipe {
  const { gainPath, defectMapPath } = files;
  const { align_program = BUILTIN_PROGRAM, ctf_program = BUILTIN_PROGRAM } = parameters;
  const programs = { align_program, ctf_program };
  const values: Values = { ...parameters, ...programs, rawgainref: gainPath, rawdefectsmap: defectMapPath };
  const alignArguments = additionalArguments[align_program] ?? '';
  const hasPhasePlate = parameters.phase_shift ?? PARAMETER_DEFAULTS.phase_shift;
  return recipeSchema.parse({
    ...groupFrom('', values),
    gain: gainPath === null ? null : groupFrom('gain', values),
    // Only if a value was given, so that recipes of earlier versions keep their hashes and stay valid.
    ...(differsFromDefaults('eer', values) ? { eer: groupFrom('eer', values) } : {}),
    ctf: {
      ...DEFAULT_CTF_SEARCH,
      ...groupFrom('ctf', values),
      ...(hasPhasePlate ? { phaseShift: groupFrom('ctf.phaseShift', values) } : {}),
    },
    programs: {
      ...groupFrom('programs', values),
      ...(alignArguments.trim() === '' ? {} : { alignArguments }),
    },
  });
}

type Values = { readonly [Name in keyof ParameterValues]?: ParameterValues[Name] | null };

/** Fields of a group of the recipe, from parameters. */
function groupFrom(group: string, values: Values): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const { name, parameter, recipe } of fieldsIn(group)) {
    const explicitValue = values[parameter.name] ?? null;
    if (recipe.whenNotGiven === 'absent' && (explicitValue === null || explicitValue === parameter.default))
      continue;
    const value = explicitValue ?? parameter.default ?? null;
    fields[name] = value === null || recipe.convert === undefined ? value : recipe.convert(value);
  }
  return fields;
}

/** Whether a parameter of the group differs from its default. */
const differsFromDefaults = (group: string, values: Values): boolean =>
  fieldsIn(group).some(({ parameter }) => {
    const explicitValue = values[parameter.name] ?? null;
    return explicitValue !== null && explicitValue !== parameter.default;
  });

/** SHA-256 in hex of the whole recipe. */
export const recipeHash = (recipe: Recipe): string => hashOf(recipe);

/**
 * Hashes of what each step's result depends on: its fields of the recipe, its program, and size and time of
 * the files it reads (if a gain is replaced under the same name, micrographs are made again). A missing file
 * is hashed as missing. The CTF also depends on the micrograph: repeating `align` implies repeating `ctf`.
 */
export const stepHashes = (recipe: Recipe): Record<StepName, string> =>
  hashesWith(recipe, referencesOf(recipe).map(fileIdentity));

/** Like `stepHashes`. @param statusOf - size and time of a file; null: there is none */
export const stepHashesWith = async (
  recipe: Recipe,
  statusOf: (path: string) => Promise<Stats | null>,
): Promise<Record<StepName, string>> =>
  hashesWith(
    recipe,
    await Promise.all(referencesOf(recipe).map(async (path) => path && identityOf(await statusOf(path)))),
  );

const referencesOf = ({ gain, defectMapPath }: Recipe) => [gain?.path ?? null, defectMapPath];

function hashesWith(recipe: Recipe, files: readonly unknown[]): Record<StepName, string> {
  const fields = (step: StepName) => Object.fromEntries(stepFields(step).map((name) => [name, recipe[name]]));
  return {
    align: hashOf({
      ...fields('align'),
      program: recipe.programs.align,
      arguments: recipe.programs.alignArguments,
      files,
    }),
    ctf: hashOf({ ...fields('ctf'), program: recipe.programs.ctf }),
  };
}

const fileIdentity = (path: string | null) =>
  path === null ? null : identityOf(statSync(path, { throwIfNoEntry: false }) ?? null);

const identityOf = (status: Stats | null) =>
  status ? { sizeBytes: status.size, mtimeMs: status.mtimeMs } : 'missing';

const hashOf = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex');

/** JSON that depends only on the value: keys sorted at every level. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}
