import { firstFrom } from './first-from.ts';

/** A grid square, or one of its holes, as a criterion of the selection. */
export interface Place {
  readonly square: string;
  /** null: all of the square. */
  readonly hole: string | null;
}

/** Movies of a place by their seq: those from the first to the last, both included; null where it is not known yet. */
export type Spans = readonly (readonly [number, number])[];
export type SpansOf = (place: Place) => Spans | null;

export const isSamePlace = (a: Place, b: Place): boolean => a.square === b.square && a.hole === b.hole;

export const hasPlace = (places: readonly Place[], place: Place): boolean =>
  places.some((other) => isSamePlace(other, place));

/** Takes the place in, or out where it is in. A square in place of its holes, not beside them. */
export function togglePlace(places: readonly Place[], place: Place): Place[] {
  if (hasPlace(places, place)) return places.filter((other) => !isSamePlace(other, place));
  return [...places.filter((other) => place.hole !== null || other.square !== place.square), place];
}

/** Names come from disk; `_` and `~` are what parts of the address are divided by. */
const encode = (name: string) => encodeURIComponent(name).replaceAll('_', '%5F').replaceAll('~', '%7E');

function decode(word: string): string | null {
  try {
    return decodeURIComponent(word) || null;
  } catch {
    return null;
  }
}

/** `square_29273632` or `hole_29273632_29274601`. */
export const placeText = ({ square, hole }: Place): string =>
  hole === null ? `square_${encode(square)}` : `hole_${encode(square)}_${encode(hole)}`;

/** null for what is none. */
export function parsePlace(part: string): Place | null {
  const [kind, ...words] = part.split('_');
  const names = words.map(decode);
  const [square = null, hole = null] = names;
  if (square === null || names.length !== (kind === 'square' ? 1 : 2)) return null;
  if (kind === 'square') return { square, hole: null };
  return kind === 'hole' && hole !== null ? { square, hole } : null;
}

/** Sets the mask to 1 for movies within the spans. @param seqs - ascending */
export function markSpans(seqs: Float64Array, spans: Spans, mask: Uint8Array): void {
  for (const [first, last] of spans)
    for (let i = firstFrom(seqs, first); i < seqs.length && seqs[i]! <= last; i++) mask[i] = 1;
}
