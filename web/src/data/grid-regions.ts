import { lowerBound } from './lower-bound.ts';

/** A grid square, or one of its holes, as a criterion of the selection. */
export interface GridRegion {
  readonly square: string;
  /** null: the whole square. */
  readonly hole: string | null;
}

/**
 * Movies of a region as ranges of seq, first and last included. `SpansOf` returns null while they are not
 * known.
 */
export type Spans = readonly (readonly [number, number])[];
export type SpansOf = (region: GridRegion) => Spans | null;

const isSameRegion = (a: GridRegion, b: GridRegion): boolean => a.square === b.square && a.hole === b.hole;

export const hasRegion = (regions: readonly GridRegion[], region: GridRegion): boolean =>
  regions.some((other) => isSameRegion(other, region));

/** Adds the region, or removes it if it is already present. A square replaces its holes. */
export function toggleRegion(regions: readonly GridRegion[], region: GridRegion): GridRegion[] {
  if (hasRegion(regions, region)) return regions.filter((other) => !isSameRegion(other, region));
  return [...regions.filter((other) => region.hole !== null || other.square !== region.square), region];
}

/** Names may contain any character. `_` and `~` are encoded too: they separate the parts of the text. */
const encode = (name: string) => encodeURIComponent(name).replaceAll('_', '%5F').replaceAll('~', '%7E');

function decode(word: string): string | null {
  try {
    return decodeURIComponent(word) || null;
  } catch {
    return null; // not percent-encoded
  }
}

/** Text of a region in the URL: `square_29273632` or `hole_29273632_29274601`. */
export const regionForUrl = ({ square, hole }: GridRegion): string =>
  hole === null ? `square_${encode(square)}` : `hole_${encode(square)}_${encode(hole)}`;

/** Null if the text is not a region. */
export function parseRegion(part: string): GridRegion | null {
  const [kind, ...words] = part.split('_');
  const names = words.map(decode);
  const [square = null, hole = null] = names;
  if (square === null || names.length !== (kind === 'square' ? 1 : 2)) return null;
  if (kind === 'square') return { square, hole: null };
  return kind === 'hole' && hole !== null ? { square, hole } : null;
}

/** Sets the mask to 1 for movies within the spans. @param seqs - ascending */
export function markSpans(seqs: Float64Array, spans: Spans, mask: Uint8Array): void {
  for (const [first, last] of spans) mask.fill(1, lowerBound(seqs, first), lowerBound(seqs, last + 1));
}
