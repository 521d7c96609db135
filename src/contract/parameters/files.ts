import { z } from 'zod';
import type { ParameterDeclaration } from './declaration.ts';

/**
 * The files of the gain reference and the defect map are located first: the recipe gets the absolute path, or
 * nothing.
 */
export const FILE_PARAMETERS = [
  {
    name: 'rawgainref',
    kind: 'text',
    label: 'Gain reference',
    unit: '',
    group: 'files',
    affects: 'align',
    recipe: {
      field: 'gain.path',
      schema: z.string().min(1).describe('absolute path of the gain reference'),
      whenNotGiven: 'required',
    },
    metadata: 'gainReference',
    help: 'Path of the gain reference, absolute or relative to raw; may contain * wildcards. Not given: the service looks for one by name (*_gain.tiff, *_gain.tif or *_gain.mrc, otherwise *.gain), then takes the one that the mdoc of a movie names; if there is none, movies are not gain-corrected.',
  },
  {
    name: 'rawdefectsmap',
    kind: 'text',
    label: 'Defect map',
    unit: '',
    group: 'files',
    affects: 'align',
    recipe: { field: 'defectMapPath', schema: z.string(), whenNotGiven: 'null' },
    metadata: 'defectFile',
    help: 'Path of the defect map, absolute or relative to raw; may contain * wildcards. Not given: the service looks for one by name (*Map.m1.dm4); if there is none, no defect map is used.',
  },
  {
    name: 'basename_prefix',
    kind: 'text',
    label: 'File name begins with',
    unit: '',
    group: 'files',
    affects: 'discovery',
    help: 'Only movies whose file name begins with this.',
  },
  {
    name: 'basename_suffix',
    kind: 'text',
    label: 'File name ends with',
    unit: '',
    group: 'files',
    affects: 'discovery',
    help: 'Only movies whose file name, without extension, ends with this.',
  },
  {
    name: 'basename_extension',
    kind: 'text',
    label: 'Extension',
    unit: '',
    group: 'files',
    affects: 'discovery',
    help: 'Only movies with this extension, for example tiff.',
  },
] as const satisfies readonly ParameterDeclaration[];
