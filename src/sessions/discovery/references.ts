import { globSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { isInside } from '../../base/real-path.ts';
import { filesBelow } from './files-below.ts';
import type { ResolvedReferences } from './messages.ts';
import { DEFECT_MAP_NAME, GAIN_NAMES } from './patterns.ts';

/**
 * Finds the gain reference and the defect map of a session.
 * @param gain - as given: absolute or relative to raw, may contain `*`; null: look for one by name
 * `none` means no reference.
 * A given file that does not exist keeps its path, so that every movie reports what is missing.
 */
export function resolveReferences(
  raw: string,
  gain: string | null,
  defects: string | null,
): ResolvedReferences {
  const notes: string[] = [];
  const names =
    gain === null || defects === null
      ? filesBelow(raw).filter((name) => isOfSession(raw, join(raw, name)))
      : [];
  const gainPath = gain === null ? byName(raw, names, notes) : asGiven(raw, gain, 'Gain reference', notes);
  const defectMapPath =
    defects === null ? defectsByName(raw, names, notes) : asGiven(raw, defects, 'Defect map', notes);
  return { gainPath, defectMapPath, notes };
}

function byName(raw: string, names: readonly string[], notes: string[]): string | null {
  for (const pattern of GAIN_NAMES) {
    const found = names.filter((name) => pattern.test(basename(name))).map((name) => join(raw, name));
    const path = newest(found, 'Gain reference', notes);
    if (path !== null) return path;
  }
  notes.push('No gain reference was found by name (*_gain.tiff, *.gain): movies are not gain-corrected.');
  return null;
}

function defectsByName(raw: string, names: readonly string[], notes: string[]): string | null {
  const found = names.filter((name) => DEFECT_MAP_NAME.test(basename(name))).map((name) => join(raw, name));
  return newest(found, 'Defect map', notes);
}

function asGiven(raw: string, given: string, what: string, notes: string[]): string | null {
  if (given.toLowerCase() === 'none') return null;
  const path = isAbsolute(given) ? given : join(raw, given);
  if (isPath(given)) return path;
  const found = globSync(path).filter(
    (name) => statSync(name, { throwIfNoEntry: false })?.isFile() && isOfSession(raw, name),
  );
  return newest(found, what, notes) ?? path;
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
