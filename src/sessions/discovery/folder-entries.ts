import { type Dirent, readdirSync } from 'node:fs';
import { ownActivity } from './own-activity.ts';

/** The character with which Node replaces bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD';

export type NamedEntry = Pick<Dirent, 'name' | 'isDirectory' | 'isFile' | 'isSymbolicLink'>;

/** An entry whose name is not UTF-8: JSON, STAR files and URLs cannot contain its path. */
interface UndecodableEntry {
  readonly bytes: Buffer;
  readonly isFolder: boolean;
}

export interface FolderEntries {
  readonly namedEntries: readonly NamedEntry[];
  readonly undecodableEntries: readonly UndecodableEntry[];
}

/** The entries of a folder. @throws the file system's error */
export function entriesOf(path: string): FolderEntries {
  ownActivity.advance();
  const entries = readdirSync(path, { withFileTypes: true });
  if (!entries.some(({ name }) => name.includes(REPLACEMENT)))
    return { namedEntries: entries, undecodableEntries: [] };
  const namedEntries: NamedEntry[] = [];
  const undecodableEntries: UndecodableEntry[] = [];
  for (const entry of readdirSync(path, { withFileTypes: true, encoding: 'buffer' })) {
    const bytes = Buffer.from(entry.name);
    if (!isUtf8(bytes)) undecodableEntries.push({ bytes, isFolder: entry.isDirectory() });
    else
      namedEntries.push({
        name: bytes.toString(),
        isDirectory: () => entry.isDirectory(),
        isFile: () => entry.isFile(),
        isSymbolicLink: () => entry.isSymbolicLink(),
      });
  }
  return { namedEntries, undecodableEntries };
}

const isUtf8 = (bytes: Buffer): boolean => Buffer.from(bytes.toString()).equals(bytes);

/** Bytes as text for people: those that are not printable ASCII as `\xNN`. */
export function shownBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}

/** A path as text on one line: control characters as `\xNN`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are replaced
export const shownPath = (path: string): string => path.replaceAll(/[\u0000-\u001f\u007f]/g, shownCharacter);

const shownCharacter = (character: string): string =>
  `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** A file, or a folder that cannot be read, as shown to people, relative to its parent folder. */
interface ShownEntry {
  readonly path: string;
  readonly isFolder: boolean;
}

/** An entry whose name is not UTF-8, or the files below it if it is a folder. */
export function entriesBelowUndecodable(parent: string, { bytes, isFolder }: UndecodableEntry): ShownEntry[] {
  if (!isFolder) return [{ path: shownBytes(bytes), isFolder }];
  const found: ShownEntry[] = [];
  const visit = (folder: Buffer, shown: string) => {
    ownActivity.advance();
    try {
      for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
        const path = `${shown}/${shownBytes(entry.name)}`;
        if (entry.isDirectory()) visit(Buffer.concat([folder, Buffer.from('/'), entry.name]), path);
        else found.push({ path, isFolder: false });
      }
    } catch {
      found.push({ path: shown, isFolder: true }); // counted as one file
    }
  };
  visit(Buffer.concat([Buffer.from(`${parent}/`), bytes]), shownBytes(bytes));
  return found;
}
