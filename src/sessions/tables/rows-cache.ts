import { BoundedMap } from '../../base/bounded-map.ts';
import { readRecords } from '../../pipeline/record-file.ts';
import { type MicrographRow, micrographRow } from '../../pipeline/session-stars.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';

/** Number of records read in parallel; other tasks can run after each group. */
const CHUNK = 16;
/** Number of sessions whose rows are kept in memory; rows of other sessions are read again when needed. */
const MAX_KEPT_SESSIONS = 4;

type CachedRows = Map<string, { finishedMs: number; row: MicrographRow | null }>;

/**
 * Rows of the STAR tables for finished movies. A record is read once, and again if its movie was reprocessed.
 */
export class RowsCache {
  private readonly sessions = new BoundedMap<number, CachedRows>(MAX_KEPT_SESSIONS);

  /** @returns rows in the order of discovery */
  async rowsOf({ ledger }: Context, session: Session, isClosing: () => boolean): Promise<MicrographRow[]> {
    const cached: CachedRows = this.sessions.get(session.id) ?? new Map();
    this.sessions.renew(session.id, cached);

    const doneMovies = ledger.movieRows.doneMovies(session.id);
    const unreadMovies = doneMovies.filter(
      ({ base, finishedMs }) => cached.get(base)?.finishedMs !== finishedMs,
    );
    for (let from = 0; from < unreadMovies.length && !isClosing(); from += CHUNK) {
      const chunk = unreadMovies.slice(from, from + CHUNK);
      const records = await readRecords(
        session.paths,
        chunk.map(({ base }) => base),
      );
      for (const [i, { base, finishedMs }] of chunk.entries()) {
        const record = records[i];
        session.unreadableRecords.update(base, record != null);
        cached.set(base, { finishedMs, row: record ? micrographRow(record) : null });
      }
    }
    return doneMovies.flatMap(({ base }) => cached.get(base)?.row ?? []);
  }
}
