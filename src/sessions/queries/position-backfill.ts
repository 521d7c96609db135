import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Grid } from '../../contract/grid.ts';
import { readRecords } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import type { SessionRef } from '../session-ref.ts';

/** Number of movies per transaction, for positions from file names and for those from records. */
const NAMES_PER_CHUNK = 2000;
const RECORDS_PER_CHUNK = 64;

const metaKey = (session: SessionRef): string => `placed ${session.id}`;

/** Notes that all movies have their positions; movies of a new session get them when they are added. */
export const markPositionsComplete = ({ ledger }: Context, session: SessionRef): void =>
  ledger.setMeta(metaKey(session), 'yes');

/**
 * Positions on the grid. The ledger of an earlier version does not contain them: they are read from the
 * records when the grid of a session is first queried, so that the service starts without delay after an
 * upgrade, even with millions of movies.
 */
export class PositionBackfill {
  private readonly context: Context;
  /** By session: reading positions from file names, also if completed. */
  private readonly nameReads = new Map<number, Promise<void>>();
  /** By session: reading positions from records, until completed. */
  private readonly recordReads = new Map<number, Promise<void>>();
  private isClosed = false;

  constructor(context: Context) {
    this.context = context;
  }

  async gridOf(session: SessionRef): Promise<Grid> {
    const { ledger } = this.context;
    if (ledger.getMeta(metaKey(session)) === null) await this.begin(session);
    return { ...ledger.grid.overview(session.id), isReading: this.recordReads.has(session.id) };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.allSettled([...this.nameReads.values(), ...this.recordReads.values()]);
  }

  /** Resolves when the positions from names are stored; the records are read afterwards. */
  private begin(session: SessionRef): Promise<void> {
    let nameRead = this.nameReads.get(session.id);
    if (!nameRead) {
      nameRead = this.readNames(session);
      this.nameReads.set(session.id, nameRead);
      this.recordReads.set(
        session.id,
        nameRead
          .then(() => this.readRecords(session))
          .catch((error) => {
            this.context.logger.warn({ session: session.key, error }, 'positions on the grid cannot be read');
            this.nameReads.delete(session.id);
          })
          .finally(() => this.recordReads.delete(session.id)),
      );
    }
    return nameRead;
  }

  private async readNames(session: SessionRef): Promise<void> {
    const { ledger } = this.context;
    for (let afterSeq = -1; !this.isClosed; await nextTurn()) {
      const movies = ledger.grid.moviesAfter(session.id, afterSeq, NAMES_PER_CHUNK);
      const last = movies.at(-1);
      if (last === undefined) return;
      ledger.transaction(() => {
        for (const { seq, path } of movies) ledger.grid.setPosition(seq, path, undefined);
      });
      afterSeq = last.seq;
    }
  }

  private async readRecords(session: SessionRef): Promise<void> {
    const { ledger } = this.context;
    for (let afterSeq = -1; !this.isClosed; ) {
      const movies = ledger.grid.moviesAfter(session.id, afterSeq, RECORDS_PER_CHUNK);
      const last = movies.at(-1);
      if (last === undefined) {
        markPositionsComplete(this.context, session);
        return;
      }
      const moviesWithRecord = movies.filter((movie) => movie.hasRecord);
      const records = await readRecords(
        session.paths,
        moviesWithRecord.map(({ base }) => base),
      );
      if (this.isClosed) return;
      ledger.transaction(() => {
        for (const [i, { seq, path }] of moviesWithRecord.entries()) {
          const record = records[i];
          if (record?.metadata && record.movie.path === path)
            ledger.grid.setPosition(seq, path, record.metadata);
        }
      });
      afterSeq = last.seq;
    }
  }
}
