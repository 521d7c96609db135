import { basename, dirname, relative, sep } from 'node:path';
import type { BatchSettings } from './run.ts';

/** Name of the folder of a session that has the movies; `session-stars.ts` has the same. */
const RAW_FOLDER = 'raw';

/**
 * A path in a STAR file: relative to the session directory, where RELION projects start, so that a session
 * that was moved or copied still finds its files. A path outside stays absolute, and so does each if `rawDir`
 * and `processedDir` are not those of a session.
 */
export function pathInSession(batch: Pick<BatchSettings, 'rawDir' | 'processedDir'>, path: string): string {
  const session = dirname(batch.rawDir);
  if (basename(batch.rawDir) !== RAW_FOLDER || !isBelow(session, batch.processedDir)) return path;
  return isBelow(session, path) ? relative(session, path).replaceAll(sep, '/') : path;
}

const isBelow = (folder: string, path: string): boolean =>
  path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
