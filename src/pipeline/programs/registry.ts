import {
  DEFAULT_PROGRAM_SETTINGS,
  type ExternalAligner,
  type ExternalCtfProgram,
  type ProgramSettings,
} from '../../contract/programs.ts';
import { type Aligner, type CtfEstimator, type Programs, registerPrograms } from '../adapter.ts';
import { builtinAdapter } from '../builtin.ts';
import { ctffindAdapter } from './ctffind.ts';
import { gctfAdapter } from './gctf.ts';
import { motioncorAdapter } from './motioncor.ts';
import { relionAdapter } from './relion.ts';

type Adapters = {
  readonly [Name in ExternalAligner]: (settings: ProgramSettings) => Aligner;
} & {
  readonly [Name in ExternalCtfProgram]: (settings: ProgramSettings) => CtfEstimator;
};

/** One adapter for each row of the program table; a missing one is a type error. */
const ADAPTERS: Adapters = {
  ctffind: ctffindAdapter,
  gctf: gctfAdapter,
  relion: relionAdapter,
  motioncor2: (settings) => motioncorAdapter(2, settings),
  motioncor3: (settings) => motioncorAdapter(3, settings),
};

/**
 * All programs that a recipe can name, including those that are not installed: they fail when they are used.
 * @param version - of this package
 */
export const allPrograms = (
  version: string,
  settings: ProgramSettings = DEFAULT_PROGRAM_SETTINGS,
): Programs =>
  registerPrograms(builtinAdapter(version), ...Object.values(ADAPTERS).map((create) => create(settings)));
