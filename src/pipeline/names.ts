import { createHash } from 'node:crypto';
import { posix } from 'node:path';

/** Names of other files in `processed/`, which outputs of a movie must not overwrite. */
const RESERVED = new Set(['corrected_micrographs', 'micrographs_ctf']);

/** The file name of a movie without extension and without EPU's `_fractions` or `_EER`. */
export function baseOf(fileName: string): string {
  const name = posix.basename(fileName);
  const stem = name.slice(0, name.length - posix.extname(name).length);
  return stem.replace(/_(fractions|eer)$/i, '') || stem;
}

/**
 * Base name of a movie's outputs, stable across restarts: it depends on the path and on the movie that
 * already has the plain base. A base that ends in `_DW`, `_EVN` or `_ODD` is always changed, because its sum
 * would have the name of another movie's dose-weighted, even or odd sum.
 * @param relativePath - relative to raw, forward slashes
 * @param ownerOf - returns the path of the movie that has a base, null if the base is free
 */
export function chooseBase(relativePath: string, ownerOf: (base: string) => string | null): string {
  const plain = baseOf(relativePath);
  const owner = ownerOf(plain);
  const canBePlain = !/_(DW|EVN|ODD)$/.test(plain) && !plain.startsWith('.') && !RESERVED.has(plain);
  if (canBePlain && (owner === null || owner === relativePath)) return plain;
  const suffix = createHash('sha256').update(relativePath).digest('hex').slice(0, 8);
  return `${plain.replace(/^\.+/, '')}-${suffix}`;
}

/** One base per path, in the given order; for processing without a session, which has no ledger of bases. */
export function distinctBases(relativePaths: readonly string[]): string[] {
  const owners = new Map<string, string>();
  return relativePaths.map((path) => {
    const base = chooseBase(path, (candidate) => owners.get(candidate) ?? null);
    owners.set(base, path);
    return base;
  });
}
