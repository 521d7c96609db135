import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markSpans, type Place, parsePlace, placeText, togglePlace } from '../../../web/src/data/places.ts';
import {
  criteriaText,
  criteriaWords,
  NO_CRITERIA,
  parseCriteria,
  select,
} from '../../../web/src/data/selection.ts';
import { SeriesStore } from '../../../web/src/data/series-store.ts';
import { SelectionModel } from '../../../web/src/state/selection-model.ts';
import { rowOf } from '../rows.ts';

const square = (name: string): Place => ({ square: name, hole: null });
const hole = (of: string, name: string): Place => ({ square: of, hole: name });
/** Movies 1 to 6: 1 and 2 and 5 in square A, 3 and 4 in B, 6 in none; 2 in hole h of A. */
const store = new SeriesStore();
store.apply([1, 2, 3, 4, 5, 6].map((seq) => rowOf(seq)));
const spansOf = ({ square: name, hole: of }: Place) =>
  of === 'h'
    ? [[2, 2] as const]
    : name === 'A'
      ? ([
          [1, 2],
          [5, 5],
        ] as const)
      : name === 'B'
        ? ([[3, 4]] as const)
        : null;
const chosen = (places: readonly Place[], limits = {}) => {
  const mask = select(store.series, { ...NO_CRITERIA, places, limits }, new Set(), spansOf)!.mask;
  return [1, 2, 3, 4, 5, 6].filter((_, i) => mask[i] === 1);
};

describe('places', () => {
  it('come back out of the address as they went in, whatever their names', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.option(name)), { maxLength: 4 }), (names) => {
        const places = names.map(([of, within]): Place => ({ square: of, hole: within }));
        for (const place of places) expect(parsePlace(placeText(place))).toEqual(place);
        const criteria = { ...NO_CRITERIA, places };
        expect(parseCriteria(criteriaText(criteria))).toEqual(criteria);
      }),
    );
  });

  it.each(['square', 'square_', 'hole_1', 'square_1_2', 'hole_1_2_3', 'square_%E0%A4%A', 'box_1_2'])(
    'ignore what is none: %j',
    (part) => expect(parsePlace(part)).toBeNull(),
  );

  it('are taken in and out; a square stands for its holes', () => {
    const both = togglePlace([hole('A', 'h'), square('B')], square('A'));
    expect(both).toEqual([square('B'), square('A')]);
    expect(togglePlace(both, square('B'))).toEqual([square('A')]);
  });

  it('mark the movies of their spans', () => {
    const mask = new Uint8Array(6);
    markSpans(
      Float64Array.from([3, 5, 8, 9, 20, 30]),
      [
        [4, 8],
        [21, 40],
        [50, 60],
      ],
      mask,
    );
    expect([...mask]).toEqual([0, 1, 1, 0, 0, 1]);
  });

  it('select movies in one of them, within the limits', () => {
    expect(chosen([square('A')])).toEqual([1, 2, 5]);
    expect(chosen([hole('A', 'h'), square('B')])).toEqual([2, 3, 4]);
    expect(chosen([square('A'), square('B')], { astigmatism: { low: 4, high: 8 } })).toEqual([2, 3, 4]);
  });

  it('select nothing while it is not known which movies lie there', () => {
    expect(chosen([square('C')])).toEqual([]);
  });

  it('are told in words, a few by name', () => {
    const words = (places: Place[]) => criteriaWords({ ...NO_CRITERIA, places });
    expect(words([square('12'), hole('12', '7')])).toBe('grid square 12, hole 7');
    expect(words(['1', '2', '3', '4', '5'].map(square))).toBe(
      'grid square 1, grid square 2, grid square 3, 2 more places',
    );
  });

  it('are looked up only while they select', () => {
    const wanted: (readonly Place[])[] = [];
    const model = new SelectionModel(() => store.series, { want: (places) => wanted.push(places), spansOf });
    model.set({ ...NO_CRITERIA, places: [square('A')] });
    expect(model.current.get()?.count).toBe(3);
    model.clear();
    expect(wanted).toEqual([[square('A')], []]);
  });
});
