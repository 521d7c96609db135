import { z } from 'zod';
import { programSettingsSchema } from './programs.ts';
import { recipeSchema } from './recipe.ts';
import { movieIdentitySchema } from './record.ts';

/**
 * A batch: movies that one worker processes in sequence with one recipe, stored as
 * `workflow/cycle-NNNNNN/batch-NNN.json`. It contains everything a worker needs, so that a user can run the
 * same file by hand: `cryoem process BATCH.json`.
 */

export const BATCH_VERSION = 1;

/**
 * Exit code of a worker that ended early because the result of a movie could not be written, for example
 * because the disk is full or permission is missing.
 */
export const EXIT_UNRECORDED = 4;

/** Exit code of a worker that was asked to stop before its batch was done. */
export const EXIT_INTERRUPTED = 130;

/** Set in the environment of a worker on a cluster: JSON of `jobLocationSchema`, for the records. */
export const JOB_LOCATION_VARIABLE = 'CRYOEM_JOB_LOCATION';

/**
 * Set in the environment of a worker: the descriptor to which it writes a byte regularly while its work
 * makes progress. Also used in `bin/cryoem`.
 */
export const HEARTBEAT_VARIABLE = 'CRYOEM_HEARTBEAT_FD';

export const batchSchema = z.object({
  version: z.literal(BATCH_VERSION),
  token: z
    .string()
    .regex(/^[A-Za-z0-9._=-]{8,64}$/)
    .describe('unique name of this submission'),
  root: z
    .string()
    .optional()
    .describe(
      'folder of the session, absolute: links to targets outside it are not followed; absent: a batch that a user runs by hand',
    ),
  named: z
    .array(z.string())
    .optional()
    .describe(
      'paths of the gain reference and the defect map, if they were given at the start: a link at such a path may point outside the session',
    ),
  linkRoots: z
    .array(z.string())
    .optional()
    .describe('other folders that links in raw may point to: follow_links_to in the config file'),
  halfSizeGain: z
    .literal('refuse')
    .optional()
    .describe('a movie fails if its gain reference is half its size: half_size_gain in the config file'),
  peers: z
    .array(z.string())
    .optional()
    .describe(
      'first movies of the session, relative to rawDir: a movie that differs from them is processed with the values of its own header or metadata',
    ),
  rawDir: z.string().describe('absolute'),
  processedDir: z.string().describe('absolute; outputs and results/ go here'),
  recipe: recipeSchema,
  executor: z.string().describe('name written into the records'),
  programs: programSettingsSchema.optional().describe('absent: looked up by name in PATH'),
  threads: z.number().int().min(1).describe('threads per movie'),
  movies: z.array(movieIdentitySchema.extend({ attempt: z.number().int().min(1) })).min(1),
});
export type Batch = z.infer<typeof batchSchema>;
export type BatchMovie = Batch['movies'][number];
