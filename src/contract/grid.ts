import { z } from 'zod';
import { movieStateSchema } from './states.ts';

/** Positions on the grid at which the movies of a session were recorded. */

const wholeNumber = z.number().int();
const pointUmSchema = z.object({ x: z.number(), y: z.number() });

const gridSquareSchema = z.object({
  name: z.string().describe('as EPU numbers it, or the group of the label in SerialEM’s navigator'),
  total: wholeNumber.describe('movies in any state'),
  done: wholeNumber,
  failed: wholeNumber,
  holes: wholeNumber,
  stageUm: pointUmSchema.nullable().describe('mean stage position of its movies, micrometres'),
  defocusOffset: z
    .object({ meanUm: z.number(), sdUm: z.number().nullable(), movies: wholeNumber })
    .nullable()
    .describe(
      'measured minus target, micrometres; above 0: more underfocus than requested. Only movies that show Thon rings are included; null if no target is known. sdUm is null for one movie',
    ),
});

export const gridSchema = z.object({
  squares: z.array(gridSquareSchema).describe('in the order of their first movies'),
  runs: z
    .array(z.tuple([wholeNumber, wholeNumber, wholeNumber]))
    .describe(
      '[first seq, last seq, index of the square], ascending: movies of the session from the first to the last seq are in that square',
    ),
  elsewhere: wholeNumber.describe('number of movies whose square is not known'),
  isReading: z
    .boolean()
    .describe(
      'metadata of movies processed by earlier versions of the service are still being read: repeat the request later',
    ),
});

const gridExposureSchema = z.object({
  seq: wholeNumber,
  base: z.string(),
  state: movieStateSchema,
  shot: z.string().nullable().describe('number of the exposure in the hole'),
  stageUm: pointUmSchema.nullable(),
  shift: z
    .tuple([z.number(), z.number()])
    .nullable()
    .describe('beam or image shift, [x, y], in the unit of `shiftUnit`'),
  targetDefocusUm: z.number().nullable().describe('as set, positive = underfocus'),
});

export const gridHolesSchema = z.object({
  square: z.string(),
  shiftUnit: z
    .enum(['um', 'program'])
    .nullable()
    .describe('um: on the specimen; program: the acquisition software’s own unit; null: no shift is known'),
  holes: z
    .array(z.object({ name: z.string().nullable(), exposures: z.array(gridExposureSchema) }))
    .describe(
      'in the order of their first movies; the entry without a name has the movies of the square for which the hole is not known',
    ),
});

export type GridSquare = z.infer<typeof gridSquareSchema>;
export type Grid = z.infer<typeof gridSchema>;
export type GridExposure = z.infer<typeof gridExposureSchema>;
export type GridHoles = z.infer<typeof gridHolesSchema>;
