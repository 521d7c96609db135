import { z } from 'zod';
import { gainSenseSchema } from './parameters/motion.ts';

/** Orientation of the gain reference: the parameters `rotgain` and `flipgain`. */
export const orientationSchema = z.object({
  rotate: z.literal([0, 1, 2, 3]),
  flip: z.literal([0, 1, 2]),
});

/** Orientation of the gain reference, and how its values are applied: the parameter `gain_sense`. */
export const gainUseSchema = orientationSchema.extend({
  sense: gainSenseSchema.optional(),
});

/** Whether the counts of the movie confirm the orientation of the gain reference. */
export const gainCheckSchema = z.object({
  verdict: z
    .enum(['agrees', 'contradicts', 'absent', 'thin'])
    .describe(
      'agrees: the setting is the best match; contradicts: another setting is the best match; absent: the counts do not contain the pattern of the gain reference; thin: inconclusive',
    ),
  setting: gainUseSchema.describe('the setting that was used; `sense` is absent if gain_sense is auto'),
  best: gainUseSchema
    .nullable()
    .describe(
      'best match; null if inconclusive. `sense` is present only if the gain reference is inverted: divide if frames were multiplied by it, and vice versa',
    ),
  margin: z.number().describe('difference between the best and the second best score'),
  scores: z
    .array(orientationSchema.extend({ score: z.number() }))
    .describe(
      'fraction of the pattern that the counts show with each orientation, 0 to 1; near -1: the gain reference is inverted',
    ),
  error: z.number().nullable().describe('standard error of a score'),
});

export type GainUse = z.infer<typeof gainUseSchema>;
export type GainCheck = z.infer<typeof gainCheckSchema>;
