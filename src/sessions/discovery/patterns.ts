/** Names of the movies of a session as given by a user; see the parameters `basename_*`. */
export interface FileNameFilter {
  readonly prefix?: string | undefined;
  readonly suffix?: string | undefined;
  readonly extension?: string | undefined;
}

/**
 * EPU's names for movies, in the predecessor's order of precedence: the first kind that occurs in a session
 * is used.
 */
const EPU_KINDS = [
  /^FoilHole.*_fractions\.tiff$/i,
  /^FoilHole.*_fractions\.mrc$/i,
  /^FoilHole.*_EER\.eer$/i,
] as const;
const MOVIE_EXTENSION = /\.(tiff?|mrcs?|eer)$/i;
/** References, sums and overviews that other programs write next to movies. */
const NOT_A_MOVIE =
  /(^|[_-])(gain|dark|sum|ref|reference)s?([_.-]|$)|gainref|countref|superref|defect|map\.m1|_DWS?\.|atlas|^(FoilHole|GridSquare|Tile)_/i;
const REFERENCE = /(_gain\.tiff?|\.gain|map\.m1\.dm4)$/i;

export const GAIN_NAMES = [/_gain\.tiff$/i, /\.gain$/i] as const;
export const DEFECT_MAP_NAME = /Map\.m1\.dm4$/i;

/** Extensions of compressed movies, which are reported but not read. */
const PACKED = /\.(bz2|zst|gz|xz)$/i;

/** Whether a file would be a movie after decompression. @param fileName - without folders */
export const isPackedMovie = (fileName: string, given: FileNameFilter): boolean =>
  PACKED.test(fileName) && kindOf(fileName.replace(PACKED, ''), given) !== null;

/** Whether a file can be a movie according to its extension. @param fileName - with or without folders */
export const looksLikeMovie = (fileName: string): boolean => MOVIE_EXTENSION.test(fileName);

/** Whether a file is a gain reference or a defect map according to its name. */
export const looksLikeReference = (fileName: string): boolean => REFERENCE.test(fileName);

/** Number of kinds that `kindOf` distinguishes. */
export const MOVIE_KINDS = EPU_KINDS.length + 1;

/**
 * The kind of movie according to its name; lower kinds take precedence over higher ones. null: not a movie.
 * @param fileName - without folders
 */
export function kindOf(fileName: string, given: FileNameFilter): number | null {
  if (fileName.startsWith('.')) return null;
  const { prefix = '', suffix = '' } = given;
  const extension = given.extension?.replace(/^\./, '');
  if (prefix || suffix || extension) {
    if (REFERENCE.test(fileName)) return null;
    const dot = fileName.lastIndexOf('.');
    const stem = dot < 0 ? fileName : fileName.slice(0, dot);
    const hasExtension = extension
      ? fileName.slice(dot + 1).toLowerCase() === extension.toLowerCase()
      : MOVIE_EXTENSION.test(fileName);
    const isLongEnough = stem.length >= prefix.length + suffix.length;
    return hasExtension && isLongEnough && stem.startsWith(prefix) && stem.endsWith(suffix) ? 0 : null;
  }
  const kind = EPU_KINDS.findIndex((pattern) => pattern.test(fileName));
  if (kind >= 0) return kind;
  return MOVIE_EXTENSION.test(fileName) && !NOT_A_MOVIE.test(fileName) ? EPU_KINDS.length : null;
}
