/** What a movie changes in the recipe of its session. */
export interface OwnChange<Fields> {
  readonly fields: Partial<Fields>;
  /** For the record; null: nothing that users must know. */
  readonly warning: string | null;
}

/** Whether two positive values differ by at most this fraction of the larger one. */
export const areNear = (a: number, b: number, tolerance: number): boolean =>
  Math.abs(a - b) <= tolerance * Math.max(a, b);

/** A number as text for a sentence, with four significant digits. */
export const formatNumber = (value: number): string => String(Number(value.toPrecision(4)));
