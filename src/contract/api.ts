import { z } from 'zod';
import { errorCodeSchema } from './errors.ts';
import { gainUseSchema, orientationSchema } from './gain-check.ts';
import { resultRecordSchema } from './record.ts';
import { MAX_REVIEWED_MOVIES, reviewChangeSchema, verdictSchema } from './review.ts';
import { skippedSchema } from './skipped.ts';
import { movieStateSchema, sessionStateSchema } from './states.ts';
import { metricFieldSchemas } from './stored-metrics.ts';

/** Types of `/api/v1`, shared by the service and the page. Times are ISO 8601 in UTC. */

/** Returned by the compatibility routes as the state of a session that does not exist; the status is 200. */
export const NO_SUCH_SESSION = 'no_such_session' as const;

/**
 * Response of the compatibility route for the status. `failed_jobs` counts movies that failed in all
 * their attempts.
 */
export const compatibilityStatusSchema = z.object({
  failed_jobs: z.number().int(),
  percent_current_cycle: z.number(),
  percent_done_total: z.number(),
  processed_files: z.number().int(),
  raw_files: z.number().int(),
  state: z.union([sessionStateSchema, z.literal(NO_SUCH_SESSION)]),
});

/** Response of the compatibility routes for actions: the predecessor's `result` field, and the status. */
export const compatibilityActionSchema = compatibilityStatusSchema.extend({
  result: z.literal('ok').optional().describe('done'),
  results: z.literal(NO_SUCH_SESSION).optional().describe('instead of result, if there is no such session'),
});

/** Response of the compatibility route for the list. `session` has the same value as `session_id`. */
export const compatibilityListSchema = z.object({
  sessions: z.array(
    z.object({ session_id: z.string(), session: z.string() }).extend(compatibilityStatusSchema.shape),
  ),
});

const sessionKeySchema = z.object({ project: z.string(), user: z.string(), session: z.string() });

const countsSchema = z.object({
  arriving: z.number().int().describe('found, not complete yet'),
  waiting: z.number().int(),
  queued: z.number().int().describe('in a batch that was submitted'),
  done: z.number().int(),
  failed: z.number().int(),
  total: z.number().int(),
});

const cycleSchema = z.object({
  number: z.number().int(),
  total: z.number().int(),
  finished: z.number().int(),
});

export const sessionSummarySchema = sessionKeySchema.extend({
  state: sessionStateSchema,
  reason: z.string().nullable().describe('why it is in this state, if that needs an explanation'),
  counts: countsSchema,
  skipped: z
    .array(skippedSchema)
    .optional()
    .describe('files below raw that might be movies but are not processed, by reason'),
  cycle: cycleSchema.nullable(),
  ratePerHour: z.number().nullable().describe('movies finished per hour, over the last ten minutes'),
  arrivalsPerHour: z
    .number()
    .nullable()
    .describe('movies that the microscope wrote per hour, over the last ten minutes of observation'),
  secondsLeft: z.number().nullable(),
  behindSince: z.iso
    .datetime()
    .nullable()
    .describe(
      'start of the processing lag: when the oldest complete movie that is not done became complete, or was last sent back for a retry or reprocessing; null: up to date',
    ),
  lastMovieAt: z.iso.datetime().nullable().describe('when the newest movie was found'),
  lastResultAt: z.iso.datetime().nullable(),
  warnings: z.array(z.string()),
  /** Base of the newest finished movie that has a thumbnail. */
  lastThumbnail: z.string().nullable(),
});

export const sessionDetailSchema = sessionSummarySchema.extend({
  /** Parameters of the last start, as given; null before the first start. */
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullable(),
  /** Initial values of the start form, and the source of each. */
  suggested: z.record(
    z.string(),
    z.object({ value: z.union([z.string(), z.number(), z.boolean()]), source: z.string() }),
  ),
});

/** One row of a session's table and one point of its plots. */
export const movieRowSchema = z.object({
  seq: z.number().int().describe('order of discovery; the cursor of pages and series'),
  base: z.string(),
  path: z.string(),
  state: movieStateSchema,
  attempt: z.number().int(),
  finishedAt: z.iso.datetime().nullable(),
  ...metricFieldSchemas,
  hasPictures: z.boolean(),
  errorCode: errorCodeSchema.nullable(),
  errorMessage: z.string().nullable(),
  retryAt: z.iso.datetime().nullable(),
  verdict: verdictSchema
    .nullable()
    .describe('review; `rejected` for a failed movie means that it was set aside'),
  comment: z.string().nullable(),
});

export const moviePageSchema = z.object({
  movies: z.array(movieRowSchema),
  /** Pass as `cursor` for the next page; null at the end. */
  nextCursor: z.string().nullable(),
});

export const movieDetailSchema = z.object({
  row: movieRowSchema,
  record: resultRecordSchema.nullable(),
  pictures: z.record(z.string(), z.string()).describe('role -> URL path'),
});

/** Whether the counts of a session's movies confirm the orientation of its gain reference. */
export const sessionGainCheckSchema = z.object({
  verdict: z
    .enum(['no_gain', 'pending', 'agrees', 'contradicts', 'absent', 'thin'])
    .describe(
      'no_gain: no gain reference is used; pending: no movie has been checked yet; agrees, contradicts, absent, thin: as in a result record, for all checked movies together',
    ),
  gain: gainUseSchema
    .extend({ path: z.string() })
    .nullable()
    .describe('the reference and the setting of the last start'),
  best: gainUseSchema
    .nullable()
    .describe(
      'best match; null if inconclusive. `sense` is present only if the gain reference is inverted: divide if frames were multiplied by it, and vice versa',
    ),
  scores: z
    .array(orientationSchema.extend({ score: z.number() }))
    .describe(
      'fraction of the pattern that the counts show with each orientation, 0 to 1; near -1: the gain reference is inverted',
    ),
  none: z.number().nullable().describe('1 minus the best score of the orientations'),
  margin: z.number().nullable().describe('difference between the best and the second best score'),
  error: z.number().nullable().describe('standard error of each score'),
  movies: z
    .number()
    .int()
    .describe('number of movies on which the result is based: the newest ones that were checked'),
  base: z.string().nullable().describe('movie from which the picture was made'),
  picture: z.string().nullable().describe('URL path: the pattern in the counts before and after correction'),
  message: z.string(),
  remedy: z.string().describe('what the user should do; empty if no action is needed'),
});

const fieldErrorSchema = z.object({ field: z.string(), message: z.string() });
export const errorBodySchema = z.object({
  error: z.object({
    code: errorCodeSchema,
    message: z.string(),
    remedy: z.string(),
    faults: z.array(fieldErrorSchema),
  }),
});

/** Health of an executor. `degraded`: it responds, but something prevents work. */
const executorHealthSchema = z.object({
  state: z.enum(['healthy', 'degraded', 'unreachable']),
  detail: z.string().nullable().describe('one sentence, if it is not healthy'),
  since: z.iso.datetime().nullable().describe('when it stopped being healthy'),
});

/** An executor: a row of `cryoem executors`. */
const executorReportSchema = z.object({
  name: z.string(),
  health: executorHealthSchema,
  version: z.string().nullable().describe('of the programs that it uses'),
  slots: z.number().int().describe('batches that run in parallel'),
  threadsPerMovie: z.number().int(),
  queued: z.number().int().describe('batches that wait for a slot'),
  running: z.number().int(),
  problems: z
    .array(z.string())
    .optional()
    .describe('why batches make no progress, such as jobs that are held; one sentence per reason'),
});
export const executorListSchema = z.array(executorReportSchema);

/** Responses of the other routes of `/api/v1`; `src/http/README.md` lists routes and schemas. */
export const loginStateSchema = z.object({ authenticated: z.boolean(), version: z.string() });
export const sessionListSchema = z.array(sessionSummarySchema);
export const seriesSchema = z.array(movieRowSchema);
export const retriedSchema = z.object({ retried: z.number().int().describe('movies that are retried') });
export const parameterListSchema = z.object({
  parameters: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['number', 'integer', 'boolean', 'text', 'choice']),
      label: z.string(),
      unit: z.string(),
      help: z.string(),
      group: z.string(),
      required: z.boolean().optional(),
      minimum: z.number().optional(),
      maximum: z.number().optional(),
      choices: z.array(z.union([z.string(), z.number()])).optional(),
      pattern: z.array(z.string()).optional(),
      default: z.union([z.string(), z.number(), z.boolean()]).optional(),
      affects: z.string(),
    }),
  ),
  /** Default values from `[params]` of the config file. */
  defaults: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

/** Failed movies by error code, the most frequent first. */
export const failureCausesSchema = z.array(
  z.object({
    code: errorCodeSchema.nullable(),
    count: z.number().int().describe('failed movies that were not set aside'),
    aside: z.number().int().describe('failed movies that were set aside'),
  }),
);
export const reviewRequestSchema = reviewChangeSchema.extend({
  bases: z.array(z.string()).min(1).max(MAX_REVIEWED_MOVIES),
});
export const reviewedSchema = z.object({ reviewed: z.number().int() });
export const movieLogSchema = z.object({
  file: z.string().describe('relative to the session'),
  text: z.string(),
  isCut: z.boolean().describe('earlier lines are omitted'),
});

/** Live events. `event:` is the name, `id:` a number that keeps increasing across restarts of the service. */
export const liveEventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('session'), data: sessionSummarySchema }),
  z.object({ event: z.literal('movie'), data: sessionKeySchema.extend({ row: movieRowSchema }) }),
  z.object({
    event: z.literal('reset'),
    data: z.object({ reason: z.string() }).describe('events were missed: reload'),
  }),
]);

export type CompatibilityStatus = z.infer<typeof compatibilityStatusSchema>;
export type SessionKey = z.infer<typeof sessionKeySchema>;
export type MovieCounts = z.infer<typeof countsSchema>;
export type ExecutorHealth = z.infer<typeof executorHealthSchema>;
export type ExecutorReport = z.infer<typeof executorReportSchema>;
export type SessionSummary = z.infer<typeof sessionSummarySchema>;
export type SessionDetail = z.infer<typeof sessionDetailSchema>;
export type MovieRow = z.infer<typeof movieRowSchema>;
export type MoviePage = z.infer<typeof moviePageSchema>;
export type FailureCauses = z.infer<typeof failureCausesSchema>;
export type MovieLog = z.infer<typeof movieLogSchema>;
export type SessionGainCheck = z.infer<typeof sessionGainCheckSchema>;
export type MovieDetail = z.infer<typeof movieDetailSchema>;
export type ErrorBody = z.infer<typeof errorBodySchema>;
export type LiveEvent = z.infer<typeof liveEventSchema>;
