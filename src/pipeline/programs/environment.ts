import { TOKEN_VARIABLE } from '../../contract/executors.ts';

/**
 * Variables of the service or the job that an external program gets; all others are withheld, so that results
 * do not depend on the login from which the service was started. docs/operator-guide.md lists them.
 */
export const PROGRAM_VARIABLES = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TMPDIR',
  'TZ',
  'LD_LIBRARY_PATH',
  'CUDA_VISIBLE_DEVICES',
  'CUDA_DEVICE_ORDER',
  'CUDA_HOME',
  'CUDA_CACHE_PATH',
  'NVIDIA_VISIBLE_DEVICES',
  'NVIDIA_DRIVER_CAPABILITIES',
  // Wrapper scripts load the program through environment modules.
  'MODULEPATH',
  'MODULESHOME',
  'LMOD_CMD',
  'LMOD_PKG',
  // Used to find the processes of a lost worker.
  TOKEN_VARIABLE,
] as const;

/** In a German locale, some programs read and write decimal commas (3dem/relion#1167). */
const LOCALE = { LC_ALL: 'C', LANG: 'C' } as const;

/** The environment of an external program. @param ownEnvironment - of this process */
export function programEnvironment(
  ownEnvironment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const variables = PROGRAM_VARIABLES.flatMap((name) => {
    const value = ownEnvironment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(variables), ...LOCALE };
}
