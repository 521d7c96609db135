import { type Dirent, readdirSync } from 'node:fs';

/** What Node puts in place of bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD';

/** An entry whose name is not UTF-8: no path in JSON, STAR files or a URL can name it. */
export interface UnnamedEntry {
  readonly bytes: Buffer;
  readonly isFolder: boolean;
}

export interface FolderEntries {
  readonly named: readonly Dirent[];
  readonly unnamed: readonly UnnamedEntry[];
}

/** The entries of a folder. @throws the file system's error */
export function entriesOf(path: string | Buffer): FolderEntries {
  const entries = readdirSync(path, { withFileTypes: true });
  if (!entries.some(({ name }) => name.includes(REPLACEMENT))) return { named: entries, unnamed: [] };
  const bytes = readdirSync(path, { withFileTypes: true, encoding: 'buffer' });
  const unnamed = bytes
    .filter(({ name }) => !isUtf8(name))
    .map((entry) => ({ bytes: Buffer.from(entry.name), isFolder: entry.isDirectory() }));
  const names = new Set(bytes.filter(({ name }) => isUtf8(name)).map(({ name }) => Buffer.from(name).toString()));
  return { named: entries.filter(({ name }) => names.delete(name)), unnamed };
}

const isUtf8 = (name: Uint8Array): boolean => Buffer.from(Buffer.from(name).toString('utf8')).equals(name);

/** Bytes as text for people: those that are not printable ASCII as `\xNN`. */
export function shownBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}

/** A path as text on one line: control characters as `\\xNN`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are replaced
export const shownPath = (path: string): string => path.replaceAll(/[\u0000-\u001f\u007f]/g, shownCharacter);

const shownCharacter = (character: string): string => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** Files below a folder whose own name is not UTF-8, as shown to people, relative to the folder around it. */
export function filesBelowUnnamed(parent: string, { bytes, isFolder }: UnnamedEntry): string[] {
  if (!isFolder) return [shownBytes(bytes)];
  const found: string[] = [];
  const visit = (path: Buffer, shown: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true, encoding: 'buffer' })) {
      const below = `${shown}/${shownBytes(entry.name)}`;
      if (entry.isDirectory()) visit(Buffer.concat([path, Buffer.from('/'), entry.name]), below);
      else found.push(below);
    }
  };
  visit(Buffer.concat([Buffer.from(`${parent}/`), bytes]), shownBytes(bytes));
  return found;
}
