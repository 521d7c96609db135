import { z } from 'zod';
import type { SessionKey } from '../contract/api.ts';
import { CodedError } from '../contract/errors.ts';

/** Maximum length of a directory name on ext4, XFS, NFS, Lustre and GPFS. */
const MAX_NAME_BYTES = 255;

// biome-ignore lint/suspicious/noControlCharactersInRegex: names must not contain control characters
const UNSAFE = /[/\\\u0000-\u001f\u007f]/;

/**
 * Checks that a name from a decoded URL path is a single directory name. The sessions layer checks whether
 * the directory exists and where symbolic links in it point.
 * @throws CodedError BAD_NAME
 */
export function checkName(name: string, field: string): string {
  const isTooLong = Buffer.byteLength(name) > MAX_NAME_BYTES;
  if (name === '' || name === '.' || name === '..' || isTooLong || UNSAFE.test(name))
    throw new CodedError('BAD_NAME', '', { field });
  return name;
}

export const compatibilityUserParams = z.object({ project_id: z.string(), user: z.string() });
export const compatibilitySessionParams = compatibilityUserParams.extend({ session_id: z.string() });
export const sessionParams = z.object({ project: z.string(), user: z.string(), session: z.string() });
export const movieParams = sessionParams.extend({ base: z.string() });
export const outputParams = movieParams.extend({ role: z.string() });

export const keyOf = (params: z.infer<typeof sessionParams>): SessionKey => ({
  project: checkName(params.project, 'project'),
  user: checkName(params.user, 'user'),
  session: checkName(params.session, 'session'),
});

export const compatibilityKeyOf = (params: z.infer<typeof compatibilitySessionParams>): SessionKey =>
  keyOf({ project: params.project_id, user: params.user, session: params.session_id });
