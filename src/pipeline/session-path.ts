import { basename, dirname, relative, sep } from 'node:path';
import { isBelow } from '../base/real-path.ts';
import { RAW_FOLDER } from '../contract/session-folders.ts';
import type { BatchSettings } from './run.ts';

/**
 * A path in a STAR file: relative to the session directory, where RELION projects start, so that it stays
 * valid if the session is moved or copied. A path outside stays absolute, and so does every path if `rawDir`
 * and `processedDir` are not those of a session.
 */
export function pathInSession(batch: Pick<BatchSettings, 'rawDir' | 'processedDir'>, path: string): string {
  const session = dirname(batch.rawDir);
  if (basename(batch.rawDir) !== RAW_FOLDER || !isBelow(session, batch.processedDir)) return path;
  return isBelow(session, path) ? relative(session, path).replaceAll(sep, '/') : path;
}
