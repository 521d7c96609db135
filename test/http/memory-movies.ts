import type { ExecutorReport, MovieRow, SessionGainCheck, SessionKey } from '../../src/contract/api.ts';
import { CodedError } from '../../src/contract/errors.ts';
import type { Grid, GridHoles } from '../../src/contract/grid.ts';
import type { MovieQuery } from '../../src/sessions/service.ts';
import { NO_METRICS } from '../support/no-metrics.ts';

export const KEY: SessionKey = {
  project: 'ttrojan_123',
  user: 'ttrojan',
  session: '20210427113_usc_ttrojan_k3_mysample1',
};
export const MOVIES = 25;

/** One of the 25 movies, of which every fifth has failed. @param seq - 1..25 */
export const rowOf = (seq: number): MovieRow => ({
  seq,
  base: `movie-${seq}`,
  path: `movie-${seq}_fractions.tiff`,
  state: seq % 5 === 0 ? 'failed' : 'done',
  attempt: 1,
  finishedAt: '2026-01-01T00:00:00.000Z',
  ...NO_METRICS,
  seconds: 1.5,
  defocusUA: 12000,
  defocusVA: 11000,
  astigmatismA: 1000,
  astigmatismAngleDeg: 10,
  fitResolutionA: 4,
  confidence: 0.9,
  motionTotalA: 5,
  motionEarlyA: 3,
  motionLateA: 2,
  meanIntensity: 1,
  hasPictures: true,
  errorCode: seq % 5 === 0 ? 'MOVIE_TRUNCATED' : null,
  errorMessage: null,
  retryAt: null,
  verdict: null,
  comment: null,
});

export const PENDING_GAIN_CHECK: SessionGainCheck = {
  verdict: 'pending',
  gain: null,
  best: null,
  scores: [],
  none: null,
  margin: null,
  error: null,
  movies: 0,
  base: null,
  picture: null,
  message: 'No movie has been checked yet.',
  remedy: '',
};

export const EXECUTORS: ExecutorReport[] = [
  {
    name: 'slurm',
    health: {
      state: 'unreachable',
      detail: 'The scheduler does not respond.',
      since: '2026-01-01T00:00:00.000Z',
    },
    version: '22.05.8',
    slots: 100,
    threadsPerMovie: 1,
    queued: 3,
    running: 2,
  },
];

const SQUARE = '29273632';

export const GRID: Grid = {
  squares: [
    {
      name: SQUARE,
      total: 20,
      done: 16,
      failed: 4,
      holes: 5,
      stageUm: { x: -120.5, y: 33 },
      defocusOffset: { meanUm: 0.08, sdUm: null, movies: 1 },
    },
  ],
  runs: [[1, 20, 0]],
  elsewhere: 5,
  isReading: false,
};

/** The only square has one hole with one exposure; other squares have none. */
export function holesOf(square: string): GridHoles {
  const { seq, base, state } = rowOf(1);
  const stage = { shot: '2', stageUm: { x: -120, y: 33 }, targetDefocusUm: 1.2 };
  const shift: [number, number] = [0.01, -0.02];
  const holes = [{ name: '29274601', exposures: [{ seq, base, state, ...stage, shift }] }];
  return { square, shiftUnit: 'program', holes: square === SQUARE ? holes : [] };
}

/** The cursor is the position of the next row, as text. */
export function pageOf(rows: readonly MovieRow[], { cursor, limit }: Pick<MovieQuery, 'cursor' | 'limit'>) {
  const from = Number(cursor ?? 0);
  if (!Number.isSafeInteger(from)) throw new CodedError('BAD_PARAMETERS', 'The cursor is invalid.');
  const to = from + limit;
  return { movies: rows.slice(from, to), nextCursor: to < rows.length ? String(to) : null };
}
