import { z } from 'zod';
import { resultRecordSchema } from './record.ts';
import { skippedSchema } from './skipped.ts';

/**
 * What a start or a resume with the given parameters would do, and a trial of them on one movie. Types of
 * `/api/v1`.
 */

const contradictionSchema = z.object({
  fields: z
    .array(z.string())
    .min(1)
    .describe('parameters that it concerns; the form shows it next to the first of them'),
  severity: z
    .enum(['error', 'warning'])
    .describe(
      'error: movies would fail or be missed; warning: the value is unlikely, or another source, such as the metadata, gives a different one',
    ),
  message: z.string(),
  source: z.string().describe('what the value was compared with'),
});

const plannedMoviesSchema = z.object({
  found: z.number().int().describe('movies whose names match the file name filter'),
  arriving: z.number().int().describe('not complete yet; processed when complete'),
  toDo: z.number().int().describe('complete, without a result'),
  inProgress: z.number().int().describe('in progress with the same parameters'),
  kept: z.number().int().describe('done with the same parameters: kept unchanged'),
  redoCtf: z.number().int().describe('done; only their CTF is estimated again'),
  redoAll: z.number().int().describe('done; motion and CTF are reprocessed'),
  tryAgain: z.number().int().describe('failed movies that are retried'),
  staysFailed: z.number().int().describe('failed for a reason that a new start does not remove'),
});

/** The movie that the parameters were checked against. */
const sampleMovieSchema = z.object({
  path: z.string(),
  format: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  frames: z.number().int().describe('for an EER file: camera frames'),
  pixelSizeA: z.number().nullable().describe('from its header'),
});

export const previewSchema = z.object({
  movies: plannedMoviesSchema.nullable().describe('null while parameters are missing or invalid'),
  skipped: z.array(skippedSchema),
  contradictions: z.array(contradictionSchema),
  notes: z.array(z.string()).describe('warnings about a start with these parameters'),
  sample: sampleMovieSchema.nullable(),
});

const trialSchema = z.object({
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

/** The last trial of a session; null if there is none. */
export const trialResponseSchema = z.object({ trial: trialSchema.nullable() });

/** What happens to movies that are being processed when a session is stopped. */
export const stopRequestSchema = z.object({
  running: z
    .enum(['cancel', 'finish'])
    .default('cancel')
    .describe(
      'cancel: they are stopped at once and return to waiting; finish: submitted movies are completed',
    ),
});

export type Contradiction = z.infer<typeof contradictionSchema>;
export type PlannedMovies = z.infer<typeof plannedMoviesSchema>;
export type SampleMovie = z.infer<typeof sampleMovieSchema>;
export type Preview = z.infer<typeof previewSchema>;
export type TrialResponse = z.infer<typeof trialResponseSchema>;
export type Trial = z.infer<typeof trialSchema>;
export type StopRequest = z.infer<typeof stopRequestSchema>;
