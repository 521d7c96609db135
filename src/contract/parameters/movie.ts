import { z } from 'zod';
import { EXECUTOR_PATTERN } from '../executors.ts';
import type { ParameterDeclaration } from './declaration.ts';

/**
 * Pixels of a super-resolution movie have half the size of the camera's: the micrographs are binned to
 * physical pixels.
 */
const SUPERRESOLUTION_BINNING = 2;

export const MOVIE_PARAMETERS = [
  {
    name: 'superresolution',
    kind: 'boolean',
    label: 'Super-resolution',
    unit: '',
    default: false,
    group: 'movie',
    affects: 'align',
    recipe: {
      field: 'binning',
      schema: z
        .number()
        .min(1)
        .max(16)
        .describe('Fourier binning of the micrographs; 2 for super-resolution'),
      whenNotGiven: 'default',
      convert: (isSuperResolution) => (isSuperResolution === true ? SUPERRESOLUTION_BINNING : 1),
    },
    metadata: 'superResolution',
    help: 'The movie was recorded in super-resolution: the micrograph is binned by 2. Not for EER: use EER upsampling instead.',
  },
  {
    name: 'eer_fraction_dose',
    kind: 'number',
    label: 'EER: dose per fraction',
    unit: 'e/Å²',
    minimum: 0.01,
    maximum: 100,
    group: 'movie',
    affects: 'align',
    recipe: {
      field: 'eer.dosePerFractionEA2',
      schema: z.number().positive().describe('target dose per fraction, e/A^2; null: about 1'),
      whenNotGiven: 'null',
    },
    help: 'Frames of an EER file are summed into fractions of about this dose. Not given: about 1 e/Å², or 40 fractions if the dose is not known.',
  },
  {
    name: 'eer_grouping',
    kind: 'integer',
    label: 'EER: camera frames per fraction',
    unit: 'frames',
    minimum: 1,
    maximum: 65535,
    group: 'movie',
    affects: 'align',
    recipe: {
      field: 'eer.framesPerFraction',
      schema: z.number().int().min(1).describe('camera frames per fraction; null: derived from the dose'),
      whenNotGiven: 'null',
    },
    help: 'Number of camera frames of an EER file that are summed into one fraction (not the number of fractions). Overrides the dose per fraction.',
  },
  {
    name: 'eer_upsampling',
    kind: 'choice',
    label: 'EER: upsampling',
    unit: '',
    choices: [1, 2],
    default: 1,
    group: 'movie',
    affects: 'align',
    recipe: {
      field: 'eer.upsampling',
      schema: z.literal([1, 2]).describe('rendered pixels per detector pixel, along an axis'),
      whenNotGiven: 'default',
    },
    help: '1: no upsampling. 2: electrons of an EER file are placed in pixels of half the size. In both cases, the micrograph has the physical pixel size.',
  },
  {
    name: 'particle_size',
    kind: 'number',
    label: 'Particle size',
    unit: 'Å',
    minimum: 0,
    maximum: 10000,
    group: 'movie',
    affects: 'nothing',
    recipe: { field: 'particleSizeA', schema: z.number().min(0), whenNotGiven: 'null' },
    help: 'Longest diameter of the particle; stored in the record for downstream programs.',
  },
  {
    name: 'executor',
    kind: 'text',
    label: 'Executor',
    unit: '',
    pattern: [EXECUTOR_PATTERN, 'names of executors, such as "local, slurm"'],
    group: 'movie',
    affects: 'executor',
    help: 'Executors that run the batches of this session, in order of preference, chosen from those in the config file. Not given: as in the config file.',
  },
] as const satisfies readonly ParameterDeclaration[];
