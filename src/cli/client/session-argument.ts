import type { SessionKey } from '../../contract/api.ts';
import { CodedError } from '../../contract/errors.ts';

export const SESSION_ARGUMENT = '<project/user/session>';

/** @throws CodedError BAD_NAME */
export function parseSessionArgument(text: string): SessionKey {
  const [project, user, session, ...rest] = text.split('/');
  if (!project || !user || !session || rest.length > 0)
    throw new CodedError('BAD_NAME', 'Give the session as project/user/session.', { found: text });
  return { project, user, session };
}

export const sessionPath = ({ project, user, session }: SessionKey) =>
  `/api/v1/sessions/${[project, user, session].map(encodeURIComponent).join('/')}`;
