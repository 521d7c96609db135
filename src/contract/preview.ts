import { z } from 'zod';
import { resultRecordSchema } from './record.ts';

/** What a start or a resume with given parameters would do, and a trial of them on one movie. Types of `/api/v1`. */

export const contradictionSchema = z.object({
  fields: z.array(z.string()).min(1).describe('parameters that are concerned; it stands beside the first'),
  severity: z
    .enum(['fault', 'doubt'])
    .describe('fault: movies would fail or be missed; doubt: what lies beside the movies says otherwise'),
  message: z.string(),
  source: z.string().describe('what it was compared with'),
});

/** Why files that could be movies are left out. */
export const SKIP_REASONS = ['reference', 'packed', 'other_name', 'other_extension', 'other_kind'] as const;
export const skippedSchema = z.object({
  reason: z.enum(SKIP_REASONS),
  count: z.number().int(),
  example: z.string().describe('one of them, relative to raw'),
});

export const plannedMoviesSchema = z.object({
  found: z.number().int().describe('movies with these names'),
  arriving: z.number().int().describe('not complete yet: done as soon as they are'),
  toDo: z.number().int().describe('complete, without a result'),
  inWork: z.number().int().describe('given to workers with these very parameters'),
  kept: z.number().int().describe('done with these very parameters: not touched'),
  redoCtf: z.number().int().describe('done; only their CTF is estimated anew'),
  redoAll: z.number().int().describe('done; motion and CTF are made anew'),
  tryAgain: z.number().int().describe('failed, and get new attempts'),
  staysFailed: z.number().int().describe('failed for what no start mends'),
});

/** The movie that the parameters were held against. */
export const sampleMovieSchema = z.object({
  path: z.string(),
  format: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  frames: z.number().int().describe('of an EER file: frames of the camera'),
  pixelSizeA: z.number().nullable().describe('of its header'),
});

export const previewSchema = z.object({
  movies: plannedMoviesSchema
    .nullable()
    .describe('null while parameters are missing or not valid: what they would do is not known then'),
  skipped: z.array(skippedSchema),
  contradictions: z.array(contradictionSchema),
  notes: z.array(z.string()).describe('what a start would warn of'),
  sample: sampleMovieSchema.nullable(),
});

export const trialSchema = z.object({
  id: z.string(),
  base: z.string().describe('the movie'),
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  startedAt: z.iso.datetime(),
  executor: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  message: z.string().nullable().describe('why it failed'),
  remedy: z.string().nullable(),
  record: resultRecordSchema.nullable(),
  pictures: z.record(z.string(), z.string()).describe('role -> URL path'),
});

/** The last trial of a session; null where there is none. */
export const trialAnswerSchema = z.object({ trial: trialSchema.nullable() });

/** What becomes of movies in work when a session is stopped. */
export const stopRequestSchema = z.object({
  running: z
    .enum(['cancel', 'finish'])
    .default('cancel')
    .describe(
      'cancel: ended at once, they wait again; finish: those that were given out are done to the end',
    ),
});

export type Contradiction = z.infer<typeof contradictionSchema>;
export type SkipReason = (typeof SKIP_REASONS)[number];
export type Skipped = z.infer<typeof skippedSchema>;
export type PlannedMovies = z.infer<typeof plannedMoviesSchema>;
export type SampleMovie = z.infer<typeof sampleMovieSchema>;
export type Preview = z.infer<typeof previewSchema>;
export type TrialAnswer = z.infer<typeof trialAnswerSchema>;
export type Trial = z.infer<typeof trialSchema>;
export type StopRequest = z.infer<typeof stopRequestSchema>;
