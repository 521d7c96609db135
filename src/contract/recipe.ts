import { z } from 'zod';
import type { gainSenseSchema } from './parameters/motion.ts';
import { PARAMETER_DEFAULTS, PARAMETER_TABLE } from './parameters.ts';
import { shapeOf } from './recipe-fields.ts';

/**
 * A recipe defines how movies are processed: numbers and absolute paths, nothing that must be looked up. It
 * is made from the parameters of a start (`sessions/`) or from flags (`cli/process`), and is part of each
 * batch. Its fields are those in the table of parameters; their grouping is defined here.
 */

/**
 * An object whose keys begin with `leadingKeys`: the order that batches and records have had since their
 * first version, so that files can be compared byte by byte. Keys of new parameters follow.
 */
function orderedObject<Shape extends z.ZodRawShape>(
  leadingKeys: readonly string[],
  shape: Shape,
): z.ZodObject<Shape> {
  const rank = (key: string) => (leadingKeys.includes(key) ? leadingKeys.indexOf(key) : leadingKeys.length);
  const entries = Object.entries(shape).sort(([a], [b]) => rank(a) - rank(b));
  return z.object(Object.fromEntries(entries) as Shape);
}

const gainSettingSchema = orderedObject(['path', 'rotate', 'flip'], shapeOf('gain'));

const eerSettingSchema = orderedObject(['framesPerFraction', 'dosePerFractionEA2'], shapeOf('eer'));

const ctfSearchSchema = orderedObject(
  ['minimumDefocusA', 'maximumDefocusA', 'lowResolutionA', 'highResolutionA', 'phaseShift'],
  {
    ...shapeOf('ctf'),
    lowResolutionA: z.number().positive().describe('low-resolution limit of the fit, such as 30'),
    highResolutionA: z.number().positive().describe('high-resolution limit of the fit, such as 4'),
    phaseShift: z
      .object(shapeOf('ctf.phaseShift'))
      .optional()
      .describe(
        'search range of the phase shift of a phase plate; absent: no phase plate, the phase shift is 0',
      ),
  },
);

const programChoiceSchema = orderedObject(['align', 'ctf'], {
  ...shapeOf('programs'),
  alignArguments: z
    .string()
    .optional()
    .describe(
      'additional arguments of the program that corrects the motion, as in [programs] of the config file',
    ),
});

export const recipeSchema = orderedObject(
  [
    'pixelSizeA',
    'voltageKv',
    'csMm',
    'amplitudeContrast',
    'dosePerFrameEA2',
    'totalDoseEA2',
    'binning',
    'throwFrames',
    'truncFrames',
    'gain',
    'defectMapPath',
    'eer',
    'patches',
    'evenOdd',
    'float16',
    'particleSizeA',
    'ctf',
    'programs',
  ],
  {
    ...shapeOf(''),
    gain: gainSettingSchema.nullable(),
    eer: eerSettingSchema
      .optional()
      .describe('how EER files are summed into fractions; absent: by dose, without upsampling'),
    ctf: ctfSearchSchema,
    programs: programChoiceSchema.describe('names of program adapters'),
  },
);

export type EerSetting = z.infer<typeof eerSettingSchema>;
export type GainSetting = z.infer<typeof gainSettingSchema>;
export type GainSense = z.infer<typeof gainSenseSchema>;
export type Recipe = z.infer<typeof recipeSchema>;

/** Steps whose result is kept if only the parameters of a later step change. */
const STEPS = ['align', 'ctf'] as const;
export type StepName = (typeof STEPS)[number];

/**
 * Fields of the recipe on which a step depends, as declared by the parameters that set them. `programs` is
 * not among them, because each step depends on its own program only.
 */
export function stepFields(step: StepName): (keyof Recipe)[] {
  const fields = PARAMETER_TABLE.flatMap(({ affects, recipe }) =>
    recipe && (affects === step || affects === 'both') ? [recipe.field.split('.')[0]] : [],
  );
  return recipeSchema.keyof().options.filter((key) => key !== 'programs' && fields.includes(key));
}

/**
 * Search of the built-in CTF fit: the declared defocus range, and the usual resolution range of 30 to 4 A.
 */
export const DEFAULT_CTF_SEARCH: Recipe['ctf'] = {
  minimumDefocusA: PARAMETER_DEFAULTS.defocus_min,
  maximumDefocusA: PARAMETER_DEFAULTS.defocus_max,
  lowResolutionA: 30,
  highResolutionA: 4,
};
