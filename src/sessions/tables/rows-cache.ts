import { readRecord } from '../../pipeline/record-file.ts';
import { type MicrographRow, micrographRow } from '../../pipeline/session-stars.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';

/** Records read in parallel; between two such groups other tasks run. */
const CHUNK = 16;
/** Number of sessions whose rows are kept in memory; those of others are read again when needed. */
const KEPT_SESSIONS = 4;

type Known = Map<string, { finishedMs: number; row: MicrographRow | null }>;

/**
 * Rows of the finished movies of sessions. A record is read once, and again when its movie was reprocessed.
 */
export class RowsCache {
  private readonly sessions = new Map<number, Known>();

  /** @returns rows in the order in which the movies were seen */
  async rowsOf({ ledger }: Context, session: Session, isEnding: () => boolean): Promise<MicrographRow[]> {
    const known: Known = this.sessions.get(session.id) ?? new Map();
    this.sessions.delete(session.id); // makes it the newest
    this.sessions.set(session.id, known);
    for (const id of this.sessions.keys()) if (this.sessions.size > KEPT_SESSIONS) this.sessions.delete(id);

    const done = ledger.movieRows.done(session.id);
    const unread = done.filter(({ base, finishedMs }) => known.get(base)?.finishedMs !== finishedMs);
    for (let from = 0; from < unread.length && !isEnding(); from += CHUNK) {
      const chunk = unread.slice(from, from + CHUNK);
      const records = await Promise.all(chunk.map(({ base }) => readRecord(session.paths.processed, base)));
      for (const [i, { base, finishedMs }] of chunk.entries()) {
        const record = records[i];
        known.set(base, { finishedMs, row: record ? micrographRow(record) : null });
      }
    }
    return done.flatMap(({ base }) => known.get(base)?.row ?? []);
  }
}
