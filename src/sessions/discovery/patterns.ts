import type { SkipReason } from '../../contract/skipped.ts';

/** Filter for the names of the movies of a session; see the parameters `basename_*`. */
export interface FileNameFilter {
  readonly prefix?: string | undefined;
  readonly suffix?: string | undefined;
  readonly extension?: string | undefined;
}

/**
 * EPU's names for movies, in order of precedence: the first kind that occurs in a session is used. The order
 * is that of the service's predecessor. `relion_convert_to_tiff` keeps the name of an EER file and writes
 * `.tif`.
 */
const EPU_KINDS = [
  /^FoilHole.*_(fractions|EER)\.tiff?$/i,
  /^FoilHole.*_fractions\.mrcs?$/i,
  /^FoilHole.*_EER\.eer$/i,
] as const;
const MOVIE_EXTENSION = /\.(tiff?|mrcs?|eer)$/i;
/**
 * Names of references, sums and overviews that other programs write next to movies. Words such as `ref` must
 * be the whole name or its last word, because samples may be called `membrane_ref_0001` or `Atlastin`.
 */
const NON_MOVIE_NAMES = [
  /(^|[ ._-])(gain|dark|sum|ref|reference|defect|defectmap)s?\.[^.]+$/i,
  /gain[ ._-]?ref|map\.m1|_DWS?\.[^.]+$/i,
  /^(count|super|hardware)ref[ ._-]/i,
  /^Atlas(_\d+)?\.[^.]+$/i,
  /^(FoilHole|GridSquare)_|^Tile_\d/i,
] as const;
const REFERENCE_NAME = /(_gain\.(tiff?|mrc)|\.gain|map\.m1\.dm4)$/i;

export const GAIN_NAMES = [/_gain\.(tiff?|mrc)$/i, /\.gain$/i] as const;
export const DEFECT_MAP_NAME = /Map\.m1\.dm4$/i;
/** Name of a gain reference of SerialEM; the metadata of the movies contain this name. */
export const SERIALEM_GAIN_NAME = /^(count|super)ref[ ._-].*\.(mrc|dm4|tiff?)$/i;

/** Formats that may contain movies, but that the service does not read as movies. */
const UNSUPPORTED_EXTENSION = /\.(dm[34]|ser|emd|h5|hdf5?)$/i;

/** Extensions of compressed movies, which are reported but not read. */
const COMPRESSED_EXTENSION = /\.(bz2|zst|gz|xz)$/i;

/** Not allowed, because a name must be on one line in STAR files and in the logs of programs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: names must not contain control characters
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/** Whether a file would be a movie after decompression. @param fileName - without folders */
const isCompressedMovie = (fileName: string, filter: FileNameFilter): boolean =>
  COMPRESSED_EXTENSION.test(fileName) && kindOf(fileName.replace(COMPRESSED_EXTENSION, ''), filter) !== null;

/** Whether a file can be a movie according to its extension. @param fileName - with or without folders */
export const looksLikeMovie = (fileName: string): boolean => MOVIE_EXTENSION.test(fileName);

/** Whether a file is a gain reference or a defect map according to its name. */
const looksLikeReference = (fileName: string): boolean => REFERENCE_NAME.test(fileName);

const isNotMovie = (fileName: string): boolean => NON_MOVIE_NAMES.some((pattern) => pattern.test(fileName));

/** Number of kinds that `kindOf` distinguishes. */
export const MOVIE_KIND_COUNT = EPU_KINDS.length + 1;

/**
 * The kind of movie according to its name; lower kinds take precedence over higher ones. null: not a movie.
 * @param fileName - without folders
 */
export function kindOf(fileName: string, filter: FileNameFilter): number | null {
  if (fileName.startsWith('.') || CONTROL_CHARACTER.test(fileName)) return null;
  const { prefix = '', suffix = '' } = filter;
  const extension = extensionIn(filter);
  if (prefix || suffix || extension) return matchesFilter(fileName, filter) ? 0 : null;
  const kind = EPU_KINDS.findIndex((pattern) => pattern.test(fileName));
  if (kind >= 0) return kind;
  return MOVIE_EXTENSION.test(fileName) && !isNotMovie(fileName) ? EPU_KINDS.length : null;
}

function matchesFilter(fileName: string, filter: FileNameFilter): boolean {
  if (REFERENCE_NAME.test(fileName)) return false;
  const { prefix = '', suffix = '' } = filter;
  const dot = fileName.lastIndexOf('.');
  const stem = dot < 0 ? fileName : fileName.slice(0, dot);
  const hasExtension = extensionIn(filter)
    ? hasFilterExtension(fileName, filter)
    : MOVIE_EXTENSION.test(fileName);
  const isLongEnough = stem.length >= prefix.length + suffix.length;
  return hasExtension && isLongEnough && stem.startsWith(prefix) && stem.endsWith(suffix);
}

/**
 * Why a file that could be a movie is skipped because of its name; null: it is a movie, or could not be one.
 * @param path - relative to raw
 */
export function skipReasonOf(path: string, filter: FileNameFilter): SkipReason | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const isCompressed =
    COMPRESSED_EXTENSION.test(name) && couldBeMovie(name.replace(COMPRESSED_EXTENSION, ''), filter);
  const isUnsupported = UNSUPPORTED_EXTENSION.test(name);
  if (!isCompressed && !couldBeMovie(name, filter) && !looksLikeReference(name) && !isUnsupported)
    return null;
  if (CONTROL_CHARACTER.test(path)) return 'name';
  if (name.startsWith('.')) return 'hidden';
  if (isCompressed)
    return isCompressedMovie(name, filter)
      ? 'packed'
      : skipReasonOf(name.replace(COMPRESSED_EXTENSION, ''), filter);
  if (kindOf(name, filter) !== null) return null;
  if (looksLikeReference(name)) return 'reference';
  if (isUnsupported) return isNotMovie(name) ? 'reference' : 'format';
  return otherReasonOf(name, filter);
}

/** Why a file whose name could be that of a movie is not a movie of the session. */
function otherReasonOf(name: string, filter: FileNameFilter): SkipReason {
  const { extension, ...rest } = filter;
  if (extension && kindOf(name, { ...rest, extension: name.slice(name.lastIndexOf('.') + 1) }) !== null)
    return 'other_extension';
  return rest.prefix || rest.suffix || extension ? 'other_name' : 'reference';
}

/**
 * Like `looksLikeMovie`, but also true for the extension of the filter.
 * @param fileName - without folders
 */
export const couldBeMovie = (fileName: string, filter: FileNameFilter): boolean =>
  MOVIE_EXTENSION.test(fileName) || hasFilterExtension(fileName, filter);

/** Whether a path can be written into tables and logs. */
export const isPlainPath = (path: string): boolean => !CONTROL_CHARACTER.test(path);

const extensionIn = ({ extension }: FileNameFilter): string | undefined => extension?.replace(/^\./, '');

function hasFilterExtension(fileName: string, filter: FileNameFilter): boolean {
  const extension = extensionIn(filter)?.toLowerCase();
  return Boolean(extension) && fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase() === extension;
}
