import { z } from 'zod';
import { ALIGN_PROGRAMS, describePrograms } from '../programs.ts';
import type { ParameterDeclaration } from './declaration.ts';

const patchCount = z.number().int().min(1).max(99);

/** Whether frames are multiplied by a gain reference, or divided by it. */
export const gainSenseSchema = z.enum(['multiply', 'divide']);

export const MOTION_PARAMETERS = [
  {
    name: 'throw',
    kind: 'integer',
    label: 'Skip first frames',
    unit: 'frames',
    minimum: 0,
    maximum: 100000,
    default: 0,
    group: 'motion',
    affects: 'align',
    recipe: { field: 'throwFrames', schema: z.number().int().min(0), whenNotGiven: 'default' },
    help: 'Number of frames at the start of each movie that are not used; for EER the number of fractions.',
  },
  {
    name: 'trunc',
    kind: 'integer',
    label: 'Skip last frames',
    unit: 'frames',
    minimum: 0,
    maximum: 100000,
    default: 0,
    group: 'motion',
    affects: 'align',
    recipe: { field: 'truncFrames', schema: z.number().int().min(0), whenNotGiven: 'default' },
    help: 'Number of frames at the end of each movie that are not used; for EER the number of fractions.',
  },
  {
    name: 'patch',
    kind: 'text',
    label: 'Patches',
    unit: '',
    pattern: ['[1-9][0-9]?x[1-9][0-9]?', 'two numbers such as 5x5'],
    default: '5x5',
    group: 'motion',
    affects: 'align',
    recipe: {
      field: 'patches',
      schema: z
        .tuple([patchCount, patchCount])
        .optional()
        .describe(
          'patches across and down whose motion is measured; absent or 1, 1: whole-frame motion only',
        ),
      whenNotGiven: 'default',
      convert: (text) => String(text).split('x').map(Number),
    },
    help: 'Number of patches of the frame, across and down, whose local motion is measured; 1x1 corrects whole-frame motion only.',
  },
  {
    name: 'even_odd',
    kind: 'choice',
    label: 'Even and odd sums',
    unit: '',
    choices: ['none', 'plain', 'weighted'],
    default: 'none',
    group: 'motion',
    affects: 'align',
    recipe: {
      field: 'evenOdd',
      schema: z
        .enum(['plain', 'weighted'])
        .describe(
          'which micrograph is also written as separate sums of the even and odd frames: plain or dose-weighted; absent: neither',
        ),
      whenNotGiven: 'absent',
    },
    help: 'Even and odd frames are also summed separately, for denoising: as plain sums (_EVN.mrc, _ODD.mrc) or dose-weighted (_DW_EVN.mrc, _DW_ODD.mrc).',
  },
  {
    name: 'float16',
    kind: 'boolean',
    label: '16-bit floats',
    unit: '',
    default: false,
    group: 'motion',
    affects: 'align',
    recipe: {
      field: 'float16',
      schema: z.literal(true).describe('micrographs are written as 16-bit floats; absent: 32-bit'),
      whenNotGiven: 'absent',
    },
    help: 'Micrographs are written as 16-bit floats (MRC mode 12) and take half the disk space. Read by RELION 4 and later, cryoSPARC and IMOD; not by RELION 3, CTFFIND 4 or Gctf.',
  },
  {
    name: 'align_program',
    kind: 'choice',
    label: 'Motion correction program',
    unit: '',
    choices: ALIGN_PROGRAMS,
    group: 'motion',
    affects: 'align',
    recipe: { field: 'programs.align', schema: z.string(), whenNotGiven: 'required' },
    help: `Which program corrects the motion: the built-in engine, ${describePrograms('align')}. Not given: as in the config file, otherwise the built-in engine.`,
  },
  {
    name: 'rotgain',
    kind: 'choice',
    label: 'Rotate gain',
    unit: '× 90° counter-clockwise',
    choices: [0, 1, 2, 3],
    default: 0,
    group: 'motion',
    affects: 'align',
    recipe: {
      field: 'gain.rotate',
      schema: z
        .literal([0, 1, 2, 3])
        .describe('multiples of 90 degrees counter-clockwise, applied before the flip (MotionCor -RotGain)'),
      whenNotGiven: 'default',
    },
    help: 'Rotation of the gain reference as displayed in a viewer; same convention as MotionCor -RotGain and RELION --gain_rot.',
  },
  {
    name: 'flipgain',
    kind: 'choice',
    label: 'Flip gain',
    unit: '',
    choices: [0, 1, 2],
    default: 0,
    group: 'motion',
    affects: 'align',
    recipe: {
      field: 'gain.flip',
      schema: z.literal([0, 1, 2]).describe('0 none, 1 upside down, 2 left-right (MotionCor -FlipGain)'),
      whenNotGiven: 'default',
    },
    help: 'Flip of the gain reference after the rotation; same convention as MotionCor -FlipGain: 1 upside down, 2 left-right.',
  },
  {
    name: 'gain_sense',
    kind: 'choice',
    label: 'Gain operation',
    unit: '',
    choices: ['auto', ...gainSenseSchema.options],
    default: 'auto',
    group: 'motion',
    affects: 'align',
    recipe: {
      field: 'gain.sense',
      schema: gainSenseSchema.describe(
        'whether frames are multiplied by the gain reference or divided by it; absent: the default for its format',
      ),
      whenNotGiven: 'absent',
    },
    help: 'Whether frames are multiplied or divided by the gain reference, like -InvGain in MotionCor. auto: multiply; for EER movies divide, unless the name of the reference ends in .gain.',
  },
] as const satisfies readonly ParameterDeclaration[];
