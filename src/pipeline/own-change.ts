/** What a movie changes in the recipe of its session. */
export interface OwnChange<Fields> {
  readonly fields: Partial<Fields>;
  /** For the record; null: nothing that users must know. */
  readonly warning: string | null;
}

/** Whether two positive values differ by at most a part of the larger one. */
export const areNear = (a: number, b: number, tolerance: number): boolean =>
  Math.abs(a - b) <= tolerance * Math.max(a, b);

/** A number for sentences. */
export const round = (value: number): string => String(Number(value.toPrecision(4)));
