/** Names that a person gave for the movies of a session, see the parameters `basename_*`. */
export interface FileNameFilter {
  readonly prefix?: string | undefined;
  readonly suffix?: string | undefined;
  readonly extension?: string | undefined;
}

/** EPU's names for movies, in the order of the predecessor: the first kind that is there is the one that counts. */
const EPU_KINDS = [
  /^FoilHole.*_fractions\.tiff$/i,
  /^FoilHole.*_fractions\.mrc$/i,
  /^FoilHole.*_EER\.eer$/i,
] as const;
const MOVIE_EXTENSION = /\.(tiff?|mrcs?|eer)$/i;
/** References, sums and overviews that lie beside movies of other programs. */
const NO_MOVIE =
  /(^|[_-])(gain|dark|sum|ref|reference)s?([_.-]|$)|gainref|countref|superref|defect|map\.m1|_DWS?\.|atlas|^(FoilHole|GridSquare|Tile)_/i;
const REFERENCE = /(_gain\.tiff?|\.gain|map\.m1\.dm4)$/i;

export const GAIN_NAMES = [/_gain\.tiff$/i, /\.gain$/i] as const;
export const DEFECT_MAP_NAME = /Map\.m1\.dm4$/i;

/** Movies that were packed, to be told of: they are not read. */
const PACKED = /\.(bz2|zst|gz|xz)$/i;

/** Whether a file would be a movie if it were unpacked. @param fileName - without folders */
export const isPackedMovie = (fileName: string, given: FileNameFilter): boolean =>
  PACKED.test(fileName) && kindOf(fileName.replace(PACKED, ''), given) !== null;

/** Whether a file could be a movie by its extension. @param fileName - with or without folders */
export const looksLikeMovie = (fileName: string): boolean => MOVIE_EXTENSION.test(fileName);

/** Whether a file is a gain reference or a defect map by its name. */
export const looksLikeReference = (fileName: string): boolean => REFERENCE.test(fileName);

/** Number of kinds that `kindOf` tells apart. */
export const MOVIE_KINDS = EPU_KINDS.length + 1;

/**
 * Which kind of movie a file is by its name; lower kinds win over higher ones, null is no movie.
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
    const rightExtension = extension
      ? fileName.slice(dot + 1).toLowerCase() === extension.toLowerCase()
      : MOVIE_EXTENSION.test(fileName);
    const longEnough = stem.length >= prefix.length + suffix.length;
    return rightExtension && longEnough && stem.startsWith(prefix) && stem.endsWith(suffix) ? 0 : null;
  }
  const kind = EPU_KINDS.findIndex((pattern) => pattern.test(fileName));
  if (kind >= 0) return kind;
  return MOVIE_EXTENSION.test(fileName) && !NO_MOVIE.test(fileName) ? EPU_KINDS.length : null;
}
