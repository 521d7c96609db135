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
 * Base name of a movie's outputs, stable across restarts: it depends on the path and on which movie has the
 * plain base already. A base that ends in `_DW`, `_EVN` or `_ODD` is always changed, since its sum would have
 * the name of another movie's dose-weighted, even or odd sum.
 * @param relativePath - relative to raw, forward slashes
 * @param takenBy - path of the movie that has a base, null if it is free
 */
export function chooseBase(relativePath: string, takenBy: (base: string) => string | null): string {
  const plain = baseOf(relativePath);
  const holder = takenBy(plain);
  const mayStayPlain = !/_(DW|EVN|ODD)$/.test(plain) && !plain.startsWith('.') && !RESERVED.has(plain);
  if (mayStayPlain && (holder === null || holder === relativePath)) return plain;
  const suffix = createHash('sha256').update(relativePath).digest('hex').slice(0, 8);
  return `${plain.replace(/^\.+/, '')}-${suffix}`;
}

/** One base per path, in the given order; for a run by hand, where no ledger knows which movie came first. */
export function distinctBases(relativePaths: readonly string[]): string[] {
  const holders = new Map<string, string>();
  return relativePaths.map((path) => {
    const base = chooseBase(path, (candidate) => holders.get(candidate) ?? null);
    holders.set(base, path);
    return base;
  });
}
