import type { Context } from '../context.ts';
import type { Registry } from '../loading/registry.ts';
import { summaryOf } from '../queries/summary.ts';
import type { SessionRef } from '../session-ref.ts';
import { Coalescer } from './coalesce.ts';
import type { EventRing } from './events.ts';

/** If more movies than this change at once, one event makes clients reload all movies. */
const MAX_ANNOUNCED_MOVIES = 500;

/** Sends bus events as live events: movies at once, the summary of a session at most a few times a second. */
export class Announcer {
  private readonly context: Context;
  private readonly ring: EventRing;
  private readonly summaries: Coalescer<number>;

  constructor(context: Context, registry: Registry, ring: EventRing) {
    this.context = context;
    this.ring = ring;
    this.summaries = new Coalescer(context.tuning.summaryMs, (id) => {
      const session = registry.get(id);
      if (session) ring.publish({ event: 'session', data: summaryOf(context, session) });
    });
    context.bus.on('sessionChanged', ({ id }) => this.summaries.touch(id));
    context.bus.on('moviesChanged', (session, bases) => this.publishMovies(session, bases));
    context.bus.on('reloadNeeded', (reason) => this.publishReset(reason));
  }

  close(): void {
    this.summaries.close();
  }

  private publishMovies({ id, key }: SessionRef, bases: readonly string[]): void {
    if (bases.length > MAX_ANNOUNCED_MOVIES) this.publishReset('Many movies changed at once.');
    else
      for (const base of bases) {
        const row = this.context.ledger.movieRows.row(id, base);
        if (row) this.ring.publish({ event: 'movie', data: { ...key, row } });
      }
    this.summaries.touch(id);
  }

  private publishReset(reason: string): void {
    this.ring.publish({ event: 'reset', data: { reason } });
  }
}
