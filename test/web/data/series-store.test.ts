import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METRIC_KEYS } from '../../../web/src/data/metrics.ts';
import { SeriesStore } from '../../../web/src/data/series-store.ts';
import { columnsOf, rowOf } from '../rows.ts';

describe('series of a session', () => {
  it('keeps movies in order of discovery, in whatever order they finish', () => {
    const store = new SeriesStore();
    store.apply([rowOf(5), rowOf(2)]);
    store.apply([rowOf(9)]);
    store.apply([rowOf(3)]);
    expect([...store.series.seqs()]).toEqual([2, 3, 5, 9]);
    expect(store.series.bases).toEqual(['movie_2', 'movie_3', 'movie_5', 'movie_9']);
    expect([...store.series.column('astigmatism')]).toEqual([4, 6, 10, 18]);
  });

  it('gives defocus in micrometres, and null for a missing value', () => {
    const store = new SeriesStore();
    store.apply([rowOf(1, { defocusUA: 15_000, defocusVA: 13_000 })]);
    expect(store.series.value('defocusU', 0)).toBe(1.5);
    expect(store.series.value('defocus', 0)).toBeCloseTo(1.4, 12);
    expect(store.series.value('iceRing', 0)).toBeNull();
  });

  it('replaces a movie that was reprocessed', () => {
    const store = new SeriesStore();
    store.apply([rowOf(1), rowOf(2)]);
    store.apply([rowOf(1, { fitResolutionA: 3 })]);
    expect(store.series.size).toBe(2);
    expect(store.series.value('fitResolution', 0)).toBe(3);
  });

  it('removes a movie that is no longer done', () => {
    const store = new SeriesStore();
    store.apply([rowOf(1), rowOf(2), rowOf(3)]);
    store.apply([rowOf(2, { state: 'failed' })]);
    expect(store.series.bases).toEqual(['movie_1', 'movie_3']);
    expect(store.series.indexOf('movie_2')).toBeUndefined();
    expect(store.series.indexOf('movie_3')).toBe(1);
  });

  it('moves a movie that was discovered again under another number', () => {
    const store = new SeriesStore();
    store.apply([rowOf(1), rowOf(2)]);
    store.apply([rowOf(1, { seq: 7 })]);
    expect([...store.series.seqs()]).toEqual([2, 7]);
    expect(store.series.bases).toEqual(['movie_2', 'movie_1']);
  });

  it('ignores movies that never finished, and returns the same series', () => {
    const store = new SeriesStore();
    const initialSeries = store.series;
    store.apply([rowOf(1, { state: 'waiting' })]);
    expect(store.series.size).toBe(0);
    expect(store.series).toBe(initialSeries);
  });

  it('accepts columns with the same result as rows', () => {
    const rows = [rowOf(1, { verdict: 'rejected' }), rowOf(4, { iceRingScore: 0.5, hasPictures: false })];
    const rowStore = new SeriesStore();
    rowStore.apply(rows);
    const columnStore = new SeriesStore();
    columnStore.append(columnsOf(rows));
    expect(columnStore.series.bases).toEqual(rowStore.series.bases);
    for (const key of METRIC_KEYS)
      for (const i of [0, 1]) {
        const [a, b] = [columnStore.series.value(key, i), rowStore.series.value(key, i)];
        if (b === null) expect(a).toBeNull();
        else expect(a).toBeCloseTo(b, 4);
      }
    expect([0, 1].map((i) => columnStore.series.verdict(i))).toEqual(['rejected', null]);
    expect([0, 1].map((i) => columnStore.series.has(i, 'pictures'))).toEqual([true, false]);
    columnStore.apply([rowOf(2)]);
    expect([...columnStore.series.seqs()]).toEqual([1, 2, 4]);
    expect(columnStore.series.verdict(0)).toBe('rejected');
  });

  it('applies a verdict at once to the movies in the series', () => {
    const store = new SeriesStore();
    store.apply([rowOf(1), rowOf(2, { verdict: 'accepted' })]);
    store.setVerdict(['movie_1', 'movie_2', 'movie_99'], 'rejected');
    expect([store.series.verdict(0), store.series.verdict(1)]).toEqual(['rejected', 'rejected']);
    store.setVerdict(['movie_2'], null);
    expect(store.series.verdict(1)).toBeNull();
    expect(store.series.has(1, 'pictures')).toBe(true);
  });

  it('finds the movie nearest to a number', () => {
    const store = new SeriesStore();
    expect(store.series.nearest(3)).toBe(-1);
    store.apply([rowOf(1), rowOf(4), rowOf(10)]);
    expect([0, 2, 3, 6, 8, 99].map((seq) => store.series.nearest(seq))).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('agrees with a plain map after any sequence of updates', () => {
    const state = fc.constantFrom('done', 'failed', 'queued');
    const event = fc.tuple(fc.integer({ min: 1, max: 40 }), state, fc.integer({ min: 0, max: 99 }));
    fc.assert(
      fc.property(fc.array(fc.array(event, { maxLength: 30 }), { maxLength: 12 }), (updates) => {
        const store = new SeriesStore();
        const model = new Map<number, number>();
        for (const update of updates) {
          store.apply(update.map(([seq, s, value]) => rowOf(seq, { state: s, astigmatismA: value })));
          for (const [seq, s, value] of update) {
            if (s === 'done') model.set(seq, value);
            else model.delete(seq);
          }
        }
        const expected = [...model].sort((a, b) => a[0] - b[0]);
        expect([...store.series.seqs()]).toEqual(expected.map(([seq]) => seq));
        expect([...store.series.column('astigmatism')]).toEqual(expected.map(([, value]) => value));
        for (const [i, base] of store.series.bases.entries()) expect(store.series.indexOf(base)).toBe(i);
      }),
    );
  });
});
