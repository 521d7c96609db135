import type { ProgramSettings } from '../../contract/programs.ts';
import type { Context } from '../context.ts';

/** Where a batch's worker finds the programs of others. */
export const programsOf = ({ settings }: Context): ProgramSettings => settings.programs.paths;
