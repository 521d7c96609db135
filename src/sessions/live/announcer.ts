import type { SessionSummary } from '../../contract/api.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Session } from '../session.ts';
import { Coalescer } from './coalesce.ts';
import type { EventRing } from './events.ts';

/** More changed movies at once than this are not told one by one: clients load anew. */
const MOST_AT_ONCE = 500;

/** Tells of changes: a movie at once, a session's summary a few times a second at most. */
export class Announcer {
  readonly ring: EventRing;
  private readonly ledger: Ledger;
  private readonly summaries: Coalescer<Session>;

  constructor(
    ring: EventRing,
    ledger: Ledger,
    intervalMs: number,
    summaryOf: (s: Session) => SessionSummary,
  ) {
    this.ring = ring;
    this.ledger = ledger;
    this.summaries = new Coalescer(intervalMs, (session) =>
      ring.publish({ event: 'session', data: summaryOf(session) }),
    );
  }

  session(session: Session): void {
    this.summaries.touch(session);
  }

  movies(session: Session, bases: readonly string[]): void {
    if (bases.length > MOST_AT_ONCE) this.reset('Many movies changed at once.');
    else
      for (const base of bases) {
        const row = this.ledger.movieRows.row(session.id, base);
        if (row) this.ring.publish({ event: 'movie', data: { ...session.key, row } });
      }
    this.session(session);
  }

  reset(reason: string): void {
    this.ring.publish({ event: 'reset', data: { reason } });
  }

  close(): void {
    this.summaries.close();
  }
}
