import { z } from 'zod';
import { errorCodeSchema } from './errors.ts';
import { gainCheckSchema } from './gain-check.ts';
import { movieMetadataSchema } from './metadata.ts';
import { recipeSchema } from './recipe.ts';

/**
 * The result record of a movie: `processed/results/<base>.json`, written after all outputs that it lists. It
 * exists for each movie that was processed, successfully or not: see `outcome`.
 */

export const RECORD_VERSION = 1;

export const movieIdentitySchema = z.object({
  path: z.string().describe('path of the movie relative to raw, forward slashes'),
  base: z
    .string()
    .describe('name of the outputs: the file name without _fractions/_EER and extension, made unique'),
  sizeBytes: z.number().int().min(0),
  mtimeMs: z.number(),
  fingerprint: z
    .string()
    .optional()
    .describe(
      'hash of size and content: identifies the movie even if its modification time has changed; absent in older records',
    ),
});

const pair = z.tuple([z.number(), z.number()]);

const stepSchema = z.object({
  name: z.enum(['align', 'ctf', 'pictures']),
  program: z.string(),
  version: z.string(),
  command: z.string().describe('exact command line, or the equivalent call of the built-in engine'),
  startedAt: z.iso.datetime(),
  wallSeconds: z.number().min(0),
  cpuSeconds: z.number().min(0).nullable(),
});

/**
 * Local motion in addition to that of the whole frame, unbinned pixels. For each axis, a sum of six products:
 * each of 1, x, x^2, y, y^2, xy times its own (a z + b z^2 + c z^3). z is the number of frames after the
 * first used frame; x and y are the position in the corrected image, -0.5..0.5.
 */
const localMotionSchema = z.object({
  patches: z.tuple([z.number().int(), z.number().int()]),
  coefficientsX: z.array(z.number()).length(18),
  coefficientsY: z.array(z.number()).length(18),
  rmsPixels: z.number().min(0).describe('root mean square distance of the patches from the model'),
  points: z.number().int().min(0).describe('measured points: patches times groups of frames'),
  outliers: z.number().int().min(0).describe('points not used in the fit'),
});

const motionSchema = z.object({
  frames: z.number().int().min(1).describe('frames in the movie'),
  firstFrame: z.number().int().min(1).describe('1-based number of the first frame used'),
  lastFrame: z.number().int().min(1),
  referenceFrame: z.number().int().min(1).describe('1-based frame whose shift is zero'),
  /**
   * Motion of the content of each used frame relative to the reference frame; [x, y], unbinned pixels as
   * recorded; empty if no motion was measured: there is only one frame, or alignment failed.
   */
  shiftsPixels: z.array(pair),
  shiftsA: z.array(pair),
  totalA: z
    .number()
    .min(0)
    .nullable()
    .describe('accumulated motion over all used frames, Angstrom; null if no motion was measured'),
  earlyA: z
    .number()
    .min(0)
    .nullable()
    .describe(
      'accumulated motion up to the last frame that ends within 4 e/A^2; null if the dose is unknown',
    ),
  lateA: z.number().min(0).nullable(),
  meanShiftA: z.number().min(0).nullable().describe('mean step from frame to frame, Angstrom'),
  converged: z.boolean(),
  iterations: z.number().int().min(0),
  local: localMotionSchema
    .nullable()
    .optional()
    .describe(
      'null: only whole-frame motion was corrected; a warning gives the reason if patches were requested',
    ),
});

/**
 * A fit with at least this confidence is called good: its defocus is correct within 2 % in at least 99 % of
 * cases (bench/ctf).
 */
export const GOOD_CONFIDENCE = 0.5;
/** Below this confidence, there are no usable Thon rings: the numbers of the fit are unreliable. */
export const NO_RINGS_CONFIDENCE = 0.1;

/** Local mean defocus on a regular grid over the micrograph, row by row; null without usable Thon rings. */
const defocusMapSchema = z.object({
  columns: z.number().int().min(1),
  rows: z.number().int().min(1),
  defocusA: z.array(z.number().nullable()),
});

export const ctfSchema = z.object({
  defocusUA: z.number().describe('Angstrom, positive = underfocus, U >= V'),
  defocusVA: z.number(),
  astigmatismA: z.number().min(0).describe('U - V'),
  astigmatismAngleDeg: z.number().describe('angle from the x axis to defocus U, -90..90'),
  phaseShiftDeg: z.number(),
  figureOfMerit: z
    .number()
    .describe('normalised cross-correlation of spectrum and model over the fitted range, -1..1'),
  fitResolutionA: z
    .number()
    .positive()
    .describe('resolution to which the Thon rings agree with the model, according to `fitCriterion`'),
  fitCriterion: z.string(),
  confidence: z
    .number()
    .min(0)
    .max(1)
    .describe(
      'reliability of the fit: 0: no usable Thon rings; 1: certain; at 0.5 or above, the defocus is reliable',
    ),
  iceRingScore: z
    .number()
    .min(0)
    .nullable()
    .describe('excess of the radial power at 0.25-0.28 1/A over its surroundings'),
  /** Absent in records of earlier versions and of programs that do not report it. */
  iceRingDensity: z
    .number()
    .min(0)
    .nullable()
    .optional()
    .describe(
      'same as rlnCtfIceRingDensity: sum of |radial average| at 0.25-0.28 1/A, sampled as in a box of 512',
    ),
  tiltAngleDeg: z
    .number()
    .min(0)
    .max(90)
    .nullable()
    .optional()
    .describe('tilt of the specimen; null if the local defocus does not show one'),
  tiltAxisDeg: z
    .number()
    .nullable()
    .optional()
    .describe('angle of the tilt axis, measured from the x axis, -90..90'),
  defocusMap: defocusMapSchema.nullable().optional(),
  fadingDirectionDeg: z
    .number()
    .nullable()
    .optional()
    .describe(
      'direction along which Thon rings fade faster, as they do with drift: angle measured from the x axis, -90..90; null: they fade evenly',
    ),
  /**
   * Radial (equiphase) profile for plots: spatial frequency in 1/A, background-subtracted data, model, local
   * CC.
   */
  profile: z.object({
    frequencyPerA: z.array(z.number()),
    data: z.array(z.number()),
    model: z.array(z.number()),
    cc: z.array(z.number()),
  }),
});

const statisticsSchema = z.object({
  width: z.number().int(),
  height: z.number().int(),
  pixelSizeA: z.number().describe('of the micrograph'),
  minimum: z.number(),
  maximum: z.number(),
  mean: z.number(),
  standardDeviation: z.number(),
  meanDosePerPixelFrame: z
    .number()
    .nullable()
    .describe('mean counts per pixel per frame after gain correction'),
});

/** Maximum number of hot pixels that a record lists. */
export const MAX_HOT_PIXELS = 1000;

/** Pixels of the camera that were replaced by values from their neighbours. */
const replacedPixelsSchema = z.object({
  known: z
    .number()
    .int()
    .min(0)
    .nullable()
    .describe(
      'dead pixels according to the gain reference or the defect map; null if the program does not report the number',
    ),
  hotCount: z.number().int().min(0).describe('hot pixels, found in the sum of the frames'),
  hot: z
    .array(pair)
    .describe(
      `[x, y] of the hot pixels, in pixels of the movie, with the first row at the bottom; at most the first ${MAX_HOT_PIXELS} are listed; the STAR file has all`,
    ),
});

/** The cluster's job and node that ran a worker. */
export const jobLocationSchema = z.object({
  cluster: z.string().describe('such as the name of the Slurm cluster'),
  jobId: z.string().describe('job id as shown to users, such as 1234_5'),
  node: z.string(),
  restart: z.number().int().min(0).describe('how often the job was requeued before this run'),
});

const outcomeSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('ok') }),
  z.object({
    status: z.literal('failed'),
    code: errorCodeSchema,
    cause: z.string().describe('kind of cause: file, settings, program, memory, disk, cluster'),
    message: z.string(),
    retryable: z.boolean(),
  }),
]);

export const resultRecordSchema = z.object({
  version: z.literal(RECORD_VERSION),
  movie: movieIdentitySchema,
  recipe: recipeSchema,
  recipeHash: z.string(),
  stepHashes: z.object({ align: z.string(), ctf: z.string() }),
  attempt: z.number().int().min(1),
  host: z.string().describe('machine that did the work'),
  executor: z.string(),
  place: jobLocationSchema
    .optional()
    .describe('job and node that processed the movie; absent if no cluster was used'),
  serviceVersion: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  steps: z.array(stepSchema),
  motion: motionSchema.nullable(),
  ctf: ctfSchema.nullable(),
  statistics: statisticsSchema.nullable(),
  /** Absent in older records. */
  replacedPixels: replacedPixelsSchema.optional(),
  /** Absent in older records, without a gain reference, and if another program aligned the movie. */
  gainCheck: gainCheckSchema.optional(),
  /** Metadata of the movie; absent in older records and if there is none. */
  metadata: movieMetadataSchema.optional(),
  /** Role -> path relative to the processed directory. All of these files exist if the record exists. */
  files: z.record(z.string(), z.string()),
  warnings: z.array(z.string()),
  outcome: outcomeSchema,
});

export type MovieIdentity = z.infer<typeof movieIdentitySchema>;
export type StepReport = z.infer<typeof stepSchema>;
export type LocalMotionRecord = z.infer<typeof localMotionSchema>;
export type Motion = z.infer<typeof motionSchema>;
export type Ctf = z.infer<typeof ctfSchema>;
export type DefocusMap = z.infer<typeof defocusMapSchema>;
export type MicrographStatistics = z.infer<typeof statisticsSchema>;
export type ReplacedPixels = z.infer<typeof replacedPixelsSchema>;
export type JobLocation = z.infer<typeof jobLocationSchema>;
export type Outcome = z.infer<typeof outcomeSchema>;
export type ResultRecord = z.infer<typeof resultRecordSchema>;

/** Keys of `files` in a record and the suffix that each adds to `<base>`. */
export const OUTPUT_SUFFIXES = {
  doseWeighted: '_DW.mrc',
  sum: '.mrc',
  even: '_EVN.mrc',
  odd: '_ODD.mrc',
  evenDoseWeighted: '_DW_EVN.mrc',
  oddDoseWeighted: '_DW_ODD.mrc',
  spectrum: '.ctf',
  ctfText: '_ctffind.txt',
  motionStar: '.star',
  alignLog: '_align.log',
  ctfPicture: '_ctf.jpg',
  thumbnail: '_thumb.jpg',
  combined: '_combined.jpg',
  gainPicture: '_gain.jpg',
} as const;
export type OutputRole = keyof typeof OUTPUT_SUFFIXES;
