import { globSync, readdirSync, statSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { hasErrorCode } from '../../base/errors.ts';
import type { ResolvedReferences } from './messages.ts';
import { DEFECT_MAP_NAME, GAIN_NAMES } from './patterns.ts';

/**
 * Finds the gain reference and the defect map of a session. The path of a given file is used even if the file
 * does not exist, so that every movie reports what is missing.
 * @param gain, defects - as given: absolute or relative to raw, may contain `*`; `none`: do not use one;
 * null: search for a file by its usual name
 */
export function resolveReferences(
  raw: string,
  gain: string | null,
  defects: string | null,
): ResolvedReferences {
  const notes: string[] = [];
  const names = gain === null || defects === null ? filesBelow(raw) : [];
  const gainPath =
    gain === null ? findGain(raw, names, notes) : resolveGiven(raw, gain, 'Gain reference', notes);
  const defectMapPath =
    defects === null ? findDefectMap(raw, names, notes) : resolveGiven(raw, defects, 'Defect map', notes);
  return { gainPath, defectMapPath, notes };
}

function findGain(raw: string, names: readonly string[], notes: string[]): string | null {
  for (const pattern of GAIN_NAMES) {
    const found = names.filter((name) => pattern.test(basename(name))).map((name) => join(raw, name));
    const path = newest(found, 'Gain reference', notes);
    if (path !== null) return path;
  }
  notes.push('No gain reference was found by name (*_gain.tiff, *.gain): movies are not gain-corrected.');
  return null;
}

function findDefectMap(raw: string, names: readonly string[], notes: string[]): string | null {
  const found = names.filter((name) => DEFECT_MAP_NAME.test(basename(name))).map((name) => join(raw, name));
  return newest(found, 'Defect map', notes);
}

function resolveGiven(raw: string, given: string, what: string, notes: string[]): string | null {
  if (given.toLowerCase() === 'none') return null;
  const path = isAbsolute(given) ? given : join(raw, given);
  if (!/[*?[]/.test(given)) return path;
  const found = globSync(path).filter((name) => statSync(name, { throwIfNoEntry: false })?.isFile());
  return newest(found, what, notes) ?? path;
}

/** The newest of several files; null if there are none. */
function newest(paths: readonly string[], what: string, notes: string[]): string | null {
  const timeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const [first] = paths.map((path) => ({ path, time: timeOf(path) })).sort((a, b) => b.time - a.time);
  if (first === undefined) return null;
  if (paths.length > 1) notes.push(`${what}: ${paths.length} files match, the newest is used: ${first.path}`);
  return first.path;
}

function filesBelow(raw: string): string[] {
  try {
    return readdirSync(raw, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}
