import type {
  FailureCauses,
  MovieDetail,
  MovieRow,
  SessionDetail,
  SessionGainCheck,
  SessionSummary,
} from '../../../src/contract/api.ts';
import type { Preview } from '../../../src/contract/preview.ts';
import type { ResultRecord } from '../../../src/contract/record.ts';
import type { TimelineEntry } from '../../../src/contract/review.ts';
import { recipeFromParameters } from '../../../src/pipeline/recipe.ts';
import { rowOf } from '../rows.ts';
import { EXAMPLE_NOW, exampleCtf, exampleMotion, exampleRows } from './movies.ts';

export const EXAMPLE_KEY = {
  project: 'membrane_42',
  user: 'curie',
  session: '20260302_krios2_transporter',
} as const;

export const EXAMPLE_ROWS = exampleRows(120);
const FAILED_COUNT = 4;
const WAITING_COUNT = 26;

/** @param minutes - time before `EXAMPLE_NOW` */
const timeBefore = (minutes: number) => new Date(Date.parse(EXAMPLE_NOW) - minutes * 60_000).toISOString();

const exampleSummary = (changes: Partial<SessionSummary> = {}): SessionSummary => ({
  ...EXAMPLE_KEY,
  state: 'processing',
  reason: null,
  counts: {
    arriving: 1,
    waiting: 9,
    queued: 16,
    done: EXAMPLE_ROWS.length,
    failed: FAILED_COUNT,
    total: EXAMPLE_ROWS.length + FAILED_COUNT + WAITING_COUNT,
  },
  cycle: { number: 3, total: 60, finished: 44 },
  ratePerHour: 150,
  arrivalsPerHour: 156,
  secondsLeft: 640,
  behindSince: timeBefore(7),
  lastMovieAt: timeBefore(0.2),
  lastResultAt: timeBefore(0.4),
  warnings: [],
  lastThumbnail: EXAMPLE_ROWS.at(-1)?.base ?? null,
  ...changes,
});

export const EXAMPLE_SESSIONS: readonly SessionSummary[] = [
  exampleSummary(),
  exampleSummary({
    session: '20260301_krios1_ribosome',
    state: 'processing_complete',
    counts: { arriving: 0, waiting: 0, queued: 0, done: 5240, failed: 12, total: 5252 },
    cycle: null,
    ratePerHour: null,
    arrivalsPerHour: null,
    secondsLeft: null,
    behindSince: null,
    lastMovieAt: timeBefore(60 * 9),
    lastResultAt: timeBefore(60 * 8.9),
  }),
  exampleSummary({
    user: 'hodgkin',
    session: '20260302_glacios_capsid',
    state: 'processing_failure',
    reason: 'The gain reference does not have the size of the movies.',
    counts: { arriving: 0, waiting: 300, queued: 0, done: 12, failed: 0, total: 312 },
    cycle: null,
    ratePerHour: null,
    secondsLeft: null,
    lastThumbnail: null,
  }),
  exampleSummary({
    user: 'hodgkin',
    session: '20260302_glacios_screening',
    state: 'needs_processing',
    counts: { arriving: 2, waiting: 40, queued: 0, done: 0, failed: 0, total: 42 },
    cycle: null,
    ratePerHour: null,
    secondsLeft: null,
    behindSince: null,
    lastThumbnail: null,
  }),
];

export const exampleDetail = (changes: Partial<SessionDetail> = {}): SessionDetail => ({
  ...exampleSummary(),
  parameters: { apix: 0.83, kev: 300, fmdose: 1.2, rawgainref: 'gain/K3-0412_gain.tiff', patch: '5x5' },
  suggested: {
    apix: { value: 0.83, source: 'EPU: FoilHole_29273600_Data_1.xml' },
    kev: { value: 300, source: 'EPU: FoilHole_29273600_Data_1.xml' },
    rawgainref: { value: 'gain/K3-0412_gain.tiff', source: 'a file of that name' },
  },
  ...changes,
});

export const EXAMPLE_FAILED_ROWS: readonly MovieRow[] = [121, 122, 123, 124].map((seq) =>
  rowOf(seq, {
    base: `FoilHole_29273631_Data_${seq - 120}`,
    path: `Images-Disc1/GridSquare_6/Data/FoilHole_29273631_Data_${seq - 120}_fractions.tiff`,
    state: 'failed',
    attempt: 2,
    errorCode: seq === 124 ? 'OUT_OF_MEMORY' : 'MOVIE_TRUNCATED',
    errorMessage: 'The file ends in frame 31 of 40.',
    hasPictures: false,
  }),
);

export const EXAMPLE_CAUSES: FailureCauses = [
  { code: 'MOVIE_TRUNCATED', count: 3, aside: 1 },
  { code: 'OUT_OF_MEMORY', count: 1, aside: 0 },
];

export const EXAMPLE_TIMELINE: TimelineEntry[] = [
  { at: timeBefore(4), what: 'reviewed', by: 'curie', note: '4 movies rejected: Fit resolution ≥ 8 Å' },
  { at: timeBefore(31), what: 'changed', by: 'curie', note: 'patch 3x3 → 5x5' },
  { at: timeBefore(33), what: 'resumed', by: 'curie', note: null },
  { at: timeBefore(60), what: 'stopped', by: 'hodgkin', note: null },
  { at: timeBefore(180), what: 'started', by: 'curie', note: null },
];

const SCORES: readonly number[] = [0.06, 0.11, 0.02, 0.04, 0.86, 0.08, 0.03, 0.05];

/** The counts show the pattern of the gain reference upside down. */
export const EXAMPLE_WRONG_GAIN: SessionGainCheck = {
  verdict: 'contradicts',
  gain: { path: 'gain/K3-0412_gain.tiff', rotate: 0, flip: 0 },
  best: { rotate: 0, flip: 1 },
  scores: SCORES.map((score, i) => ({
    rotate: ([0, 1, 2, 3] as const)[i % 4] ?? 0,
    flip: i < 4 ? 0 : 1,
    score,
  })),
  none: 0.14,
  margin: 0.75,
  error: 0.02,
  movies: 12,
  base: EXAMPLE_ROWS.at(-1)?.base ?? null,
  picture: '/api/v1/pictures/gain',
  message: 'The counts of 12 movies fit the gain reference upside down, not as it is set.',
  remedy: 'Start again with the best match.',
};

export const EXAMPLE_GAIN: SessionGainCheck = {
  ...EXAMPLE_WRONG_GAIN,
  verdict: 'agrees',
  best: EXAMPLE_WRONG_GAIN.gain,
  message: 'The gain reference fits the counts of 12 movies.',
  remedy: '',
};

export const EXAMPLE_PREVIEW: Preview = {
  movies: {
    found: 150,
    arriving: 1,
    toDo: 25,
    inProgress: 0,
    kept: 0,
    redoCtf: 0,
    redoAll: 120,
    tryAgain: 4,
    staysFailed: 0,
  },
  skipped: [{ reason: 'reference', count: 1, example: 'gain/K3-0412_gain.tiff' }],
  contradictions: [
    {
      fields: ['apix'],
      severity: 'warning',
      message: 'The metadata of the movies says 0.83 Å.',
      source: 'EPU: FoilHole_29273600_Data_1.xml',
    },
  ],
  notes: [],
  sample: {
    path: EXAMPLE_ROWS[0]?.path ?? '',
    format: 'TIFF',
    width: 5760,
    height: 4092,
    frames: 40,
    pixelSizeA: null,
  },
};

export function exampleMovie(row: MovieRow): MovieDetail {
  const record: ResultRecord = {
    version: 1,
    movie: { path: row.path, base: row.base, sizeBytes: 412_000_000, mtimeMs: Date.parse(EXAMPLE_NOW) },
    recipe: recipeFromParameters(
      { apix: 0.83, kev: 300, fmdose: 1.2 },
      { gainPath: '/data/gain/K3-0412_gain.tiff', defectMapPath: null },
    ),
    recipeHash: 'd2a84f4b8b650937ec8f73cd8be2c74a',
    stepHashes: { align: 'd2a84f4b', ctf: '8b650937' },
    attempt: 1,
    host: 'krios-worker-1',
    executor: 'local',
    serviceVersion: '0.1.0',
    startedAt: timeBefore(1),
    finishedAt: row.finishedAt ?? EXAMPLE_NOW,
    steps: [
      {
        name: 'align',
        program: 'builtin',
        version: '0.1.0',
        command: 'align --patch 5x5 --apix 0.83',
        startedAt: timeBefore(1),
        wallSeconds: 7.4,
        cpuSeconds: 28.1,
      },
      {
        name: 'ctf',
        program: 'builtin',
        version: '0.1.0',
        command: 'ctf --kev 300 --cs 2.7',
        startedAt: timeBefore(0.9),
        wallSeconds: 1.9,
        cpuSeconds: 6.2,
      },
    ],
    motion: exampleMotion(),
    ctf: exampleCtf(),
    statistics: {
      width: 5760,
      height: 4092,
      pixelSizeA: 0.83,
      minimum: -3,
      maximum: 60,
      mean: 19,
      standardDeviation: 4.1,
      meanDosePerPixelFrame: 0.82,
    },
    files: { doseWeighted: `${row.base}_DW.mrc`, sum: `${row.base}.mrc`, ctfPicture: `${row.base}_ctf.jpg` },
    warnings: [],
    outcome: { status: 'ok' },
  };
  const pictures = { thumbnail: '/api/v1/pictures/thumbnail', ctfPicture: '/api/v1/pictures/spectrum' };
  return { row, record, pictures };
}
