import { readRecords } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';

/** Number of records read in parallel, and of rows per transaction. */
const CHUNK = 64;

/**
 * Fills the columns of new metrics from the records on disk, session by session, while the service is
 * running, so that it starts without delay after an upgrade, even with millions of movies. Continues after a
 * restart.
 */
export class MetricBackfill {
  private readonly context: Context;
  private isClosed = false;
  private running: Promise<void> = Promise.resolve();

  constructor(context: Context) {
    this.context = context;
  }

  /** @param sessions - most recently opened first */
  begin(sessions: readonly Session[]): void {
    this.running = this.fillAll(sessions);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.running;
  }

  private async fillAll(sessions: readonly Session[]): Promise<void> {
    const { ledger, logger, bus } = this.context;
    let count = 0;
    for (const session of sessions) {
      try {
        count += await this.fill(session);
      } catch (error) {
        logger.warn({ session: session.key, error }, 'new metrics cannot be read from the records');
        continue;
      }
      if (this.isClosed) return;
      ledger.backfills.end(session.id);
    }
    if (count > 0) bus.emit('reloadNeeded', 'New metrics were read from the records.');
  }

  /** @returns the number of movies whose columns were filled */
  private async fill(session: Session): Promise<number> {
    const { backfills } = this.context.ledger;
    let count = 0;
    while (!this.isClosed) {
      const movies = backfills.next(session.id, CHUNK);
      const last = movies.at(-1);
      if (last === undefined) break;
      const records = await readRecords(
        session.paths,
        movies.map(({ base }) => base),
      );
      if (this.isClosed) break;
      this.context.ledger.transaction(() => {
        for (const [i, { seq, path }] of movies.entries()) {
          const record = records[i];
          if (record?.movie.path === path) backfills.fill(seq, record);
        }
        backfills.advance(session.id, last.seq);
      });
      count += movies.length;
    }
    return count;
  }
}
