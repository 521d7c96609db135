import { join } from 'node:path';
import { writeBelow } from '../../base/below.ts';
import { isInProgress } from '../../contract/states.ts';
import { CORRECTED_STAR, CTF_STAR, correctedStar, ctfStar } from '../../pipeline/session-stars.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';
import type { SessionRef } from '../session-ref.ts';
import { RowsCache } from './rows-cache.ts';

/** After writing, the pause is at least this many times as long as the writing took, to limit the load. */
const MIN_PAUSE_FACTOR = 50;

/** State of the tables of a session; all times are monotonic. */
interface TablesState {
  /** Whether there are newer results or decisions; null: not checked since the service started. */
  isOutdated: boolean | null;
  /** Not written before this time while the session is being processed; null: not set yet. */
  notBeforeMs: number | null;
  /** Not written before this time after a failure. */
  heldUntilMs: number;
  writing: Promise<void> | null;
}

const metaKey = ({ id }: SessionRef) => `tables of session ${id}`;

/**
 * Keeps `corrected_micrographs.star` and `micrographs_ctf.star` of the sessions up to date: at once if a
 * session is complete, stopped or has failed, and at intervals while it is being processed. The ledger stores
 * the time of the last result in the tables, so that outdated tables are written after a crash, and others
 * are not written again.
 */
export class SessionTables {
  private readonly context: Context;
  private readonly cache = new RowsCache();
  private readonly bySession = new Map<number, TablesState>();
  private isClosed = false;

  constructor(context: Context) {
    this.context = context;
    context.bus.on('resultStored', (session) => {
      this.stateOf(session).isOutdated = true;
    });
    context.bus.on('decisionsChanged', (session) => {
      this.stateOf(session).isOutdated = true;
      // The next service process writes the tables if this one ends before doing so.
      context.ledger.setMeta(metaKey(session), 'reviewed');
    });
  }

  /** Starts to write tables that are due. Called in every round for every session, so it must be fast. */
  reconcile(session: Session): void {
    const { lifecycle, raw } = session;
    const tables = this.stateOf(session);
    if (tables.isOutdated === false || lifecycle.start === null || !raw.exists) return;
    if (this.isClosed || tables.writing !== null) return;
    tables.isOutdated ??= this.hasNewerResult(session);
    if (!tables.isOutdated) return;
    const nowMs = this.context.clock.monotonicMs();
    if (nowMs < tables.heldUntilMs) return;
    const isWorking = isInProgress(lifecycle.state);
    const { notBeforeMs } = tables;
    tables.notBeforeMs ??= nowMs + this.context.tuning.tablesMs;
    if (isWorking && (notBeforeMs === null || nowMs < notBeforeMs)) return;
    tables.writing = this.write(session, tables).finally(() => {
      tables.writing = null;
    });
  }

  /** Waits for running writes. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.bySession.values()].map(({ writing }) => writing));
  }

  private stateOf({ id }: SessionRef): TablesState {
    let tables = this.bySession.get(id);
    if (!tables) {
      tables = {
        isOutdated: null,
        notBeforeMs: null,
        heldUntilMs: Number.NEGATIVE_INFINITY,
        writing: null,
      };
      this.bySession.set(id, tables);
    }
    return tables;
  }

  private hasNewerResult(session: SessionRef): boolean {
    const { ledger } = this.context;
    const { lastResultMs } = ledger.sessions.get(session.id);
    return lastResultMs !== null && ledger.getMeta(metaKey(session)) !== String(lastResultMs);
  }

  private async write(session: Session, tables: TablesState): Promise<void> {
    const { clock, ledger, tuning, logger } = this.context;
    const beginMs = clock.monotonicMs();
    tables.isOutdated = false; // later results make the tables outdated again
    const { lastResultMs } = ledger.sessions.get(session.id);
    try {
      const rows = await this.cache.rowsOf(this.context, session, () => this.isClosed);
      if (this.isClosed) return; // the next service process writes the tables
      await this.writeRows(session, rows);
      // A decision may have made the tables outdated meanwhile.
      if (!this.stateOf(session).isOutdated) ledger.setMeta(metaKey(session), String(lastResultMs));
    } catch (error) {
      tables.isOutdated = true;
      tables.heldUntilMs = clock.monotonicMs() + tuning.diskFullMs;
      logger.warn({ session: session.key, error }, 'the STAR tables of a session cannot be written yet');
    }
    const durationMs = clock.monotonicMs() - beginMs;
    tables.notBeforeMs = clock.monotonicMs() + Math.max(tuning.tablesMs, MIN_PAUSE_FACTOR * durationMs);
  }

  private async writeRows({ id, paths }: Session, allRows: Awaited<ReturnType<RowsCache['rowsOf']>>) {
    if (allRows.length === 0) return;
    const rejected = this.context.ledger.reviews.rejected(id);
    const rows = allRows.filter(({ base }) => !rejected.has(base));
    const { root, processed } = paths;
    await writeBelow(root, join(processed, CORRECTED_STAR), correctedStar(rows));
    await writeBelow(root, join(processed, CTF_STAR), ctfStar(rows));
  }
}
