export type SqlValue = null | number | bigint | string | NodeJS.ArrayBufferView;
export type SqlRow = Record<string, SqlValue>;

/**
 * Values of a row with the declared type of their column. A STRICT table contains no values of other types:
 * these functions throw only if a query is wrong.
 */

export const textOf = (value: SqlValue | undefined): string =>
  textOrNull(value) ?? throwUnexpected('text', value);

export const numberOf = (value: SqlValue | undefined): number =>
  numberOrNull(value) ?? throwUnexpected('a number', value);

export const textOrNull = (value: SqlValue | undefined): string | null =>
  typeof value === 'string' ? value : nullOf('text', value);

export const numberOrNull = (value: SqlValue | undefined): number | null =>
  typeof value === 'number' ? value : nullOf('a number', value);

/** @param words - all allowed values of the column */
export const wordOf = <Word extends string>(words: readonly Word[], value: SqlValue | undefined): Word =>
  words.find((word) => word === value) ?? throwUnexpected(words.join(', '), value);

export const wordOrNull = <Word extends string>(
  words: readonly Word[],
  value: SqlValue | undefined,
): Word | null => (value === null ? null : wordOf(words, value));

/** A row of a statement that returns arrays; the declared type is an object. */
export const valuesOf = (row: unknown): readonly SqlValue[] =>
  Array.isArray(row) ? row : throwUnexpected('a list of values', null);

const nullOf = (expected: string, value: SqlValue | undefined): null =>
  value === null ? null : throwUnexpected(expected, value);

function throwUnexpected(expected: string, value: SqlValue | undefined): never {
  throw new TypeError(`ledger: expected ${expected}, found ${String(value)}`);
}
