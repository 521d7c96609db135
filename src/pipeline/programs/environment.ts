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
  // Wrapper scripts load the program by environment modules.
  'MODULEPATH',
  'MODULESHOME',
  'LMOD_CMD',
  'LMOD_PKG',
  // By this, the processes of a worker that was lost are found.
  TOKEN_VARIABLE,
] as const;

/** In a German locale, some programs read and write decimal commas (3dem/relion#1167). */
const LOCALE = { LC_ALL: 'C', LANG: 'C' } as const;

/** The environment of an external program. @param ours - of this process */
export function programEnvironment(
  ours: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept = PROGRAM_VARIABLES.flatMap((name) => {
    const value = ours[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), ...LOCALE };
}
