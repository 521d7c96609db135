import type { MovieRow } from '../../src/contract/api.ts';

/** A finished movie; `seq` also gives its defocus, so that a value tells which movie it belongs to. */
export function rowOf(seq: number, changes: Partial<MovieRow> = {}): MovieRow {
  return {
    seq,
    base: `movie_${seq}`,
    path: `Data/movie_${seq}_fractions.tiff`,
    state: 'done',
    attempt: 1,
    finishedAt: new Date(1_700_000_000_000 + seq * 1000).toISOString(),
    seconds: 5,
    defocusUA: 10_000 + seq,
    defocusVA: 10_000 - seq,
    astigmatismA: 2 * seq,
    astigmatismAngleDeg: 0,
    fitResolutionA: 4,
    confidence: 0.9,
    iceRingScore: null,
    motionTotalA: 12,
    motionEarlyA: 8,
    motionLateA: 4,
    meanIntensity: 1,
    hasPictures: true,
    errorCode: null,
    errorMessage: null,
    retryAt: null,
    verdict: null,
    comment: null,
    ...changes,
  };
}
