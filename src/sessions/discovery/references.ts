import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { isBelow, isInside } from '../../base/real-path.ts';
import { filesBelow } from './files-below.ts';
import { findMatching, SearchEnded } from './find-matching.ts';
import type { ResolvedReferences } from './messages.ts';
import { DEFECT_MAP_NAME, GAIN_NAMES } from './patterns.ts';

export interface ReferenceSearch {
  /** Folders, besides that of the session, below which patterns may search. */
  readonly roots?: readonly string[];
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

/**
 * Finds the gain reference and the defect map of a session.
 * @param gain - as given: absolute or relative to raw, may contain `*`; null: look for one by name
 * `none` means no reference.
 * A given file that does not exist keeps its path, so that every movie reports what is missing.
 */
export async function resolveReferences(
  raw: string,
  gain: string | null,
  defects: string | null,
  { roots = [], signal }: ReferenceSearch = {},
): Promise<ResolvedReferences> {
  const notes: string[] = [];
  const asGiven = async (given: string, what: string) => {
    if (given.toLowerCase() === 'none') return null;
    const path = resolve(raw, given);
    if (isPath(given)) return path;
    return newest(await matching(path, [dirname(raw), ...roots], what, notes, signal), what, notes) ?? path;
  };
  const names = gain === null || defects === null ? filesBelow(raw) : [];
  const gainPath = gain === null ? byName(raw, names, notes) : await asGiven(gain, 'Gain reference');
  const defectMapPath =
    defects === null ? defectsByName(raw, names, notes) : await asGiven(defects, 'Defect map');
  return { gainPath, defectMapPath, notes };
}

function byName(raw: string, names: readonly string[], notes: string[]): string | null {
  for (const pattern of GAIN_NAMES) {
    const path = newest(pathsNamed(raw, names, pattern), 'Gain reference', notes);
    if (path !== null) return path;
  }
  notes.push('No gain reference was found by name (*_gain.tiff, *.gain): movies are not gain-corrected.');
  return null;
}

function defectsByName(raw: string, names: readonly string[], notes: string[]): string | null {
  return newest(pathsNamed(raw, names, DEFECT_MAP_NAME), 'Defect map', notes);
}

/** Where links lead is looked up only for names that match: a session has 100,000 movies. */
const pathsNamed = (raw: string, names: readonly string[], pattern: RegExp): string[] =>
  names
    .filter((name) => pattern.test(basename(name)))
    .map((name) => join(raw, name))
    .filter((path) => isOfSession(raw, path));

/** Files that match a pattern, and a note if it cannot be searched. */
async function matching(
  pattern: string,
  roots: readonly string[],
  what: string,
  notes: string[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const root = roots.find((one) => isBelow(one, pattern));
  if (root === undefined) {
    notes.push(
      `${what}: patterns may only search in the session and below reference_dirs of the config file; give the path of the file instead of ${pattern}.`,
    );
    return [];
  }
  try {
    return await findMatching(root, pattern, { signal });
  } catch (error) {
    const reason = error instanceof SearchEnded ? error.message : messageOf(error);
    notes.push(`${what}: the search for ${pattern} was ended: ${reason}. Give the path of the file.`);
    return [];
  }
}

/** Whether a reference is named by its path: then a link there may lead anywhere. */
export const isPath = (given: string | undefined): boolean =>
  given !== undefined && given.toLowerCase() !== 'none' && !/[*?[]/.test(given);

/** False for a file below the session's folder that is really elsewhere, through a link. */
function isOfSession(raw: string, path: string): boolean {
  const session = dirname(raw);
  if (!isInside(session, path)) return true;
  try {
    return isInside(realpathSync(session), realpathSync(path));
  } catch {
    return false; // a broken link is no file
  }
}

/** null if there is none. */
function newest(paths: readonly string[], what: string, notes: string[]): string | null {
  const timeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const [first] = paths.map((path) => ({ path, time: timeOf(path) })).sort((a, b) => b.time - a.time);
  if (first === undefined) return null;
  if (paths.length > 1) notes.push(`${what}: ${paths.length} files match, the newest is used: ${first.path}`);
  return first.path;
}
