import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  FailureCauses,
  MovieDetail,
  MovieLog,
  MoviePage,
  MovieRow,
  SessionDetail,
} from '../contract/api.ts';
import type { MovieColumns } from '../contract/columns.ts';
import { CodedError } from '../contract/errors.ts';
import { readRecord } from '../pipeline/record-file.ts';
import type { Suggestions } from './beginning/suggestions.ts';
import type { Context } from './context.ts';
import { movieLog } from './movie-log.ts';
import { isInside, moviePathOf } from './names.ts';
import type { FailureQuery, MovieQuery } from './service.ts';
import type { Session } from './session.ts';
import { summaryOf } from './summary.ts';

const PICTURE = /\.(jpe?g|png)$/i;

/** Questions about one session that go beyond its summary. */
export class Queries {
  private readonly context: Context;
  private readonly suggestions: Suggestions;

  constructor(context: Context, suggestions: Suggestions) {
    this.context = context;
    this.suggestions = suggestions;
  }

  async detail(session: Session): Promise<SessionDetail> {
    const { ledger, clock, settings } = this.context;
    const summary = summaryOf(ledger, clock, settings.batches.cycleSize, session);
    const parameters = session.start ? { ...session.start.parameters } : null;
    return { ...summary, parameters, suggested: await this.suggestions.of(session) };
  }

  movies(session: Session, query: MovieQuery): MoviePage {
    const { movieRows } = this.context.ledger;
    return pageOf(query, (cursor, limit) =>
      movieRows.page(session.id, query.order, query.state ?? null, cursor, limit),
    );
  }

  columns(session: Session, afterSeq: number, limit: number): MovieColumns {
    return this.context.ledger.movieRows.columns(session.id, afterSeq, limit);
  }

  failureCauses(session: Session): FailureCauses {
    const causes = new Map<FailureCauses[number]['code'], FailureCauses[number]>();
    for (const { code, aside, count } of this.context.ledger.movieRows.causes(session.id)) {
      const cause = causes.get(code) ?? { code, count: 0, aside: 0 };
      cause[aside ? 'aside' : 'count'] += count;
      causes.set(code, cause);
    }
    return [...causes.values()].sort((a, b) => b.count - a.count || b.aside - a.aside);
  }

  failures(session: Session, query: FailureQuery): MoviePage {
    const { movieRows } = this.context.ledger;
    return pageOf(query, (cursor, limit) =>
      movieRows.failures(session.id, query.code, query.aside, cursor, limit),
    );
  }

  /** @throws CodedError NO_SUCH_MOVIE */
  movieLog(session: Session, base: string): Promise<MovieLog | null> {
    return movieLog(session, this.rowOf(session, base).path);
  }

  series(session: Session, afterSeq: number, limit: number): MovieRow[] {
    return this.context.ledger.movieRows.series(session.id, afterSeq, limit);
  }

  /** @throws CodedError NO_SUCH_MOVIE */
  async movie(session: Session, base: string): Promise<MovieDetail> {
    const row = this.rowOf(session, base);
    const record = await readRecord(session.paths.processed, row.base);
    const roles = Object.entries(record?.files ?? {}).filter(([, name]) => PICTURE.test(name));
    const path = moviePathOf(session.key, base);
    return {
      row,
      record,
      pictures: Object.fromEntries(roles.map(([role]) => [role, `${path}/pictures/${role}`])),
    };
  }

  /** @throws CodedError NO_SUCH_MOVIE, NO_SUCH_PICTURE */
  async outputPath(session: Session, base: string, role: string): Promise<string> {
    const row = this.rowOf(session, base);
    const record = await readRecord(session.paths.processed, row.base);
    const name = record && Object.hasOwn(record.files, role) ? record.files[role] : undefined;
    if (name === undefined) throw new CodedError('NO_SUCH_PICTURE', '');
    const path = join(session.paths.processed, name);
    try {
      const [folder, real] = await Promise.all([realpath(session.paths.processed), realpath(path)]);
      if (!isInside(folder, real)) throw new CodedError('NO_SUCH_PICTURE', '');
      return real;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new CodedError('NO_SUCH_PICTURE', '');
      throw error;
    }
  }

  private rowOf(session: Session, base: string): MovieRow {
    const row = this.context.ledger.movieRows.row(session.id, base);
    if (row === null) throw new CodedError('NO_SUCH_MOVIE', '');
    return row;
  }
}

/** One row more than asked for is read, to know whether there is a next page. @throws CodedError BAD_PARAMETERS */
function pageOf(
  query: Pick<MovieQuery, 'cursor' | 'limit'>,
  read: (cursor: number | null, limit: number) => MovieRow[],
): MoviePage {
  const cursor = query.cursor === undefined ? null : Number(query.cursor);
  if (cursor !== null && !Number.isSafeInteger(cursor))
    throw new CodedError('BAD_PARAMETERS', 'The cursor is not one of a page before.', { field: 'cursor' });
  const limit = Math.min(1000, Math.max(1, query.limit));
  const rows = read(cursor, limit + 1);
  const movies = rows.slice(0, limit);
  return { movies, nextCursor: rows.length > limit ? String(movies.at(-1)!.seq) : null };
}
