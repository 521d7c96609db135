import { join } from 'node:path';
import { Mutex } from '../base/mutex.ts';
import type { SessionKey } from '../contract/api.ts';
import type { ParameterValues } from '../contract/parameters.ts';
import { reviewLineSchema, timelineEntrySchema } from '../contract/review.ts';
import type { SessionState } from '../contract/states.ts';
import type { GivenNames } from './discovery/patterns.ts';
import type { GainVote } from './gain/votes.ts';
import { Arrivals } from './live/arrivals.ts';
import type { SessionPaths } from './names.ts';
import { JsonLines } from './workflow/json-lines.ts';
import type { StartFile } from './workflow/start-file.ts';

export interface Setback {
  readonly count: number;
  readonly untilMs: number;
  /** What happened, a sentence. */
  readonly detail: string;
}
export const NO_SETBACK: Setback = { count: 0, untilMs: Number.NEGATIVE_INFINITY, detail: '' };

/** What the service holds in memory of one session; all of it can be made anew from the ledger and the disk. */
export interface Session {
  readonly id: number;
  readonly key: SessionKey;
  readonly paths: SessionPaths;
  /** Start, stop, resume and submitting pass one at a time. */
  readonly mutex: Mutex;
  state: SessionState;
  reason: string | null;
  /** The last start; null before the first. */
  start: StartFile | null;
  /** Step hashes of the present recipe, as `hashesText`. */
  hashes: string | null;
  /** False: its folder is gone, or was not met since the service runs. */
  exists: boolean;
  /** raw was looked through at least once. */
  looked: boolean;
  rawFault: string | null;
  lookWarnings: readonly string[];
  /** What keeps its batches from getting on where they run; empty where nothing does. */
  placeWarnings: readonly string[];
  /** What the newest movies say of the gain. */
  gainVotes: readonly GainVote[];
  /** When a movie was last seen for the first time, monotonic. */
  lastNewMs: number;
  /** When a movie last arrived while the service watched, monotonic: the microscope works. */
  lastArrivalMs: number;
  /** Movies that arrived while the service watched: how fast the microscope is. */
  readonly arrivals: Arrivals;
  /** What the newest movies have saved up of their share of batches: at 1 it is their turn. */
  liveCredit: number;
  /** No submission before this, monotonic: the disk is full, or the executor refused. */
  heldUntilMs: number;
  /** The disk is full or refuses to be written: work goes on by itself when that has passed. */
  awaitsDisk: boolean;
  barrenBatches: number;
  /** Batches in turn that were taken away from it, with no result between them; it waits until then, monotonic. */
  setback: Setback;
  settingsRun: { code: string; count: number };
  /** Results came since the session's tables were written; null: not looked at since the service runs. */
  areTablesOld: boolean | null;
  /** Movies that changed while a batch works on them: path -> token. They wait until that batch has ended. */
  readonly abandoned: Map<string, string>;
  /** `processed/reviews.jsonl`: what people decided of movies. */
  readonly reviews: JsonLines<typeof reviewLineSchema>;
  /** `workflow/timeline.jsonl`: what happened, when, by whom. */
  readonly timeline: JsonLines<typeof timelineEntrySchema>;
}

export function newSession(id: number, key: SessionKey, paths: SessionPaths, nowMs: number): Session {
  return {
    id,
    key,
    paths,
    mutex: new Mutex(),
    state: 'unknown',
    reason: null,
    start: null,
    hashes: null,
    exists: true,
    looked: false,
    rawFault: null,
    lookWarnings: [],
    placeWarnings: [],
    gainVotes: [],
    lastNewMs: nowMs,
    lastArrivalMs: Number.NEGATIVE_INFINITY,
    arrivals: new Arrivals(),
    liveCredit: 0.5,
    heldUntilMs: Number.NEGATIVE_INFINITY,
    awaitsDisk: false,
    barrenBatches: 0,
    setback: NO_SETBACK,
    settingsRun: { code: '', count: 0 },
    areTablesOld: null,
    abandoned: new Map(),
    reviews: new JsonLines(join(paths.processed, 'reviews.jsonl'), reviewLineSchema),
    timeline: new JsonLines(join(paths.workflow, 'timeline.jsonl'), timelineEntrySchema),
  };
}

export const isWanted = (session: Session): boolean => session.start?.wanted === 'running';

export const namesIn = (values: Partial<ParameterValues> | undefined): GivenNames => ({
  prefix: values?.basename_prefix,
  suffix: values?.basename_suffix,
  extension: values?.basename_extension,
});

export const namesOf = (session: Session): GivenNames => namesIn(session.start?.parameters);
