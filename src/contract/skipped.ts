import { z } from 'zod';

/**
 * Why files below raw that might be movies are skipped. Every such file is a movie of the session or is
 * counted here, so that none is missed silently.
 */
export const SKIP_REASONS = [
  'reference',
  'packed',
  'other_name',
  'other_extension',
  'other_kind',
  'format',
  'hidden',
  'link',
  'name',
  'not_a_file',
] as const;

export const skippedSchema = z.object({
  reason: z
    .enum(SKIP_REASONS)
    .describe(
      'reference: a gain reference, defect map, sum or overview according to its name, or used as gain reference or defect map; packed: compressed; other_name, other_extension: excluded by basename_*; other_kind: movies with another name pattern or format are processed instead; format: a format that is not read as a movie, such as DM4; hidden: its name begins with a dot; link: a symbolic link that is not followed; name: the name is not UTF-8 or has control characters; not_a_file: a pipe or a device',
    ),
  count: z.number().int(),
  example: z.string().describe('one of them, relative to raw'),
});

export type SkipReason = (typeof SKIP_REASONS)[number];
export type Skipped = z.infer<typeof skippedSchema>;
