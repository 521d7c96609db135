import { createHash } from 'node:crypto';
import { posix } from 'node:path';

/** Names of other files in `processed/`, which outputs of a movie must not overwrite. */
const RESERVED_NAMES = new Set(['corrected_micrographs', 'micrographs_ctf']);

/**
 * A file name has at most 255 bytes; an output adds a suffix such as `_DW_EVN.mrc`, and a temporary file
 * another one.
 */
const MAX_BASE_BYTES = 200;
/** Characters that are replaced in names of outputs: control characters, and the separator on Windows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are replaced
const UNUSABLE_CHARACTERS = /[\\\u0000-\u001f\u007f]/g;

/** The file name of a movie without extension and without EPU's `_fractions` or `_EER`. */
export function baseOf(fileName: string): string {
  const name = posix.basename(fileName);
  const stem = name.slice(0, name.length - posix.extname(name).length);
  return stem.replace(/_(fractions|eer)$/i, '') || stem;
}

/**
 * Base name of a movie's outputs, stable across restarts: it depends on the path and on the movie that
 * already has the plain base. A base that is too long, or has characters that outputs cannot have, is
 * changed. A base that ends in `_DW`, `_EVN` or `_ODD` is always changed, because its sum would have the name
 * of another movie's dose-weighted, even or odd sum.
 * @param relativePath - relative to raw, forward slashes
 * @param ownerOf - returns the path of the movie that has a base, null if the base is free
 */
export function chooseBase(relativePath: string, ownerOf: (base: string) => string | null): string {
  const plainBase = baseOf(relativePath);
  const usableBase = truncateToBytes(
    plainBase.replaceAll(UNUSABLE_CHARACTERS, '_').replace(/^\.+/, ''),
    MAX_BASE_BYTES,
  );
  const owner = ownerOf(plainBase);
  const canBePlain =
    usableBase === plainBase && !/_(DW|EVN|ODD)$/.test(plainBase) && !RESERVED_NAMES.has(plainBase);
  if (canBePlain && (owner === null || owner === relativePath)) return plainBase;
  const hash = createHash('sha256').update(relativePath).digest('hex');
  const isFree = (base: string) => [null, relativePath].includes(ownerOf(base));
  const base = `${usableBase}-${hash.slice(0, 8)}`;
  return isFree(base) ? base : `${usableBase}-${hash.slice(0, 32)}`;
}

/** The longest beginning of a text with at most this number of bytes in UTF-8. */
function truncateToBytes(text: string, limit: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > limit) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** One base per path, in the given order; for processing outside a session, where there is no ledger. */
export function distinctBases(relativePaths: readonly string[]): string[] {
  const owners = new Map<string, string>();
  return relativePaths.map((path) => {
    const base = chooseBase(path, (candidate) => owners.get(candidate) ?? null);
    owners.set(base, path);
    return base;
  });
}
