import { join } from 'node:path';
import { writeBelow } from '../../base/below.ts';
import { isInProgress } from '../../contract/states.ts';
import { CORRECTED_STAR, CTF_STAR, correctedStar, ctfStar } from '../../pipeline/session-stars.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';
import type { SessionRef } from '../session-ref.ts';
import { RowsCache } from './rows-cache.ts';

/** Writing takes at most this fraction of the time, however large the session. */
const MAX_DUTY_PART = 50;

/** State of the tables of a session; all times monotonic. */
interface Freshness {
  /** There were results or decisions since the last writing; null: not checked since the service started. */
  isOld: boolean | null;
  /** While the session is being processed; null: never written since the service started. */
  notBeforeMs: number | null;
  /** After a failure, also if nothing is being processed. */
  heldUntilMs: number;
  writing: Promise<void> | null;
}

const metaKey = ({ id }: SessionRef) => `tables of session ${id}`;

/**
 * Keeps `corrected_micrographs.star` and `micrographs_ctf.star` of the sessions up to date: at once if a
 * session is complete, stopped or has failed, at intervals while it is being processed. The ledger stores the
 * last result that they contain, so that nothing is lost by a crash and nothing is written twice after a
 * restart.
 */
export class SessionTables {
  private readonly context: Context;
  private readonly cache = new RowsCache();
  private readonly bySession = new Map<number, Freshness>();
  private isClosed = false;

  constructor(context: Context) {
    this.context = context;
    context.bus.on('resultTaken', (session) => {
      this.of(session).isOld = true;
    });
    context.bus.on('verdictsChanged', (session) => {
      this.of(session).isOld = true;
      // For the next service, if this one ends before they are written.
      context.ledger.setMeta(metaKey(session), 'reviewed');
    });
  }

  /** Starts to write tables that are due. Cheap: called in every round, for every session. */
  reconcile(session: Session): void {
    const { lifecycle, raw } = session;
    const tables = this.of(session);
    if (tables.isOld === false || lifecycle.start === null || !raw.exists) return;
    if (this.isClosed || tables.writing !== null) return;
    tables.isOld ??= this.isBehind(session);
    if (!tables.isOld) return;
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

  private of({ id }: SessionRef): Freshness {
    let tables = this.bySession.get(id);
    if (!tables) {
      tables = { isOld: null, notBeforeMs: null, heldUntilMs: Number.NEGATIVE_INFINITY, writing: null };
      this.bySession.set(id, tables);
    }
    return tables;
  }

  private isBehind(session: SessionRef): boolean {
    const { ledger } = this.context;
    const { lastResultMs } = ledger.sessions.get(session.id);
    return lastResultMs !== null && ledger.getMeta(metaKey(session)) !== String(lastResultMs);
  }

  private async write(session: Session, tables: Freshness): Promise<void> {
    const { clock, ledger, tuning, logger } = this.context;
    const beginMs = clock.monotonicMs();
    tables.isOld = false; // results from now on make them outdated again
    const { lastResultMs } = ledger.sessions.get(session.id);
    try {
      const rows = await this.cache.rowsOf(this.context, session, () => this.isClosed);
      if (this.isClosed) return; // the next service finds them outdated, and writes them
      await this.writeRows(session, rows);
      // A decision in the meantime made them outdated again.
      if (!this.of(session).isOld) ledger.setMeta(metaKey(session), String(lastResultMs));
    } catch (error) {
      tables.isOld = true;
      tables.heldUntilMs = clock.monotonicMs() + tuning.diskFullMs;
      logger.warn({ session: session.key, error }, 'the STAR tables of a session cannot be written yet');
    }
    const tookMs = clock.monotonicMs() - beginMs;
    tables.notBeforeMs = clock.monotonicMs() + Math.max(tuning.tablesMs, MAX_DUTY_PART * tookMs);
  }

  private async writeRows({ id, paths }: Session, known: Awaited<ReturnType<RowsCache['rowsOf']>>) {
    if (known.length === 0) return;
    const rejected = this.context.ledger.reviews.rejected(id);
    const rows = known.filter(({ base }) => !rejected.has(base));
    const { root, processed } = paths;
    await writeBelow(root, join(processed, CORRECTED_STAR), correctedStar(rows));
    await writeBelow(root, join(processed, CTF_STAR), ctfStar(rows));
  }
}
