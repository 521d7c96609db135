import type { PARAMETER_GROUPS } from '../../../src/contract/parameters.ts';

export { PARAMETER_GROUPS as FORM_GROUPS } from '../../../src/contract/parameters.ts';

export const groupWords: Readonly<Record<(typeof PARAMETER_GROUPS)[number], string>> = {
  microscope: 'Microscope and dose',
  movie: 'Movie',
  motion: 'Motion correction and gain',
  ctf: 'CTF',
  files: 'Files',
};
