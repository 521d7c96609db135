import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_CRITERIA } from '../../../web/src/data/criteria.ts';
import { criteriaForUrl, parseCriteria } from '../../../web/src/data/criteria-address.ts';
import { criteriaWords } from '../../../web/src/data/criteria-words.ts';
import {
  type GridRegion,
  markSpans,
  parseRegion,
  regionForUrl,
  toggleRegion,
} from '../../../web/src/data/grid-regions.ts';
import { select } from '../../../web/src/data/selection.ts';
import { SeriesStore } from '../../../web/src/data/series-store.ts';
import { SelectionModel } from '../../../web/src/state/selection-model.ts';
import { rowOf } from '../rows.ts';

const square = (name: string): GridRegion => ({ square: name, hole: null });
const hole = (squareName: string, name: string): GridRegion => ({ square: squareName, hole: name });
/** Movies 1 to 6: 1, 2 and 5 are in square A, 3 and 4 in B, 6 in no square; 2 is in hole h of A. */
const store = new SeriesStore();
store.apply([1, 2, 3, 4, 5, 6].map((seq) => rowOf(seq)));
const spansOf = ({ square: name, hole: holeName }: GridRegion) =>
  holeName === 'h'
    ? [[2, 2] as const]
    : name === 'A'
      ? ([
          [1, 2],
          [5, 5],
        ] as const)
      : name === 'B'
        ? ([[3, 4]] as const)
        : null;
const selectedNumbers = (regions: readonly GridRegion[], limits = {}) => {
  const mask = select(store.series, { ...NO_CRITERIA, regions, limits }, new Set(), spansOf)!.mask;
  return [1, 2, 3, 4, 5, 6].filter((_, i) => mask[i] === 1);
};

describe('regions', () => {
  it('survive a round trip through the URL, whatever their names', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.option(name)), { maxLength: 4 }), (names) => {
        const regions = names.map(
          ([squareName, holeName]): GridRegion => ({ square: squareName, hole: holeName }),
        );
        for (const region of regions) expect(parseRegion(regionForUrl(region))).toEqual(region);
        const criteria = { ...NO_CRITERIA, regions };
        expect(parseCriteria(criteriaForUrl(criteria))).toEqual(criteria);
      }),
    );
  });

  it.each(['square', 'square_', 'hole_1', 'square_1_2', 'hole_1_2_3', 'square_%E0%A4%A', 'box_1_2'])(
    'are not read from an invalid text: %j',
    (part) => expect(parseRegion(part)).toBeNull(),
  );

  it('are added and removed; a square replaces its holes', () => {
    const both = toggleRegion([hole('A', 'h'), square('B')], square('A'));
    expect(both).toEqual([square('B'), square('A')]);
    expect(toggleRegion(both, square('B'))).toEqual([square('A')]);
  });

  it('mark the movies in their spans', () => {
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

  it('select the movies that are in any of them and within the limits', () => {
    expect(selectedNumbers([square('A')])).toEqual([1, 2, 5]);
    expect(selectedNumbers([hole('A', 'h'), square('B')])).toEqual([2, 3, 4]);
    expect(selectedNumbers([square('A'), square('B')], { astigmatism: { low: 4, high: 8 } })).toEqual([
      2, 3, 4,
    ]);
  });

  it('select nothing while their movies are unknown', () => {
    expect(selectedNumbers([square('C')])).toEqual([]);
  });

  it('are described as text; at most three are named', () => {
    const words = (regions: GridRegion[]) => criteriaWords({ ...NO_CRITERIA, regions });
    expect(words([square('12'), hole('12', '7')])).toBe('grid square 12, hole 7');
    expect(words(['1', '2', '3', '4', '5'].map(square))).toBe(
      'grid square 1, grid square 2, grid square 3, 2 more squares or holes',
    );
  });

  it('are requested only while they are selection criteria', () => {
    const requested: (readonly GridRegion[])[] = [];
    const model = new SelectionModel(() => store.series, {
      setRegions: (regions) => requested.push(regions),
      spansOf,
    });
    model.set({ ...NO_CRITERIA, regions: [square('A')] });
    expect(model.current.get()?.count).toBe(3);
    model.clear();
    expect(requested).toEqual([[square('A')], []]);
  });
});
