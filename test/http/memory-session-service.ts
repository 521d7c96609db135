import { join } from 'node:path';
import type {
  MovieRow,
  SessionDetail,
  SessionGainCheck,
  SessionKey,
  SessionSummary,
} from '../../src/contract/api.ts';
import { CodedError } from '../../src/contract/errors.ts';
import type { Trial } from '../../src/contract/preview.ts';
import { OUTPUT_SUFFIXES } from '../../src/contract/record.ts';
import type { SessionState } from '../../src/contract/states.ts';
import { assertFolderName, assertKey } from '../../src/sessions/names.ts';
import type {
  NumberedEvent,
  SessionCommands,
  SessionEvents,
  SessionQueries,
  SessionReview,
  SessionService,
  SessionTrials,
  StuckFolder,
} from '../../src/sessions/service.ts';
import { columnsOf } from '../web/rows.ts';
import { EXECUTORS, GRID, holesOf, KEY, MOVIES, PENDING_GAIN_CHECK, pageOf, rowOf } from './memory-movies.ts';

export { KEY } from './memory-movies.ts';

/**
 * An in-memory implementation of the ports of the sessions layer: one stopped session with 25 movies, of
 * which every fifth has failed. It replaces the real service only in tests of the HTTP layer, passes the same
 * conformance suite, and records its calls in `calls`.
 */
export class MemorySessionService implements SessionService {
  readonly calls: { name: string; values?: unknown }[] = [];
  readonly history: NumberedEvent[] = [];
  /** Events up to this id are no longer stored. */
  lastDroppedId = 0;
  isReady = true;
  /** Base names of additional movies that can be reviewed. */
  additionalBases: ReadonlySet<string> = new Set();
  wasStarted = true;
  failure: Error | null = null;
  /** Values that the sessions layer suggests for a start. */
  suggested: SessionDetail['suggested'] = {};
  gainCheck: SessionGainCheck = PENDING_GAIN_CHECK;
  readonly #outputDir: string;
  readonly #rows: MovieRow[] = Array.from({ length: MOVIES }, (_, i) => rowOf(i + 1));
  readonly #listeners = new Set<(event: NumberedEvent) => void>();
  #state: SessionState = 'needs_processing';
  #trial: Trial | null = null;

  constructor(outputDir = '/nonexistent') {
    this.#outputDir = outputDir;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  summary(): SessionSummary {
    const failed = this.#inState('failed').length;
    return {
      ...KEY,
      state: this.#state,
      reason: null,
      counts: { arriving: 0, waiting: 0, queued: 0, done: MOVIES - failed, failed, total: MOVIES },
      skipped: [{ reason: 'packed', count: 2, example: 'a.tif.gz' }],
      cycle: null,
      ratePerHour: null,
      arrivalsPerHour: null,
      secondsLeft: null,
      behindSince: null,
      lastMovieAt: '2026-01-01T00:00:00.000Z',
      lastResultAt: null,
      warnings: [],
      lastThumbnail: null,
    };
  }

  publish(event: NumberedEvent): void {
    this.history.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  readonly queries: SessionQueries = {
    list: async (project, user) => {
      assertFolderName('project', project);
      assertFolderName('user', user);
      return project === KEY.project && user === KEY.user ? [this.summary()] : [];
    },
    all: async () => {
      if (this.failure) throw this.failure;
      return [this.summary()];
    },
    page: async ({ after }) => ({
      sessions: after < `${KEY.project}/${KEY.user}/${KEY.session}` ? [this.summary()] : [],
      nextCursor: null,
    }),
    find: async (key) => (this.#exists(key) ? this.summary() : null),
    detail: async (key) =>
      this.#exists(key) ? { ...this.summary(), parameters: null, suggested: this.suggested } : null,
    gain: async (key) => (this.#exists(key) ? this.gainCheck : null),
    compatibilityStatus: async (key) => {
      const summary = this.#exists(key) ? this.summary() : null;
      return {
        failed_jobs: summary?.counts.failed ?? 0,
        percent_current_cycle: summary ? 100 : 0,
        percent_done_total: summary ? 80 : 0,
        processed_files: summary?.counts.done ?? 0,
        raw_files: summary?.counts.total ?? 0,
        state: summary?.state ?? 'no_such_session',
      };
    },
    movies: async (key, query) => {
      this.#assertExists(key);
      const rows = this.#rows.filter((row) => !query.state || row.state === query.state);
      return pageOf(query.order === 'newest' ? rows.reverse() : rows, query);
    },
    series: async (key, afterSeq, limit) => {
      this.#assertExists(key);
      return this.#rows.filter((row) => row.seq > afterSeq).slice(0, limit);
    },
    columns: async (key, afterSeq, limit) => {
      this.#assertExists(key);
      const rows = this.#inState('done').filter((row) => row.seq > afterSeq);
      return columnsOf(rows.slice(0, limit), rows.length > limit);
    },
    grid: async (key) => {
      this.#assertExists(key);
      return GRID;
    },
    gridHoles: async (key, square) => {
      this.#assertExists(key);
      return holesOf(square);
    },
    movie: async (key, base) => ({ row: this.#movie(key, base), record: null, pictures: {} }),
    movieLog: async (key, base) =>
      this.#movie(key, base).seq === 1
        ? { file: 'workflow/batch.log', text: 'all well\n', isCut: false }
        : null,
    outputPath: async (key, base, role) => {
      const row = this.#movie(key, base);
      return join(this.#outputDir, `${row.base}${suffixOf(role)}`);
    },
    timeline: async (key) => {
      this.#assertExists(key);
      return [{ at: '2026-01-01T00:00:00.000Z', what: 'started', by: 'somebody', note: null }];
    },
    executors: async () => EXECUTORS,
  };

  readonly commands: SessionCommands = {
    start: async (key, values) => this.#changeState('start', key, 'processing_start', values),
    stop: async (key, _by, running) =>
      this.#changeState(
        'stop',
        key,
        this.#state === 'processing_complete' ? this.#state : 'needs_processing',
        running,
      ),
    resume: async (key, changes) => {
      this.#assertExists(key);
      if (!this.wasStarted) throw new CodedError('WRONG_STATE', 'The session was never started.');
      return this.#changeState('resume', key, 'processing', changes);
    },
    retry: async (key, choice) => {
      const movie = choice.base === undefined ? null : this.#movie(key, choice.base);
      this.#assertExists(key);
      this.calls.push({ name: 'retry', values: choice });
      const failed = this.#inState('failed').filter((row) => row.verdict !== 'rejected');
      if (movie) return movie.state === 'failed' ? 1 : 0;
      return failed.filter((row) => choice.code === undefined || row.errorCode === choice.code).length;
    },
  };

  readonly review: SessionReview = {
    decide: async (key, bases, change, by) => {
      this.#assertExists(key);
      for (const base of bases) if (!this.additionalBases.has(base)) this.#movie(key, base);
      if (bases.length === 0) return 0;
      this.calls.push({ name: 'review', values: { bases, change, by } });
      const { verdict = null } = change;
      for (const row of this.#rows) if (bases.includes(row.base)) Object.assign(row, { verdict });
      return bases.length;
    },
    failureCauses: async (key) => {
      this.#assertExists(key);
      const failed = this.#inState('failed');
      const aside = failed.filter((row) => row.verdict === 'rejected').length;
      return [{ code: 'MOVIE_TRUNCATED', count: failed.length - aside, aside }];
    },
    failures: async (key, query) => {
      this.#assertExists(key);
      const rows = this.#inState('failed').filter((row) => row.errorCode === query.code);
      const found = rows.filter((row) => (row.verdict === 'rejected') === query.aside);
      return pageOf(found.reverse(), query);
    },
  };

  readonly trials: SessionTrials = {
    preview: async (key, values, isComplete) => {
      this.#assertExists(key);
      this.calls.push({ name: 'preview', values: { values, isComplete } });
      return { movies: null, skipped: [], contradictions: [], notes: [], sample: null };
    },
    begin: async (key, values, base): Promise<Trial> => {
      const row = this.#movie(key, base ?? `movie-${MOVIES}`);
      this.calls.push({ name: 'begin', values: { values, base } });
      this.#trial = {
        id: 'trial-1',
        base: row.base,
        state: 'running',
        startedAt: '2026-01-01T00:00:00.000Z',
        executor: 'local',
        parameters: { ...values },
        message: null,
        remedy: null,
        record: null,
        pictures: {},
      };
      return this.#trial;
    },
    last: async (key) => {
      this.#assertExists(key);
      return this.#trial;
    },
    cancel: async (key) => {
      this.#assertExists(key);
      if (this.#trial) this.#trial = { ...this.#trial, state: 'cancelled' };
      return this.#trial;
    },
    picturePath: async (key, id, role) => {
      this.#assertExists(key);
      if (id !== 'trial-1') throw new CodedError('NO_SUCH_PICTURE', id);
      return join(this.#outputDir, `movie-1${suffixOf(role)}`);
    },
  };

  readonly events: SessionEvents = {
    subscribe: (lastId, listener) => {
      const last = this.history.at(-1)?.id ?? 0;
      if (lastId !== null && (lastId < this.lastDroppedId || lastId > last))
        listener({ id: last, event: { event: 'reset', data: { reason: 'dropped' } } });
      if (lastId !== null)
        for (const event of this.history)
          if (event.id > Math.max(lastId, this.lastDroppedId)) listener(event);
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
  };

  ready = () => this.isReady;

  stuckFolders: StuckFolder[] = [];

  stuck = () => this.stuckFolders;

  async close() {
    this.isReady = false;
  }

  #exists(key: SessionKey): boolean {
    assertKey(key);
    return key.project === KEY.project && key.user === KEY.user && key.session === KEY.session;
  }

  #assertExists(key: SessionKey): void {
    if (!this.#exists(key)) throw new CodedError('NO_SUCH_SESSION', key.session);
  }

  #movie(key: SessionKey, base: string): MovieRow {
    this.#assertExists(key);
    const row = this.#rows.find((candidate) => candidate.base === base);
    if (!row) throw new CodedError('NO_SUCH_MOVIE', base);
    return row;
  }

  #inState(state: MovieRow['state']): MovieRow[] {
    return this.#rows.filter((row) => row.state === state);
  }

  async #changeState(
    name: string,
    key: SessionKey,
    state: SessionState,
    values?: unknown,
  ): Promise<SessionSummary> {
    this.#assertExists(key);
    this.calls.push({ name, values });
    this.#state = state;
    return this.summary();
  }
}

const suffixOf = (role: string): string => {
  const suffix = Object.entries(OUTPUT_SUFFIXES).find(([name]) => name === role)?.[1];
  if (suffix === undefined) throw new CodedError('NO_SUCH_PICTURE', role);
  return suffix;
};
