import { describe, expect, it } from 'vitest';
import type { GridExposure } from '../../../src/contract/grid.ts';
import { SeriesStore } from '../../../web/src/data/series-store.ts';
import { markOf } from '../../../web/src/grid/movie-mark.ts';
import { rowOf } from '../rows.ts';

const store = new SeriesStore();
store.apply([
  rowOf(1, { fitResolutionA: 3.5, defocusUA: 12_000, defocusVA: 10_000, verdict: 'rejected' }),
  rowOf(2, { confidence: 0.02 }),
]);
const exposure = (seq: number, changes: Partial<GridExposure> = {}): GridExposure => ({
  seq,
  base: `movie_${seq}`,
  state: 'done',
  shot: null,
  stageUm: null,
  shift: null,
  targetDefocusUm: 1,
  ...changes,
});

describe('a movie on the grid', () => {
  it('has its value, its verdict, and the difference from its target defocus', () => {
    expect(markOf(store.series, exposure(1), 'fitResolution', Uint8Array.from([1, 0]))).toMatchObject({
      index: 0,
      kind: 'done',
      value: 3.5,
      isRejected: true,
      isSelected: true,
      offsetUm: expect.closeTo(0.1, 9),
      defocusUm: expect.closeTo(1.1, 9),
    });
    expect(markOf(store.series, exposure(1), 'defocusOffset', null).value).toBeCloseTo(0.1, 9);
  });

  it('has no CTF values without Thon rings, and no difference without a target', () => {
    const unreliable = markOf(store.series, exposure(2), 'fitResolution', null);
    expect(unreliable).toMatchObject({ kind: 'done', value: null, offsetUm: null, defocusUm: null });
    expect(markOf(store.series, exposure(2), 'motionTotal', null).value).toBe(12);
    expect(
      markOf(store.series, exposure(1, { targetDefocusUm: null }), 'defocusOffset', null).value,
    ).toBeNull();
  });

  it('is waiting or failed if there is no result', () => {
    expect(markOf(store.series, exposure(3, { state: 'failed' }), 'defocus', null).kind).toBe('failed');
    for (const state of ['waiting', 'queued', 'arriving', 'done'] as const)
      expect(markOf(store.series, exposure(3, { state }), 'defocus', null)).toMatchObject({
        kind: 'waiting',
        index: null,
      });
  });
});
