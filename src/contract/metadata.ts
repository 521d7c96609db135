import { z } from 'zod';

const pair = z.tuple([z.number(), z.number()]);

/** Metadata that the acquisition software wrote for a movie, in our units; null if not given. */
export const movieMetadataSchema = z.object({
  program: z.enum(['EPU', 'SerialEM']),
  file: z.string().describe('file that it was read from, relative to raw'),
  pixelSizeA: z.number().nullable().describe('of the movie as recorded'),
  superResolution: z.boolean().nullable(),
  voltageKv: z.number().nullable(),
  doseEA2: z.number().nullable().describe('on the specimen, for the entire movie'),
  dosePerFrameEA2: z.number().nullable().describe('if it is the same for all frames'),
  frames: z.number().int().nullable(),
  exposureSeconds: z.number().nullable(),
  stageUm: z.object({ x: z.number(), y: z.number(), z: z.number().nullable() }).nullable(),
  stageAlphaDeg: z.number().nullable(),
  beamShift: pair
    .nullable()
    .describe(
      'only the difference between two movies is meaningful: the distance between their beam positions',
    ),
  beamShiftUnit: z
    .enum(['um', 'program'])
    .describe('um: on the specimen; program: the acquisition software’s own unit'),
  gridSquare: z.string().nullable(),
  hole: z.string().nullable(),
  holePosition: z.string().nullable().describe('number of the exposure in the hole or in the group of holes'),
  targetDefocusUm: z.number().nullable().describe('as set, positive = underfocus'),
  magnification: z.number().nullable(),
  detector: z.string().nullable(),
  acquiredAt: z.string().nullable().describe('as in the file'),
  gainReference: z.string().nullable().describe('name as in the file'),
  defectFile: z.string().nullable(),
  warnings: z.array(z.string()),
});
export type MovieMetadata = z.infer<typeof movieMetadataSchema>;
