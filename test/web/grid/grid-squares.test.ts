import { describe, expect, it } from 'vitest';
import type { Grid, GridSquare } from '../../../src/contract/grid.ts';
import { SeriesStore } from '../../../web/src/data/series-store.ts';
import { figuresRange, gridNumber, gridValue } from '../../../web/src/grid/grid-metrics.ts';
import {
  keepOrder,
  meanAndSpread,
  meansRange,
  sortSquares,
  squareFigures,
  squareHistograms,
  squareIndices,
} from '../../../web/src/grid/grid-squares.ts';
import { rowOf } from '../rows.ts';

const squareOf = (name: string, changes: Partial<GridSquare> = {}): GridSquare => ({
  ...{ name, total: 3, done: 3, failed: 0, holes: 1, stageUm: null, defocusOffset: null },
  ...changes,
});
const COUNTS = { done: 1, rejected: 0, counted: 1, guesses: 0 };
/** Movies 1 to 3 and 7 in square A, 4 and 5 in B, 6 in none; none in C. Fit resolution seq angstroms. */
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
  ...{ elsewhere: 1, isReading: false },
};
const store = new SeriesStore();
store.apply(
  [1, 2, 3, 4, 5, 6, 7].map((seq) =>
    rowOf(seq, { fitResolutionA: seq, ...(seq === 5 ? { verdict: 'rejected' } : {}) }),
  ),
);
const indices = squareIndices(store.series, GRID.runs);

describe('movies of grid squares', () => {
  it('are found by runs', () => expect([...indices]).toEqual([0, 0, 0, 1, 1, -1, 0]));

  it('are counted, with mean and standard deviation', () => {
    const [a, b, c] = squareFigures(store.series, GRID, indices, 'fitResolution');
    expect(a).toMatchObject({
      done: 4,
      rejected: 0,
      counted: 4,
      mean: 3.25,
      sd: expect.closeTo(2.6299556, 6),
    });
    expect(b).toMatchObject({
      done: 2,
      rejected: 1,
      counted: 2,
      mean: 4.5,
      sd: expect.closeTo(Math.SQRT1_2, 9),
    });
    expect(c).toMatchObject({ done: 0, counted: 0, mean: null, sd: null });
  });

  it('without rings are counted but not averaged: their fit is a guess', () => {
    const other = new SeriesStore();
    other.apply(
      [1, 2, 3].map((seq) => rowOf(seq, { fitResolutionA: 4 * seq, confidence: seq === 3 ? 0.05 : 0.9 })),
    );
    const [a] = squareFigures(other.series, GRID, squareIndices(other.series, GRID.runs), 'fitResolution');
    expect(a).toMatchObject({ done: 3, guesses: 1, counted: 2, mean: 6 });
    const [motion] = squareFigures(other.series, GRID, squareIndices(other.series, GRID.runs), 'motionTotal');
    expect(motion).toMatchObject({ guesses: 0, counted: 3 });
  });

  it('have the difference to the target from the service, which knows all targets', () => {
    const [a, b] = squareFigures(store.series, GRID, indices, 'defocusOffset');
    expect(a).toMatchObject({ mean: 0.2, sd: 0.1, counted: 4 });
    expect(b).toMatchObject({ mean: null, sd: null, counted: 0 });
  });

  it('make a histogram for each square on one axis', () => {
    const counts = squareHistograms(store.series, indices, 'fitResolution', [0, 8], 4, 3);
    expect([...counts]).toEqual([1, 2, 0, 1, 0, 0, 2, 0, 0, 0, 0, 0]);
  });

  it('are sorted by quality, number or as they were taken; those without a figure last', () => {
    const figures = squareFigures(store.series, GRID, indices, 'fitResolution');
    const names = (order: Parameters<typeof sortSquares>[1], better: 'low' | 'high' | null = 'low') =>
      sortSquares(figures, order, better)
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

  it('stay where they are while somebody is at them; a new one comes at the end', () => {
    const figures = squareFigures(store.series, GRID, indices, 'fitResolution');
    const kept = keepOrder(sortSquares(figures, 'best', 'low'), ['B', 'A']);
    expect(kept.map(({ square }) => square.name)).toEqual(['B', 'A', 'C']);
  });

  it('differ in colour only as far as they differ by more than their movies do', () => {
    const range = (...all: [mean: number | null, sd: number | null][]) =>
      meansRange(
        all.map(([mean, sd], order) => ({ ...{ mean, sd, order }, ...COUNTS, square: squareOf('A') })),
      );
    expect(range([3, 0.1], [5, 0.1], [null, null])).toEqual([3, 5]);
    expect(range([3, 1], [3.2, 1])).toEqual([1.6, 4.6].map((end) => expect.closeTo(end, 9)));
    expect(range([3, null])).toEqual([3, 3]);
    const wide = [{ ...COUNTS, mean: 1, sd: 2, order: 0, square: squareOf('A') }];
    expect(meansRange(wide, true)).toEqual([-2, 4]);
    expect(range([null, null])).toBeNull();
  });
});

describe('figures of the grid', () => {
  it('have no spread where there is one', () => {
    expect(meanAndSpread([2])).toEqual({ counted: 1, mean: 2, sd: null });
    expect(meanAndSpread([Number.NaN])).toEqual({ counted: 0, mean: null, sd: null });
  });

  it('carry units; differences carry their sign', () => {
    expect(gridValue('fitResolution', 3.456)).toBe('3.46 Å');
    expect(gridValue('defocusOffset', 0.123)).toBe('+0.12 µm');
    expect(gridNumber('defocusOffset', -0.123)).toBe('−0.12');
    expect(gridNumber('defocusOffset', -0.001)).toBe('0.00');
    expect(gridValue('defocusOffset', null)).toBe('–');
  });

  it('range from nearly the least to nearly the largest', () => {
    const many = new SeriesStore();
    many.apply(Array.from({ length: 101 }, (_, i) => rowOf(i + 1, { fitResolutionA: i === 100 ? 900 : i })));
    expect(figuresRange(many.series, 'fitResolution')).toEqual([2, 98]);
    expect(figuresRange(new SeriesStore().series, 'fitResolution')).toBeNull();
  });
});
