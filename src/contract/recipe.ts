import { z } from 'zod';

/**
 * A recipe says how movies are to be processed: numbers and resolved files, no questions left open.
 * It is made from the parameters of a start (`sessions/`) or from flags (`cli/process`), and travels in each batch.
 */
export const gainSettingSchema = z.object({
  path: z.string().min(1).describe('absolute path of the gain reference'),
  rotate: z
    .literal([0, 1, 2, 3])
    .describe('multiples of 90 degrees counter-clockwise, done first (MotionCor -RotGain)'),
  flip: z.literal([0, 1, 2]).describe('0 none, 1 upside down, 2 left-right (MotionCor -FlipGain)'),
});

export const eerSettingSchema = z.object({
  framesPerFraction: z
    .number()
    .int()
    .min(1)
    .nullable()
    .describe('camera frames per fraction; null: by the dose'),
  dosePerFractionEA2: z.number().positive().nullable().describe('e/A^2 to aim at; null: about 1'),
  upsampling: z.literal([1, 2]).describe('pixels of the rendering per pixel of the sensor, along an axis'),
});

export const recipeSchema = z.object({
  pixelSizeA: z.number().positive().describe('pixel size of the movie as recorded, Angstrom'),
  voltageKv: z.number().positive(),
  csMm: z.number().min(0),
  amplitudeContrast: z.number().min(0).max(1),
  dosePerFrameEA2: z
    .number()
    .min(0)
    .nullable()
    .describe('e/A^2 per frame of the file, of EER per camera frame; null where unknown'),
  totalDoseEA2: z.number().min(0).nullable().describe('e/A^2 per movie; used where dosePerFrameEA2 is null'),
  binning: z.number().min(1).max(16).describe('Fourier binning of the sums; 2 for super-resolution'),
  throwFrames: z.number().int().min(0),
  truncFrames: z.number().int().min(0),
  gain: gainSettingSchema.nullable(),
  defectMapPath: z.string().nullable(),
  eer: eerSettingSchema
    .optional()
    .describe('how EER files are made movies; absent: by their dose, not upsampled'),
  patches: z
    .tuple([z.number().int().min(1).max(99), z.number().int().min(1).max(99)])
    .optional()
    .describe('patches across and down whose motion is followed; absent or 1, 1: the frame as a whole'),
  evenOdd: z
    .enum(['plain', 'weighted'])
    .optional()
    .describe('of this sum, the frames of even and of odd number are summed by themselves, too; absent: not'),
  float16: z.literal(true).optional().describe('sums are written as 16-bit floats; absent: 32-bit'),
  particleSizeA: z.number().min(0).nullable(),
  ctf: z.object({
    minimumDefocusA: z.number().positive(),
    maximumDefocusA: z.number().positive(),
    lowResolutionA: z.number().positive().describe('coarse end of the fitted range, e.g. 30'),
    highResolutionA: z.number().positive().describe('fine end of the fitted range, e.g. 4'),
    phaseShift: z
      .object({ minimumDeg: z.number().min(0).max(180), maximumDeg: z.number().min(0).max(180) })
      .optional()
      .describe('range in which the shift of a phase plate is searched; absent: no plate, the shift is 0'),
    expectedAstigmatismA: z
      .number()
      .positive()
      .optional()
      .describe('larger U - V is held to be less likely; absent: all are alike'),
  }),
  programs: z
    .object({
      align: z.string(),
      ctf: z.string(),
      alignArguments: z
        .string()
        .optional()
        .describe(
          "further arguments of the program that corrects the motion, as the config file's [programs]",
        ),
    })
    .describe('names of program adapters'),
});

export type EerSetting = z.infer<typeof eerSettingSchema>;
export type GainSetting = z.infer<typeof gainSettingSchema>;
export type Recipe = z.infer<typeof recipeSchema>;

/** Parts of a recipe on which each step depends. A change of a field redoes only the steps that name it. */
export const STEP_FIELDS = {
  align: [
    'pixelSizeA',
    'voltageKv',
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
  ],
  ctf: ['pixelSizeA', 'voltageKv', 'csMm', 'amplitudeContrast', 'ctf'],
} as const satisfies Record<string, readonly (keyof Recipe)[]>;

export type StepName = keyof typeof STEP_FIELDS;

/** Search ranges that people know (FIELD: 30-4 A, 0.5-5 um); wider at both ends of the defocus. */
export const DEFAULT_CTF_SEARCH: Recipe['ctf'] = {
  minimumDefocusA: 3000,
  maximumDefocusA: 60000,
  lowResolutionA: 30,
  highResolutionA: 4,
};
