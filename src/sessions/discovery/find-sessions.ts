import { existsSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isMissingFile } from '../../base/missing-file.ts';
import { isInside } from '../../base/real-path.ts';
import type { SessionKey } from '../../contract/api.ts';
import { isFolderName } from '../names.ts';
import { entriesOf, type NamedEntry, shownBytes, shownPath } from './folder-entries.ts';

const DOT = '.'.charCodeAt(0);

/** A folder that is located like a project, user or session but is not served. */
export interface UnservedFolder {
  /** As shown to people. */
  readonly path: string;
  readonly why: 'name' | 'link';
  /** null: it is not located like a session, or the name of its project or user is not valid. */
  readonly key: SessionKey | null;
}

interface FoundSessions {
  readonly sessions: SessionKey[];
  /** Folders whose sessions could not be listed. */
  readonly unreadable: string[];
  readonly unserved: UnservedFolder[];
}

/** What is wrong with a folder that is not served, and what to do. */
export const unservedText = ({ why }: Pick<UnservedFolder, 'why'>): string =>
  why === 'name'
    ? 'The name of the folder cannot be used; rename it. Names have letters, digits, . _ and -, and begin with a letter or digit.'
    : 'The folder is a symbolic link that is broken or leads out of session_dir: move the folder into session_dir.';

/**
 * Sessions that exist now: folders `<project>/sessions/<user>/<session>` with valid names that do not lead
 * out of `sessionDir`. Other folders at the same levels are reported, except hidden ones.
 */
export function findSessions(sessionDir: string): FoundSessions {
  const found: FoundSessions = { sessions: [], unreadable: [], unserved: [] };
  const lister = new FolderLister(sessionDir, found);
  for (const project of lister.folders(sessionDir, () => null)) {
    const users = join(sessionDir, project, 'sessions');
    for (const user of lister.folders(users, () => null))
      found.sessions.push(
        ...lister
          .folders(join(users, user), (session) => ({ project, user, session }))
          .map((session) => ({ project, user, session })),
      );
  }
  return found;
}

/** Lists the folders of projects, users and sessions. */
class FolderLister {
  private readonly top: string;
  private readonly found: FoundSessions;

  constructor(top: string, found: FoundSessions) {
    this.top = top;
    this.found = found;
  }

  /** Folders with valid names; others are noted. @param keyOf - the session of this name */
  folders(path: string, keyOf: (name: string) => SessionKey | null): string[] {
    const { unreadable, unserved } = this.found;
    try {
      const { named, unnamed } = entriesOf(path);
      for (const { bytes, isFolder } of unnamed)
        if (
          isFolder &&
          bytes[0] !== DOT &&
          this.mayHaveSessions(Buffer.concat([Buffer.from(`${path}/`), bytes]), path)
        ) {
          const name = shownBytes(bytes);
          unserved.push({ path: `${path}/${name}`, why: 'name', key: keyOf(name) });
        }
      return named.flatMap((entry) => {
        const why = this.whyUnserved(path, entry);
        if (why === null) return [entry.name];
        if (why !== 'other' && this.mayHaveSessions(Buffer.from(join(path, entry.name)), path)) {
          const name = shownPath(entry.name);
          unserved.push({ path: `${path}/${name}`, why, key: keyOf(name) });
        }
        return [];
      });
    } catch (error) {
      if (path === this.top || !isMissingFile(error)) unreadable.push(path);
      return [];
    }
  }

  /** False for folders at the top without `sessions`, such as `lost+found`. */
  private mayHaveSessions(folder: Buffer, parent: string): boolean {
    return parent !== this.top || existsSync(Buffer.concat([folder, Buffer.from('/sessions')]));
  }

  /** `other`: it is not meant as a session. null: it is served. */
  private whyUnserved(path: string, entry: NamedEntry): UnservedFolder['why'] | 'other' | null {
    if (entry.name.startsWith('.')) return 'other';
    if (entry.isSymbolicLink()) return this.whyLinkUnserved(join(path, entry.name), entry.name);
    if (!entry.isDirectory()) return 'other';
    return isFolderName(entry.name) ? null : 'name';
  }

  private whyLinkUnserved(path: string, name: string): UnservedFolder['why'] | 'other' | null {
    try {
      const real = realpathSync(path);
      if (!statSync(real).isDirectory()) return 'other';
      if (!isInside(realpathSync(this.top), real)) return 'link';
      return isFolderName(name) ? null : 'name';
    } catch {
      return 'link';
    }
  }
}
