import type { ParameterDeclaration } from '../../../src/contract/parameters.ts';

/** Groups of parameters in the order in which forms and lists show them. */
export const FORM_GROUPS = [
  'microscope',
  'movie',
  'motion',
  'ctf',
  'files',
] as const satisfies readonly ParameterDeclaration['group'][];

export const groupWords = {
  microscope: 'Microscope and dose',
  movie: 'Movie',
  motion: 'Motion correction and gain',
  ctf: 'CTF',
  files: 'Files',
} as const;
