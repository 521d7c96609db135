import { describe, expect, it } from 'vitest';
import type { Grid, GridSquare } from '../../../src/contract/grid.ts';
import { SeriesStore } from '../../../web/src/data/series-store.ts';
import { valueRange, valueText, valueWithUnit } from '../../../web/src/grid/grid-metrics.ts';
import { meanAndSpread } from '../../../web/src/grid/mean-and-spread.ts';
import { keepOrder, sortSquares } from '../../../web/src/grid/square-order.ts';
import {
  meansRange,
  squareHistograms,
  squareIndices,
  squareStatistics,
} from '../../../web/src/grid/square-statistics.ts';
import { rowOf } from '../rows.ts';

const squareOf = (name: string, changes: Partial<GridSquare> = {}): GridSquare => ({
  name,
  total: 3,
  done: 3,
  failed: 0,
  holes: 1,
  stageUm: null,
  defocusOffset: null,
  ...changes,
});
const COUNTS = { done: 1, rejected: 0, count: 1, withoutRings: 0 };
/**
 * Movies 1 to 3 and 7 are in square A, 4 and 5 in B, 6 in no square. Movie n has a fit resolution of n
 * Angstrom.
 */
const GRID: Grid = {
  squares: [
    squareOf('A', { total: 4, defocusOffset: { meanUm: 0.2, sdUm: 0.1, movies: 4 } }),
    squareOf('B'),
    squareOf('C', { total: 9 }),
  ],
  runs: [
    [1, 3, 0],
    [4, 5, 1],
    [7, 7, 0],
  ],
  elsewhere: 1,
  isReading: false,
};
const store = new SeriesStore();
store.apply(
  [1, 2, 3, 4, 5, 6, 7].map((seq) =>
    rowOf(seq, { fitResolutionA: seq, ...(seq === 5 ? { verdict: 'rejected' } : {}) }),
  ),
);
const indices = squareIndices(store.series, GRID.runs);

describe('movies of grid squares', () => {
  it('are found from the runs of consecutive movies', () =>
    expect([...indices]).toEqual([0, 0, 0, 1, 1, -1, 0]));

  it('are counted, with mean and standard deviation', () => {
    const [a, b, c] = squareStatistics(store.series, GRID, indices, 'fitResolution');
    expect(a).toMatchObject({
      done: 4,
      rejected: 0,
      count: 4,
      mean: 3.25,
      sd: expect.closeTo(2.6299556, 6),
    });
    expect(b).toMatchObject({
      done: 2,
      rejected: 1,
      count: 2,
      mean: 4.5,
      sd: expect.closeTo(Math.SQRT1_2, 9),
    });
    expect(c).toMatchObject({ done: 0, count: 0, mean: null, sd: null });
  });

  it('without Thon rings are counted but not averaged, because their fit is unreliable', () => {
    const other = new SeriesStore();
    other.apply(
      [1, 2, 3].map((seq) => rowOf(seq, { fitResolutionA: 4 * seq, confidence: seq === 3 ? 0.05 : 0.9 })),
    );
    const [a] = squareStatistics(other.series, GRID, squareIndices(other.series, GRID.runs), 'fitResolution');
    expect(a).toMatchObject({ done: 3, withoutRings: 1, count: 2, mean: 6 });
    const [motion] = squareStatistics(
      other.series,
      GRID,
      squareIndices(other.series, GRID.runs),
      'motionTotal',
    );
    expect(motion).toMatchObject({ withoutRings: 0, count: 3 });
  });

  it('have the difference from the target that the service reports, because only the service has all targets', () => {
    const [a, b] = squareStatistics(store.series, GRID, indices, 'defocusOffset');
    expect(a).toMatchObject({ mean: 0.2, sd: 0.1, count: 4 });
    expect(b).toMatchObject({ mean: null, sd: null, count: 0 });
  });

  it('are shown in one histogram per square, all with the same axis', () => {
    const counts = squareHistograms(store.series, indices, 'fitResolution', [0, 8], 4, 3);
    expect([...counts]).toEqual([1, 2, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0]);
  });
});

describe('grid squares', () => {
  it('are sorted by quality, number of movies or order of acquisition; squares without a value come last', () => {
    const statistics = squareStatistics(store.series, GRID, indices, 'fitResolution');
    const names = (order: Parameters<typeof sortSquares>[1], better: 'low' | 'high' | null = 'low') =>
      sortSquares(statistics, order, better)
        .map(({ square }) => square.name)
        .join('');
    expect([names('begun'), names('best'), names('worst'), names('most')]).toEqual([
      'ABC',
      'ABC',
      'BAC',
      'CAB',
    ]);
    expect([names('best', 'high'), names('best', null)]).toEqual(['BAC', 'ABC']);
  });

  it('keep their order, and a new square comes last', () => {
    const statistics = squareStatistics(store.series, GRID, indices, 'fitResolution');
    const ordered = keepOrder(sortSquares(statistics, 'best', 'low'), ['B', 'A']);
    expect(ordered.map(({ square }) => square.name)).toEqual(['B', 'A', 'C']);
  });

  it('have different colours only if they differ by more than the spread of their movies', () => {
    const range = (...all: [mean: number | null, sd: number | null][]) =>
      meansRange(all.map(([mean, sd], order) => ({ mean, sd, order, ...COUNTS, square: squareOf('A') })));
    expect(range([3, 0.1], [5, 0.1], [null, null])).toEqual([3, 5]);
    expect(range([3, 1], [3.2, 1])).toEqual([1.6, 4.6].map((end) => expect.closeTo(end, 9)));
    expect(range([3, null])).toEqual([3, 3]);
    const squaresWithSpread = [{ ...COUNTS, mean: 1, sd: 2, order: 0, square: squareOf('A') }];
    expect(meansRange(squaresWithSpread, true)).toEqual([-2, 4]);
    expect(range([null, null])).toBeNull();
  });
});

describe('values of the grid', () => {
  it('have no standard deviation if there is only one value', () => {
    expect(meanAndSpread([2])).toEqual({ count: 1, mean: 2, sd: null });
    expect(meanAndSpread([Number.NaN])).toEqual({ count: 0, mean: null, sd: null });
  });

  it('have units, and differences have a sign', () => {
    expect(valueWithUnit('fitResolution', 3.456)).toBe('3.46 Å');
    expect(valueWithUnit('defocusOffset', 0.123)).toBe('+0.12 µm');
    expect(valueText('defocusOffset', -0.123)).toBe('−0.12');
    expect(valueText('defocusOffset', -0.001)).toBe('0.00');
    expect(valueWithUnit('defocusOffset', null)).toBe('–');
  });

  it('range from the 2nd to the 98th percentile', () => {
    const manyMovies = new SeriesStore();
    manyMovies.apply(
      Array.from({ length: 101 }, (_, i) => rowOf(i + 1, { fitResolutionA: i === 100 ? 900 : i })),
    );
    expect(valueRange(manyMovies.series, 'fitResolution')).toEqual([2, 98]);
    expect(valueRange(new SeriesStore().series, 'fitResolution')).toBeNull();
  });
});
