import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { isBelow } from '../../base/real-path.ts';
import { readMovieMetadata } from '../../formats/movie-metadata.ts';
import { filesBelow } from './files-below.ts';
import { findMatching, SearchEnded } from './find-matching.ts';
import { type LinkBounds, realFoldersOf } from './link-rules.ts';
import type { ResolvedReferences } from './messages.ts';
import { DEFECT_MAP_NAME, GAIN_NAMES, isPlainPath, looksLikeMovie } from './patterns.ts';

/** Maximum number of metadata files that are read to find the gain reference that they name. */
const MAX_METADATA_FILES = 3;
/** Maximum number of movies whose metadata are looked for. */
const MAX_CANDIDATE_MOVIES = 20;

export interface ReferenceSearch {
  /** Folders, besides that of the session, in which patterns may match files. */
  readonly roots?: readonly string[];
  /** Folders, besides that of the session, to which links in raw may point. */
  readonly linkRoots?: readonly string[];
  /** Aborted when the response is no longer needed. */
  readonly signal?: AbortSignal;
}

/**
 * Finds the gain reference and the defect map of a session.
 * @param gain - as given: a path, absolute or relative to raw, which may contain `*`; `none`: no reference;
 * null: search by name. A given path is kept even if there is no such file, so that every movie reports what
 * is missing.
 * @param defects - like `gain`
 */
export async function resolveReferences(
  raw: string,
  gain: string | null,
  defects: string | null,
  { roots = [], linkRoots = [], signal }: ReferenceSearch = {},
): Promise<ResolvedReferences> {
  const bounds = { raw, root: dirname(raw), linkRoots };
  const notes: string[] = [];
  const resolveGiven = async (value: string, label: string) => {
    if (value.toLowerCase() === 'none') return null;
    const path = resolve(raw, value);
    if (isPath(value)) return path;
    const files = await findFiles(path, [dirname(raw), ...roots], label, notes, signal);
    return newestOf(files, label, notes) ?? path;
  };
  const allFiles =
    gain === null || defects === null ? filesBelow(bounds, () => false).files.filter(isPlainPath) : [];
  const gainPath =
    gain === null ? findGain(bounds, allFiles, notes) : await resolveGiven(gain, 'Gain reference');
  const defectMapPath =
    defects === null ? defectsByName(raw, allFiles, notes) : await resolveGiven(defects, 'Defect map');
  return { gainPath, defectMapPath, notes };
}

/** A gain reference found by its name or, if there is none, in the metadata of the movies. */
function findGain(bounds: LinkBounds, files: readonly string[], notes: string[]): string | null {
  const { raw } = bounds;
  for (const pattern of GAIN_NAMES) {
    const path = newestOf(pathsNamed(raw, files, pattern), 'Gain reference', notes);
    if (path !== null) return path;
  }
  const reference = gainNamedByMetadata(bounds, files);
  if (reference !== null) {
    notes.push(`The gain reference ${reference.path} is used, because ${reference.file} names it.`);
    return join(raw, reference.path);
  }
  notes.push(
    'No gain reference was found by name (*_gain.tiff, *_gain.mrc, *.gain): movies are not gain-corrected.',
  );
  return null;
}

/** The gain reference named in the metadata of one of the first movies, if it is in that movie's folder. */
function gainNamedByMetadata(
  bounds: LinkBounds,
  files: readonly string[],
): { readonly path: string; readonly file: string } | null {
  const movies = files.filter((file) => looksLikeMovie(file)).slice(0, MAX_CANDIDATE_MOVIES);
  if (movies.length === 0) return null;
  const within = realFoldersOf(bounds);
  const listed = new Set(files);
  let readCount = 0;
  for (const movie of movies) {
    const metadata = readMovieMetadata(bounds.raw, movie, within);
    if (metadata === null) continue;
    const { gainReference, file } = metadata;
    // SerialEM writes the path on the camera computer.
    const path = gainReference === null ? null : join(dirname(movie), fileNameIn(gainReference));
    if (path !== null && listed.has(path)) return { path, file };
    if (++readCount >= MAX_METADATA_FILES) break;
  }
  return null;
}

const fileNameIn = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

function defectsByName(raw: string, files: readonly string[], notes: string[]): string | null {
  return newestOf(pathsNamed(raw, files, DEFECT_MAP_NAME), 'Defect map', notes);
}

const pathsNamed = (raw: string, files: readonly string[], pattern: RegExp): string[] =>
  files.filter((file) => pattern.test(basename(file))).map((file) => join(raw, file));

/** Files that match a pattern; adds a note if it cannot be searched. */
async function findFiles(
  pattern: string,
  roots: readonly string[],
  label: string,
  notes: string[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const root = roots.find((folder) => isBelow(folder, pattern));
  if (root === undefined) {
    notes.push(
      `${label}: a pattern may only match files in the session or in reference_dirs of the config file; give the path of the file instead of ${pattern}.`,
    );
    return [];
  }
  try {
    return (await findMatching(root, pattern, { signal })).filter(isPlainPath);
  } catch (error) {
    const reason = error instanceof SearchEnded ? error.message : messageOf(error);
    notes.push(`${label}: the search for ${pattern} was ended: ${reason}. Give the path of the file.`);
    return [];
  }
}

/** Whether a parameter gives the path of a reference; a link at that path may point anywhere. */
export const isPath = (value: string | undefined): boolean =>
  value !== undefined && value.toLowerCase() !== 'none' && !/[*?[]/.test(value);

/** The newest of some files, with a note if there are several; null if there are none. */
function newestOf(paths: readonly string[], label: string, notes: string[]): string | null {
  const timeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const [first] = paths.map((path) => ({ path, time: timeOf(path) })).sort((a, b) => b.time - a.time);
  if (first === undefined) return null;
  if (paths.length > 1)
    notes.push(`${label}: ${paths.length} files match, the newest is used: ${first.path}`);
  return first.path;
}
