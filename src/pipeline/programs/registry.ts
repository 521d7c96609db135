import { DEFAULT_PROGRAM_SETTINGS, type ProgramSettings } from '../../contract/programs.ts';
import { type Programs, registerPrograms } from '../adapter.ts';
import { builtinAdapter } from '../builtin.ts';
import { ctffindAdapter } from './ctffind.ts';
import { gctfAdapter } from './gctf.ts';
import { motioncorAdapter } from './motioncor.ts';
import { relionAdapter } from './relion.ts';

/**
 * All programs that a recipe can name. Those that are not installed are here too: they say so when they are asked.
 * @param version - of this package
 */
export const allPrograms = (
  version: string,
  settings: ProgramSettings = DEFAULT_PROGRAM_SETTINGS,
): Programs =>
  registerPrograms(
    builtinAdapter(version),
    relionAdapter(settings),
    motioncorAdapter(2, settings),
    motioncorAdapter(3, settings),
    ctffindAdapter(settings),
    gctfAdapter(settings),
  );
