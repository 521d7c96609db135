import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeColumns, encodeColumns, type MovieColumns } from '../../src/contract/columns.ts';
import { COLUMN_KEYS } from '../../src/contract/stored-metrics.ts';

const columns = (bases: string[], hasMore = false): MovieColumns => ({
  rows: bases.length,
  hasMore,
  bases,
  seq: Uint32Array.from(bases, (_, i) => 3 * i + 1),
  finishedAtMs: Float64Array.from(bases, (_, i) => (i % 2 === 0 ? 1.7e12 + i : Number.NaN)),
  values: Object.fromEntries(
    COLUMN_KEYS.map((key, k) => [
      key,
      Float32Array.from(bases, (_, i) => (i === k ? Number.NaN : i * 0.5 + k)),
    ]),
  ) as MovieColumns['values'],
  flags: Uint8Array.from(bases, (_, i) => i & 15),
});
const roundTrip = (original: MovieColumns) => decodeColumns(encodeColumns(original).buffer);

describe('columns of movies', () => {
  it('are decoded to the same values, whatever the names', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 0, maxLength: 60 });
    fc.assert(
      fc.property(fc.array(name, { maxLength: 30 }), fc.boolean(), (bases, hasMore) => {
        const original = columns(bases, hasMore);
        expect(roundTrip(original)).toEqual(original);
      }),
      { numRuns: 200 },
    );
  });

  it('do not split surrogate pairs, and support names of the maximum length', () => {
    const bases = ['a😀', 'a😁', 'x'.repeat(255), `${'x'.repeat(254)}y`, `${'x'.repeat(255)}`];
    expect(roundTrip(columns(bases)).bases).toEqual(bases);
  });

  it('take four bytes per value, and fewer than 56 bytes for the other fields of a movie with an EPU name', () => {
    const bases = Array.from(
      { length: 1000 },
      (_, i) => `FoilHole_${31936319 + i}_Data_31924013_31924015_20240101_${120000 + i}`,
    );
    expect(encodeColumns(columns(bases)).length).toBeLessThan((56 + 4 * COLUMN_KEYS.length) * bases.length);
  });

  it('are refused if they are incomplete', () => {
    const bytes = encodeColumns(columns(['a', 'b']));
    expect(() => decodeColumns(bytes.slice(0, -1).buffer)).toThrow(RangeError);
    bytes[0] = 0;
    expect(() => decodeColumns(bytes.buffer)).toThrow(RangeError);
  });
});
