import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  CompatibilityStatus,
  ExecutorReport,
  MovieDetail,
  MovieLog,
  MoviePage,
  MovieRow,
  SessionDetail,
  SessionGainCheck,
  SessionKey,
  SessionSummary,
} from '../../contract/api.ts';
import type { MovieColumns } from '../../contract/columns.ts';
import { CodedError } from '../../contract/errors.ts';
import type { Grid, GridHoles } from '../../contract/grid.ts';
import type { TimelineEntry } from '../../contract/review.ts';
import { readRecord } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import { sessionGainCheckOf } from '../gain/session-gain-check.ts';
import type { Registry } from '../loading/registry.ts';
import { assertFolderName, movieUrlPathOf } from '../names.ts';
import type { MovieQuery, SessionPage, SessionPageQuery, SessionQueries } from '../service.ts';
import type { Session } from '../session.ts';
import type { Suggestions } from '../start/suggestions.ts';
import { movieLog } from './movie-log.ts';
import { isPicture, outputPath } from './output-path.ts';
import { pageOf } from './page.ts';
import type { PositionBackfill } from './position-backfill.ts';
import { compatibilityStatusOfSession, summaryOf } from './summary.ts';

/** Number of sessions that are summarised before other requests get a turn; takes a few milliseconds. */
const SESSIONS_PER_CHUNK = 50;

export interface QueriesParts {
  readonly registry: Registry;
  readonly suggestions: Suggestions;
  readonly positionBackfill: PositionBackfill;
}

/** Queries that are answered from memory, the ledger, or the record of one movie. */
export class Queries implements SessionQueries {
  private readonly context: Context;
  private readonly parts: QueriesParts;

  constructor(context: Context, parts: QueriesParts) {
    this.context = context;
    this.parts = parts;
  }

  async list(project: string, user: string): Promise<SessionSummary[]> {
    assertFolderName('project', project);
    assertFolderName('user', user);
    const sessions = this.parts.registry.present();
    return this.summaries(sessions.filter(({ key }) => key.project === project && key.user === user));
  }

  async all(): Promise<SessionSummary[]> {
    const { registry } = this.parts;
    const usable = await this.summaries(registry.present());
    const unusable = registry.unusable.summaries();
    return unusable.length === 0 ? usable : [...usable, ...unusable].sort(byName);
  }

  async page({ limit, after }: SessionPageQuery): Promise<SessionPage> {
    const { registry } = this.parts;
    const remaining = sortedByName(registry.present()).filter(({ key }) => nameOf(key) > after);
    const unusable = registry.unusable.summaries().filter((session) => nameOf(session) > after);
    const usable = await this.summaries(remaining.slice(0, limit));
    const sessions = [...usable, ...unusable].sort(byName).slice(0, limit);
    const last = sessions.at(-1);
    const hasMore = remaining.length + unusable.length > limit;
    return { sessions, nextCursor: last && hasMore ? nameOf(last) : null };
  }

  async find(key: SessionKey): Promise<SessionSummary | null> {
    const session = await this.parts.registry.find(key);
    return session && summaryOf(this.context, session);
  }

  async detail(key: SessionKey): Promise<SessionDetail | null> {
    const session = await this.parts.registry.find(key);
    if (session === null) return null;
    const { start } = session.lifecycle;
    const suggested = await this.parts.suggestions.forSession(session);
    const parameters = start ? { ...start.parameters } : null;
    return { ...summaryOf(this.context, session), parameters, suggested };
  }

  async gain(key: SessionKey): Promise<SessionGainCheck | null> {
    const session = await this.parts.registry.find(key);
    return session && sessionGainCheckOf(session);
  }

  async compatibilityStatus(key: SessionKey): Promise<CompatibilityStatus> {
    return compatibilityStatusOfSession(this.context, await this.parts.registry.find(key));
  }

  async movies(key: SessionKey, query: MovieQuery): Promise<MoviePage> {
    const { id } = await this.parts.registry.findOrThrow(key);
    const { movieRows } = this.context.ledger;
    return pageOf(query, (cursor, limit) =>
      movieRows.page(id, query.order, query.state ?? null, cursor, limit),
    );
  }

  async series(key: SessionKey, afterSeq: number, limit: number): Promise<MovieRow[]> {
    const { id } = await this.parts.registry.findOrThrow(key);
    return this.context.ledger.movieRows.series(id, afterSeq, limit);
  }

  async columns(key: SessionKey, afterSeq: number, limit: number): Promise<MovieColumns> {
    const { id } = await this.parts.registry.findOrThrow(key);
    return this.context.ledger.movieRows.columns(id, afterSeq, limit);
  }

  async grid(key: SessionKey): Promise<Grid> {
    return this.parts.positionBackfill.gridOf(await this.parts.registry.findOrThrow(key));
  }

  async gridHoles(key: SessionKey, square: string): Promise<GridHoles> {
    const { id } = await this.parts.registry.findOrThrow(key);
    return this.context.ledger.grid.holes(id, square);
  }

  async movie(key: SessionKey, base: string): Promise<MovieDetail> {
    const session = await this.parts.registry.findOrThrow(key);
    const row = this.rowOf(session, base);
    const record = await readRecord(session.paths, row.base);
    if (row.state === 'done') session.unreadableRecords.update(row.base, record !== null);
    const roles = Object.entries(record?.files ?? {}).filter(([, name]) => isPicture(name));
    const url = movieUrlPathOf(session.key, base);
    const pictures = Object.fromEntries(roles.map(([role]) => [role, `${url}/pictures/${role}`]));
    return { row, record, pictures };
  }

  async movieLog(key: SessionKey, base: string): Promise<MovieLog | null> {
    const session = await this.parts.registry.findOrThrow(key);
    return movieLog(this.context, session, this.rowOf(session, base).path);
  }

  async outputPath(key: SessionKey, base: string, role: string): Promise<string> {
    const session = await this.parts.registry.findOrThrow(key);
    return outputPath(session.paths, this.rowOf(session, base).base, role);
  }

  async timeline(key: SessionKey, limit: number): Promise<TimelineEntry[]> {
    return (await this.parts.registry.findOrThrow(key)).timeline.newest(limit);
  }

  async executors(): Promise<ExecutorReport[]> {
    return this.context.executors.reports();
  }

  /** Makes the summaries in chunks, so that other requests are handled in between. */
  private async summaries(sessions: readonly Session[]): Promise<SessionSummary[]> {
    const summaries: SessionSummary[] = [];
    for (const [i, session] of sortedByName(sessions).entries()) {
      if (i > 0 && i % SESSIONS_PER_CHUNK === 0) await nextTurn();
      summaries.push(summaryOf(this.context, session));
    }
    return summaries;
  }

  /** @throws CodedError NO_SUCH_MOVIE */
  private rowOf({ id }: Session, base: string): MovieRow {
    const row = this.context.ledger.movieRows.row(id, base);
    if (row === null) throw new CodedError('NO_SUCH_MOVIE', '');
    return row;
  }
}

const nameOf = ({ project, user, session }: SessionKey): string => `${project}/${user}/${session}`;
const byName = (a: SessionKey, b: SessionKey): number => (nameOf(a) < nameOf(b) ? -1 : 1);
const sortedByName = (sessions: readonly Session[]): Session[] =>
  sessions
    .map((session) => [nameOf(session.key), session] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, session]) => session);
