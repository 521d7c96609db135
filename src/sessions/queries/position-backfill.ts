import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Grid } from '../../contract/grid.ts';
import { readRecords } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import type { SessionRef } from '../session-ref.ts';

/** Movies per transaction, by names only and with their records. */
const NAMES = 2000;
const RECORDS = 64;

const metaKey = (session: SessionRef): string => `placed ${session.id}`;

/** All movies of a new session get their positions as they are added. */
export const noteLocated = ({ ledger }: Context, session: SessionRef): void =>
  ledger.setMeta(metaKey(session), 'yes');

/**
 * Positions on the grid. A ledger of an earlier version does not have them: they are read from the records
 * when a session is first queried, so that the upgrade of a facility with millions of movies does not delay
 * its start.
 */
export class PositionBackfill {
  private readonly context: Context;
  private readonly named = new Map<number, Promise<void>>();
  private readonly reading = new Map<number, Promise<void>>();
  private isClosed = false;

  constructor(context: Context) {
    this.context = context;
  }

  async gridOf(session: SessionRef): Promise<Grid> {
    const { ledger } = this.context;
    if (ledger.getMeta(metaKey(session)) === null) await this.begin(session);
    return { ...ledger.grid.overview(session.id), isReading: this.reading.has(session.id) };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.allSettled([...this.named.values(), ...this.reading.values()]);
  }

  /** Resolves when the names are done; the records follow. */
  private begin(session: SessionRef): Promise<void> {
    let named = this.named.get(session.id);
    if (!named) {
      named = this.readNames(session);
      this.named.set(session.id, named);
      this.reading.set(
        session.id,
        named
          .then(() => this.readRecords(session))
          .catch((error) => {
            this.context.logger.warn({ session: session.key, error }, 'positions on the grid cannot be read');
            this.named.delete(session.id);
          })
          .finally(() => this.reading.delete(session.id)),
      );
    }
    return named;
  }

  private async readNames(session: SessionRef): Promise<void> {
    const { ledger } = this.context;
    for (let after = -1; !this.isClosed; await nextTurn()) {
      const movies = ledger.grid.after(session.id, after, NAMES);
      const last = movies.at(-1);
      if (last === undefined) return;
      ledger.transaction(() => {
        for (const { seq, path } of movies) ledger.grid.setPosition(seq, path, undefined);
      });
      after = last.seq;
    }
  }

  private async readRecords(session: SessionRef): Promise<void> {
    const { ledger } = this.context;
    for (let after = -1; !this.isClosed; ) {
      const movies = ledger.grid.after(session.id, after, RECORDS);
      const last = movies.at(-1);
      if (last === undefined) {
        noteLocated(this.context, session);
        return;
      }
      const recorded = movies.filter((movie) => movie.hasRecord);
      const records = await readRecords(
        session.paths,
        recorded.map(({ base }) => base),
      );
      if (this.isClosed) return;
      ledger.transaction(() => {
        for (const [i, { seq, path }] of recorded.entries()) {
          const record = records[i];
          if (record?.metadata && record.movie.path === path)
            ledger.grid.setPosition(seq, path, record.metadata);
        }
      });
      after = last.seq;
    }
  }
}
