import { basename, dirname } from 'node:path';
import { sessionFolderOf } from '../../contract/session-folders.ts';

/** Folder between project and user in the path of a session: `<project>/sessions/<user>/<session>`. */
const SESSIONS_FOLDER = 'sessions';
/** Maximum length of each part: three of them fit into the name of a job or a file. */
const MAX_PART_CHARACTERS = 40;
/** Everything that a shell, a scheduler or its accounting might interpret. */
const UNSAFE = /[^\w.=-]/g;

/**
 * Project, user and session of a folder in a session's workflow folder, such as
 * `p_1.ttrojan.20210427113_usc`. Administrators of the cluster see it in the comments and names of jobs.
 * Characters other than letters, digits and `. _ = -` are replaced by `-`.
 * @param folder - absolute
 * @returns null if the folder is not in a session, such as the folder of a batch that a user wrote
 */
export function sessionToken(folder: string): string | null {
  const session = sessionFolderOf(`${folder}/`);
  const user = dirname(session);
  const sessions = dirname(user);
  if (basename(sessions) !== SESSIONS_FOLDER) return null;
  return [dirname(sessions), user, session].map((path) => sanitize(basename(path))).join('.');
}

const sanitize = (name: string): string => name.replace(UNSAFE, '-').slice(0, MAX_PART_CHARACTERS);
