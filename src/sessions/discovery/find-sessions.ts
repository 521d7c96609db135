import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isMissingFile } from '../../base/missing-file.ts';
import { isInside } from '../../base/real-path.ts';
import type { SessionKey } from '../../contract/api.ts';
import { isFolderName } from '../names.ts';

/**
 * Sessions that exist now: folders `<project>/sessions/<user>/<session>` with valid names that do not lead
 * out of `sessionDir`. `unreadable` lists folders whose sessions could not be listed.
 */
export function findSessions(sessionDir: string): { sessions: SessionKey[]; unreadable: string[] } {
  const sessions: SessionKey[] = [];
  const unreadable: string[] = [];
  const folders = (path: string): string[] => {
    try {
      return readdirSync(path, { withFileTypes: true })
        .filter(
          (entry) => isFolderName(entry.name) && (entry.isDirectory() || isLinkWithin(path, entry.name)),
        )
        .map((entry) => entry.name);
    } catch (error) {
      if (path === sessionDir || !isMissingFile(error)) unreadable.push(path);
      return [];
    }
  };
  const isLinkWithin = (path: string, name: string): boolean => {
    try {
      const real = realpathSync(join(path, name));
      return isInside(realpathSync(sessionDir), real) && statSync(real).isDirectory();
    } catch {
      return false; // a broken link is not a session
    }
  };
  for (const project of folders(sessionDir))
    for (const user of folders(join(sessionDir, project, 'sessions')))
      for (const session of folders(join(sessionDir, project, 'sessions', user)))
        sessions.push({ project, user, session });
  return { sessions, unreadable };
}
