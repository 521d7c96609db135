import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import { CORRECTED_STAR, CTF_STAR, correctedStar, ctfStar } from '../../pipeline/session-stars.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';
import { RowsCache } from './rows-cache.ts';

/** Writing takes at most one part in so many of the time, however large the session. */
const DUTY = 50;

const metaKey = (session: Session) => `tables of session ${session.id}`;

/** Also for the next service, should this one end before they are written. */
export function tablesAreOld({ ledger }: Context, session: Session): void {
  session.areTablesOld = true;
  ledger.setMeta(metaKey(session), 'reviewed');
}

/**
 * Keeps `corrected_micrographs.star` and `micrographs_ctf.star` of the sessions up to date: at once where a session is
 * complete, stopped or cannot go on, now and then while it is being processed. The ledger notes up to which result they
 * go, so that nothing is lost by a crash and nothing is written twice after a restart.
 */
export class SessionTables {
  private readonly context: Context;
  private readonly cache = new RowsCache();
  private readonly notBeforeMs = new Map<number, number>();
  /** After a failure, also where nothing is being processed. */
  private readonly heldUntilMs = new Map<number, number>();
  private readonly writing = new Map<number, Promise<void>>();
  private isClosed = false;

  constructor(context: Context) {
    this.context = context;
  }

  /** Begins to write where that is due. Cheap: called in every round, for every session. */
  tend(session: Session): void {
    if (session.areTablesOld === false || session.start === null || !session.exists) return;
    if (this.isClosed || this.writing.has(session.id)) return;
    session.areTablesOld ??= this.isBehind(session);
    if (!session.areTablesOld) return;
    const now = this.context.clock.monotonicMs();
    if (now < (this.heldUntilMs.get(session.id) ?? now)) return;
    const isWorking = session.state === 'processing' || session.state === 'processing_start';
    const notBefore = this.notBeforeMs.get(session.id);
    if (notBefore === undefined) this.notBeforeMs.set(session.id, now + this.context.tuning.tablesMs);
    if (isWorking && (notBefore === undefined || now < notBefore)) return;
    this.writing.set(
      session.id,
      this.write(session).finally(() => this.writing.delete(session.id)),
    );
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.writing.values());
  }

  private isBehind(session: Session): boolean {
    const { ledger } = this.context;
    const { lastResultMs } = ledger.sessions.get(session.id);
    return lastResultMs !== null && ledger.getMeta(metaKey(session)) !== String(lastResultMs);
  }

  private async write(session: Session): Promise<void> {
    const { clock, ledger, tuning, logger } = this.context;
    const begin = clock.monotonicMs();
    session.areTablesOld = false; // results that come from now on make them old again
    const { lastResultMs } = ledger.sessions.get(session.id);
    try {
      const known = await this.cache.rowsOf(this.context, session, () => this.isClosed);
      if (this.isClosed) return; // the next service finds them behind, and writes them
      const rejected = ledger.reviews.rejected(session.id);
      const rows = known.filter(({ base }) => !rejected.has(base));
      if (known.length > 0) {
        await writeFileAtomic(join(session.paths.processed, CORRECTED_STAR), correctedStar(rows));
        await writeFileAtomic(join(session.paths.processed, CTF_STAR), ctfStar(rows));
      }
      // A decision that came meanwhile made them old again.
      if (!session.areTablesOld) ledger.setMeta(metaKey(session), String(lastResultMs));
    } catch (error) {
      session.areTablesOld = true;
      this.heldUntilMs.set(session.id, clock.monotonicMs() + tuning.diskFullMs);
      logger.warn({ session: session.key, error }, 'the STAR tables of a session cannot be written yet');
    }
    const tookMs = clock.monotonicMs() - begin;
    this.notBeforeMs.set(session.id, clock.monotonicMs() + Math.max(tuning.tablesMs, DUTY * tookMs));
  }
}
