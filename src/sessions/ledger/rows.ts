import { isoOf } from '../../base/clock.ts';
import type { MovieRow } from '../../contract/api.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import type { ResultRecord } from '../../contract/record.ts';
import type { Verdict } from '../../contract/review.ts';
import type { MovieState } from '../../contract/states.ts';

type Sql = null | number | bigint | string | NodeJS.ArrayBufferView;
export type SqlRow = Record<string, Sql>;

/** A movie as the ledger keeps it: what the page shows, plus what the scheduler needs. Times in ms since 1970. */
export interface LedgerMovie {
  readonly seq: number;
  readonly base: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly state: MovieState;
  readonly attempt: number;
  readonly attemptLimit: number;
  readonly token: string | null;
  readonly cycle: number | null;
  readonly hashes: string | null;
  readonly errorCode: ErrorCode | null;
}

export const toLedgerMovie = (row: SqlRow): LedgerMovie => ({
  seq: row.seq as number,
  base: row.base as string,
  path: row.path as string,
  sizeBytes: row.size_bytes as number,
  mtimeMs: row.mtime_ms as number,
  state: row.state as MovieState,
  attempt: row.attempt as number,
  attemptLimit: row.attempt_limit as number,
  token: row.token as string | null,
  cycle: row.cycle as number | null,
  hashes: row.hashes as string | null,
  errorCode: row.error_code as ErrorCode | null,
});

export const toMovieRow = (row: SqlRow): MovieRow => ({
  seq: row.seq as number,
  base: row.base as string,
  path: row.path as string,
  state: row.state as MovieState,
  attempt: row.attempt as number,
  finishedAt: isoOf(row.finished_ms as number | null),
  seconds: row.seconds as number | null,
  defocusUA: row.defocus_u_a as number | null,
  defocusVA: row.defocus_v_a as number | null,
  astigmatismA: row.astigmatism_a as number | null,
  astigmatismAngleDeg: row.astigmatism_angle_deg as number | null,
  fitResolutionA: row.fit_resolution_a as number | null,
  confidence: row.confidence as number | null,
  iceRingScore: row.ice_ring_score as number | null,
  motionTotalA: row.motion_total_a as number | null,
  motionEarlyA: row.motion_early_a as number | null,
  motionLateA: row.motion_late_a as number | null,
  meanIntensity: row.mean_intensity as number | null,
  hasPictures: row.has_pictures === 1,
  errorCode: row.error_code as ErrorCode | null,
  errorMessage: row.error_message as string | null,
  retryAt: row.state === 'waiting' && row.retry_at_ms !== 0 ? isoOf(row.retry_at_ms as number) : null,
  verdict: (row.verdict as Verdict | null) ?? null,
  comment: (row.comment as string | null) ?? null,
});

/** Step hashes of a record as one text, to compare with the present recipe's. */
export const hashesText = (hashes: { align: string; ctf: string }): string => `${hashes.align}:${hashes.ctf}`;

/** The columns that a record fills, in the order of `RECORD_COLUMNS`. */
export function recordValues(record: ResultRecord): (number | string | null)[] {
  const { motion, ctf, statistics } = record;
  const seconds = (Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1000;
  return [
    hashesText(record.stepHashes),
    Date.parse(record.finishedAt),
    Math.max(0, seconds),
    ctf?.defocusUA ?? null,
    ctf?.defocusVA ?? null,
    ctf?.astigmatismA ?? null,
    ctf?.astigmatismAngleDeg ?? null,
    ctf?.fitResolutionA ?? null,
    ctf?.confidence ?? null,
    ctf?.iceRingScore ?? null,
    motion?.totalA ?? null,
    motion?.earlyA ?? null,
    motion?.lateA ?? null,
    statistics?.meanDosePerPixelFrame ?? null,
    'thumbnail' in record.files ? 1 : 0,
  ];
}

export const RECORD_COLUMNS = [
  'hashes',
  'finished_ms',
  'seconds',
  'defocus_u_a',
  'defocus_v_a',
  'astigmatism_a',
  'astigmatism_angle_deg',
  'fit_resolution_a',
  'confidence',
  'ice_ring_score',
  'motion_total_a',
  'motion_early_a',
  'motion_late_a',
  'mean_intensity',
  'has_pictures',
] as const;
