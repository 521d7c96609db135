import type { SkipReason } from '../../contract/skipped.ts';

/** Names of the movies of a session as given by a user; see the parameters `basename_*`. */
export interface FileNameFilter {
  readonly prefix?: string | undefined;
  readonly suffix?: string | undefined;
  readonly extension?: string | undefined;
}

/**
 * EPU's names for movies, in the predecessor's order of precedence: the first kind that occurs in a session
 * is used. `relion_convert_to_tiff` keeps the name of an EER file and writes `.tif`.
 */
const EPU_KINDS = [
  /^FoilHole.*_(fractions|EER)\.tiff?$/i,
  /^FoilHole.*_fractions\.mrcs?$/i,
  /^FoilHole.*_EER\.eer$/i,
] as const;
const MOVIE_EXTENSION = /\.(tiff?|mrcs?|eer)$/i;
/**
 * References, sums and overviews that other programs write next to movies. Only a whole name or the last word
 * of one counts: samples are called `membrane_ref_0001` and `Atlastin`.
 */
const NOT_MOVIES = [
  /(^|[ ._-])(gain|dark|sum|ref|reference|defect|defectmap)s?\.[^.]+$/i,
  /gain[ ._-]?ref|map\.m1|_DWS?\.[^.]+$/i,
  /^(count|super|hardware)ref[ ._-]/i,
  /^Atlas(_\d+)?\.[^.]+$/i,
  /^(FoilHole|GridSquare)_|^Tile_\d/i,
] as const;
const REFERENCE = /(_gain\.(tiff?|mrc)|\.gain|map\.m1\.dm4)$/i;

export const GAIN_NAMES = [/_gain\.(tiff?|mrc)$/i, /\.gain$/i] as const;
export const DEFECT_MAP_NAME = /Map\.m1\.dm4$/i;
/** Gain references of SerialEM; the metadata of the movies name them. */
export const SERIALEM_GAIN_NAME = /^(count|super)ref[ ._-].*\.(mrc|dm4|tiff?)$/i;

/** Formats that may contain movies but are not read as movies. */
const UNREAD_EXTENSION = /\.(dm[34]|ser|emd|h5|hdf5?)$/i;

/** Extensions of compressed movies, which are reported but not read. */
const PACKED = /\.(bz2|zst|gz|xz)$/i;

/** STAR files and the logs of programs have one line for a name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: names must not contain control characters
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/** Whether a file would be a movie after decompression. @param fileName - without folders */
const isPackedMovie = (fileName: string, given: FileNameFilter): boolean =>
  PACKED.test(fileName) && kindOf(fileName.replace(PACKED, ''), given) !== null;

/** Whether a file can be a movie according to its extension. @param fileName - with or without folders */
export const looksLikeMovie = (fileName: string): boolean => MOVIE_EXTENSION.test(fileName);

/** Whether a file is a gain reference or a defect map according to its name. */
const looksLikeReference = (fileName: string): boolean => REFERENCE.test(fileName);

const isNotMovie = (fileName: string): boolean => NOT_MOVIES.some((pattern) => pattern.test(fileName));

/** Number of kinds that `kindOf` distinguishes. */
export const MOVIE_KINDS = EPU_KINDS.length + 1;

/**
 * The kind of movie according to its name; lower kinds take precedence over higher ones. null: not a movie.
 * @param fileName - without folders
 */
export function kindOf(fileName: string, given: FileNameFilter): number | null {
  if (fileName.startsWith('.') || CONTROL_CHARACTER.test(fileName)) return null;
  const { prefix = '', suffix = '' } = given;
  const extension = extensionIn(given);
  if (prefix || suffix || extension) return matchesGiven(fileName, given) ? 0 : null;
  const kind = EPU_KINDS.findIndex((pattern) => pattern.test(fileName));
  if (kind >= 0) return kind;
  return MOVIE_EXTENSION.test(fileName) && !isNotMovie(fileName) ? EPU_KINDS.length : null;
}

function matchesGiven(fileName: string, given: FileNameFilter): boolean {
  if (REFERENCE.test(fileName)) return false;
  const { prefix = '', suffix = '' } = given;
  const dot = fileName.lastIndexOf('.');
  const stem = dot < 0 ? fileName : fileName.slice(0, dot);
  const hasExtension = extensionIn(given)
    ? hasGivenExtension(fileName, given)
    : MOVIE_EXTENSION.test(fileName);
  const isLongEnough = stem.length >= prefix.length + suffix.length;
  return hasExtension && isLongEnough && stem.startsWith(prefix) && stem.endsWith(suffix);
}

/**
 * Why a file that could be a movie is skipped because of its name; null: it could not be one, or it is one.
 * @param path - relative to raw
 */
export function whySkipped(path: string, given: FileNameFilter): SkipReason | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const isPacked = PACKED.test(name) && couldBeMovie(name.replace(PACKED, ''), given);
  const isUnread = UNREAD_EXTENSION.test(name);
  if (!isPacked && !couldBeMovie(name, given) && !looksLikeReference(name) && !isUnread) return null;
  if (CONTROL_CHARACTER.test(path)) return 'name';
  if (name.startsWith('.')) return 'hidden';
  if (isPacked) return isPackedMovie(name, given) ? 'packed' : whySkipped(name.replace(PACKED, ''), given);
  if (kindOf(name, given) !== null) return null;
  if (looksLikeReference(name)) return 'reference';
  if (isUnread) return isNotMovie(name) ? 'reference' : 'format';
  return whyOther(name, given);
}

/** Why a name that could be a movie's is not one of the session. */
function whyOther(name: string, given: FileNameFilter): SkipReason {
  const { extension, ...rest } = given;
  if (extension && kindOf(name, { ...rest, extension: name.slice(name.lastIndexOf('.') + 1) }) !== null)
    return 'other_extension';
  return rest.prefix || rest.suffix || extension ? 'other_name' : 'reference';
}

/**
 * Whether a file could be a movie, whatever its name without the extension.
 * @param fileName - without folders
 */
export const couldBeMovie = (fileName: string, given: FileNameFilter): boolean =>
  MOVIE_EXTENSION.test(fileName) || hasGivenExtension(fileName, given);

/** Whether a path can be written into tables and logs. */
export const isPlainPath = (path: string): boolean => !CONTROL_CHARACTER.test(path);

const extensionIn = ({ extension }: FileNameFilter): string | undefined => extension?.replace(/^\./, '');

function hasGivenExtension(fileName: string, given: FileNameFilter): boolean {
  const extension = extensionIn(given)?.toLowerCase();
  return Boolean(extension) && fileName.slice(fileName.lastIndexOf('.') + 1).toLowerCase() === extension;
}
