import { join } from 'node:path';
import type {
  ExecutorReport,
  GainJudgement,
  MovieRow,
  SessionDetail,
  SessionKey,
  SessionSummary,
} from '../../src/contract/api.ts';
import { CodedError } from '../../src/contract/errors.ts';
import type { Grid, GridHoles } from '../../src/contract/grid.ts';
import type { ParameterValues } from '../../src/contract/parameters.ts';
import type { Preview, Trial } from '../../src/contract/preview.ts';
import { OUTPUT_ENDINGS, type OutputRole } from '../../src/contract/record.ts';
import type { ReviewChange } from '../../src/contract/review.ts';
import type { SessionState } from '../../src/contract/states.ts';
import type { FailureQuery, NumberedEvent, RetryChoice, SessionService } from '../../src/sessions/service.ts';
import { columnsOf } from '../web/rows.ts';

export const KEY: SessionKey = {
  project: 'ttrojan_123',
  user: 'ttrojan',
  session: '20210427113_usc_ttrojan_k3_mysample1',
};
export const MOVIES = 25;

const rowOf = (seq: number): MovieRow => ({
  seq,
  base: `movie-${seq}`,
  path: `movie-${seq}_fractions.tiff`,
  state: seq % 5 === 0 ? 'failed' : 'done',
  attempt: 1,
  finishedAt: '2026-01-01T00:00:00.000Z',
  seconds: 1.5,
  defocusUA: 12000,
  defocusVA: 11000,
  astigmatismA: 1000,
  astigmatismAngleDeg: 10,
  fitResolutionA: 4,
  confidence: 0.9,
  iceRingScore: null,
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

/**
 * The port of the sessions layer held in memory: one session of 25 movies, of which every fifth failed. It stands in
 * for the real service in tests of the HTTP layer only, and records what it is asked to do in `calls`.
 */
export class MemorySessionService implements SessionService {
  readonly calls: { name: string; values?: unknown }[] = [];
  readonly history: NumberedEvent[] = [];
  /** Events up to this id are forgotten. */
  forgottenId = 0;
  isReady = true;
  failure: Error | null = null;
  readonly #outputDir: string;
  #state: SessionState = 'needs_processing';
  readonly #listeners = new Set<(event: NumberedEvent) => void>();

  constructor(outputDir = '/nonexistent') {
    this.#outputDir = outputDir;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  async executors(): Promise<ExecutorReport[]> {
    const health = {
      state: 'away',
      detail: 'It does not answer.',
      since: '2026-01-01T00:00:00.000Z',
    } as const;
    return [
      { name: 'slurm', health, version: '22.05.8', slots: 100, threadsPerMovie: 1, queued: 3, running: 2 },
    ];
  }

  summary(): SessionSummary {
    const failed = Math.floor(MOVIES / 5);
    return {
      ...KEY,
      state: this.#state,
      reason: null,
      counts: { arriving: 0, waiting: 0, queued: 0, done: MOVIES - failed, failed, total: MOVIES },
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

  /** What the sessions layer would suggest for a start. */
  suggested: SessionDetail['suggested'] = {};

  async list(project: string, user: string) {
    return project === KEY.project && user === KEY.user ? [this.summary()] : [];
  }
  async all() {
    if (this.failure) throw this.failure;
    return [this.summary()];
  }
  async find(key: SessionKey) {
    return key.session === KEY.session ? this.summary() : null;
  }
  async detail(key: SessionKey) {
    const summary = await this.find(key);
    return summary ? { ...summary, parameters: null, suggested: this.suggested } : null;
  }
  judgement: GainJudgement = {
    ...{ verdict: 'pending', gain: null, best: null, scores: [], none: null, margin: null, error: null },
    ...{ movies: 0, base: null, picture: null, message: 'No movie was judged yet.', remedy: '' },
  };
  async gain(key: SessionKey) {
    return (await this.find(key)) && this.judgement;
  }
  async missionStatus(key: SessionKey) {
    const summary = await this.find(key);
    return {
      failed_jobs: summary?.counts.failed ?? 0,
      percent_current_cycle: summary ? 100 : 0,
      percent_done_total: summary ? 80 : 0,
      processed_files: summary?.counts.done ?? 0,
      raw_files: summary?.counts.total ?? 0,
      state: summary?.state ?? ('no_such_session' as const),
    };
  }
  async movies(_key: SessionKey, query: Parameters<SessionService['movies']>[1]) {
    const rows = this.#rows().filter((row) => !query.state || row.state === query.state);
    if (query.order === 'newest') rows.reverse();
    const start = query.cursor ? Number(query.cursor) : 0;
    const end = start + query.limit;
    return { movies: rows.slice(start, end), nextCursor: end < rows.length ? String(end) : null };
  }
  async series(_key: SessionKey, afterSeq: number, limit: number) {
    return this.#rows()
      .filter((row) => row.seq > afterSeq && row.state === 'done')
      .slice(0, limit);
  }
  async movie(_key: SessionKey, base: string) {
    const row = this.#rows().find((candidate) => candidate.base === base);
    if (!row) throw new CodedError('NO_SUCH_MOVIE', base);
    return { row, record: null, pictures: {} };
  }
  async outputPath(_key: SessionKey, base: string, role: string) {
    if (!Object.hasOwn(OUTPUT_ENDINGS, role)) throw new CodedError('NO_SUCH_PICTURE', role);
    return join(this.#outputDir, `${base}${OUTPUT_ENDINGS[role as OutputRole]}`);
  }
  async start(key: SessionKey, values: ParameterValues) {
    return this.#change('start', key, 'processing_start', values);
  }
  async stop(key: SessionKey, _by?: string, running?: string) {
    if (this.#state === 'needs_processing') throw new CodedError('WRONG_STATE', 'Nothing runs.');
    return this.#change('stop', key, 'needs_processing', running);
  }
  async preview(_key: SessionKey, values: Partial<ParameterValues>, isWhole: boolean): Promise<Preview> {
    this.calls.push({ name: 'preview', values: { values, isWhole } });
    return { movies: null, skipped: [], contradictions: [], notes: [], sample: null };
  }
  async tryOut(_key: SessionKey, values: ParameterValues, base: string | null): Promise<Trial> {
    this.calls.push({ name: 'tryOut', values: { values, base } });
    return {
      ...{ id: 'trial-1', base: base ?? 'movie-25', state: 'running', startedAt: '2026-01-01T00:00:00.000Z' },
      ...{
        executor: 'local',
        parameters: { ...values },
        message: null,
        remedy: null,
        record: null,
        pictures: {},
      },
    };
  }
  async trial() {
    return null;
  }
  async cancelTrial() {
    return null;
  }
  async trialPicture(_key: SessionKey, _id: string, role: string) {
    return this.outputPath(_key, 'movie-1', role);
  }
  async resume(key: SessionKey, changes: Partial<ParameterValues>) {
    return this.#change('resume', key, 'processing', changes);
  }
  async columns(_key: SessionKey, afterSeq: number, limit: number) {
    const rows = this.#rows().filter((row) => row.seq > afterSeq && row.state === 'done');
    return columnsOf(rows.slice(0, limit), rows.length > limit);
  }
  async grid(): Promise<Grid> {
    return {
      squares: [
        {
          ...{ name: '29273632', total: 20, done: 16, failed: 4, holes: 5, stageUm: { x: -120.5, y: 33 } },
          defocusOffset: { meanUm: 0.08, sdUm: null, movies: 1 },
        },
      ],
      runs: [[1, 20, 0]],
      ...{ elsewhere: 5, isReading: false },
    };
  }
  async gridHoles(_key: SessionKey, square: string): Promise<GridHoles> {
    const { seq, base, state } = rowOf(1);
    const exposure = { seq, base, state, shot: '2', stageUm: { x: -120, y: 33 }, targetDefocusUm: 1.2 };
    const holes = [
      { name: '29274601', exposures: [{ ...exposure, shift: [0.01, -0.02] as [number, number] }] },
    ];
    return { square, shiftUnit: 'program', holes: square === '29273632' ? holes : [] };
  }
  async failureCauses() {
    return [{ code: 'MOVIE_TRUNCATED' as const, count: MOVIES / 5, aside: 0 }];
  }
  async failures(_key: SessionKey, query: FailureQuery) {
    const rows = this.#rows().filter((row) => row.state === 'failed' && row.errorCode === query.code);
    return { movies: query.aside ? [] : rows.slice(0, query.limit), nextCursor: null };
  }
  async movieLog(_key: SessionKey, base: string) {
    return base === 'movie-1' ? { file: 'workflow/batch.log', text: 'all well\n', isCut: false } : null;
  }
  async timeline() {
    return [{ at: '2026-01-01T00:00:00.000Z', what: 'started' as const, by: 'somebody', note: null }];
  }
  async review(_key: SessionKey, bases: readonly string[], change: ReviewChange, by: string) {
    this.calls.push({ name: 'review', values: { bases, change, by } });
    return bases.length;
  }
  async retry(_key: SessionKey, which: RetryChoice) {
    this.calls.push({ name: 'retry', values: which });
    return which.base === undefined ? 5 : 1;
  }
  subscribe(lastId: number | null, listener: (event: NumberedEvent) => void) {
    if (lastId !== null) {
      const last = this.history.at(-1)?.id ?? 0;
      if (lastId < this.forgottenId || lastId > last)
        listener({ id: last, event: { event: 'reset', data: { reason: 'forgotten' } } });
      for (const event of this.history) if (event.id > Math.max(lastId, this.forgottenId)) listener(event);
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  ready() {
    return this.isReady;
  }
  async close() {}

  #rows(): MovieRow[] {
    return Array.from({ length: MOVIES }, (_, i) => rowOf(i + 1));
  }

  async #change(
    name: string,
    key: SessionKey,
    state: SessionState,
    values?: unknown,
  ): Promise<SessionSummary> {
    if (!(await this.find(key))) throw new CodedError('NO_SUCH_SESSION', key.session);
    this.calls.push({ name, values });
    this.#state = state;
    return this.summary();
  }
}
