import type { ProgramSettings } from '../../contract/programs.ts';
import type { Context } from '../context.ts';

/** Where a batch's worker finds the programs of others. */
export function programsOf({ config }: Context): ProgramSettings {
  const { ctffind, gctf, relion, motioncor2, motioncor3, timeout_seconds: timeoutSeconds } = config.programs;
  return { ctffind, gctf, relion, motioncor2, motioncor3, timeoutSeconds };
}
