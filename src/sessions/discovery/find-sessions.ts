import { existsSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isMissingFile } from '../../base/missing-file.ts';
import { isInside } from '../../base/real-path.ts';
import type { SessionKey } from '../../contract/api.ts';
import { isFolderName } from '../names.ts';
import { entriesOf, type NamedEntry, shownBytes, shownPath } from './folder-entries.ts';

const DOT = '.'.charCodeAt(0);

/** A folder at the position of a project, user or session folder that cannot be used as one. */
export interface UnusableFolder {
  /** As shown to people. */
  readonly path: string;
  readonly reason: 'name' | 'link';
  /** null: it is not at the position of a session folder, or the name of its project or user is not valid. */
  readonly key: SessionKey | null;
}

interface FoundSessions {
  readonly sessions: SessionKey[];
  /** Folders whose sessions could not be listed. */
  readonly unreadable: string[];
  readonly unusable: UnusableFolder[];
}

/** Why a folder cannot be used, and what to do. */
export const unusableText = ({ reason }: Pick<UnusableFolder, 'reason'>): string =>
  reason === 'name'
    ? 'The name of the folder cannot be used; rename it. Names have letters, digits, . _ and -, and begin with a letter or digit.'
    : 'The folder is a symbolic link that is broken or points outside session_dir: move the folder into session_dir.';

/**
 * Sessions that exist now: folders `<project>/sessions/<user>/<session>` with valid names that do not lead
 * out of `sessionDir`. Other folders at the same levels are reported, except hidden ones.
 */
export function findSessions(sessionDir: string): FoundSessions {
  const found: FoundSessions = { sessions: [], unreadable: [], unusable: [] };
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

  /** Folders with valid names; others are added to `found`. @param keyOf - the session of this name */
  folders(path: string, keyOf: (name: string) => SessionKey | null): string[] {
    const { unreadable, unusable } = this.found;
    try {
      const { namedEntries, undecodableEntries } = entriesOf(path);
      for (const { bytes, isFolder } of undecodableEntries)
        if (
          isFolder &&
          bytes[0] !== DOT &&
          this.mayHaveSessions(Buffer.concat([Buffer.from(`${path}/`), bytes]), path)
        ) {
          const name = shownBytes(bytes);
          unusable.push({ path: `${path}/${name}`, reason: 'name', key: keyOf(name) });
        }
      return namedEntries.flatMap((entry) => {
        const reason = this.reasonUnusable(path, entry);
        if (reason === null) return [entry.name];
        if (reason !== 'other' && this.mayHaveSessions(Buffer.from(join(path, entry.name)), path)) {
          const name = shownPath(entry.name);
          unusable.push({ path: `${path}/${name}`, reason, key: keyOf(name) });
        }
        return [];
      });
    } catch (error) {
      if (path === this.top || !isMissingFile(error)) unreadable.push(path);
      return [];
    }
  }

  /** False for top-level folders that contain no folder `sessions`, such as `lost+found`. */
  private mayHaveSessions(folder: Buffer, parent: string): boolean {
    return parent !== this.top || existsSync(Buffer.concat([folder, Buffer.from('/sessions')]));
  }

  /** `other`: it is not meant as a session. null: it can be used. */
  private reasonUnusable(path: string, entry: NamedEntry): UnusableFolder['reason'] | 'other' | null {
    if (entry.name.startsWith('.')) return 'other';
    if (entry.isSymbolicLink()) return this.reasonLinkUnusable(join(path, entry.name), entry.name);
    if (!entry.isDirectory()) return 'other';
    return isFolderName(entry.name) ? null : 'name';
  }

  private reasonLinkUnusable(path: string, name: string): UnusableFolder['reason'] | 'other' | null {
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
