import { z } from 'zod';
import type { SessionKey } from '../contract/api.ts';
import { CodedError } from '../contract/errors.ts';

/** Longest name of a folder on the file systems that we know, bytes. */
const LONGEST_NAME_BYTES = 255;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be in a name
const UNSAFE = /[/\\\u0000-\u001f\u007f]/;

/**
 * A name out of a decoded path, proven to be a single folder name. Whether such a folder is there, and where a
 * symbolic link in it leads, is for the sessions layer to say.
 * @throws CodedError BAD_NAME
 */
export function checkName(name: string, field: string): string {
  const tooLong = Buffer.byteLength(name) > LONGEST_NAME_BYTES;
  if (name === '' || name === '.' || name === '..' || tooLong || UNSAFE.test(name))
    throw new CodedError('BAD_NAME', '', { field });
  return name;
}

export const missionUserParams = z.object({ project_id: z.string(), user: z.string() });
export const missionSessionParams = missionUserParams.extend({ session_id: z.string() });
export const sessionParams = z.object({ project: z.string(), user: z.string(), session: z.string() });
export const movieParams = sessionParams.extend({ base: z.string() });
export const outputParams = movieParams.extend({ role: z.string() });

export const keyOf = (params: z.infer<typeof sessionParams>): SessionKey => ({
  project: checkName(params.project, 'project'),
  user: checkName(params.user, 'user'),
  session: checkName(params.session, 'session'),
});

export const missionKeyOf = (params: z.infer<typeof missionSessionParams>): SessionKey =>
  keyOf({ project: params.project_id, user: params.user, session: params.session_id });
