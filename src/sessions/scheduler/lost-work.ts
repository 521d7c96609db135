import type { Clock } from '../../base/clock.ts';
import { SERVICE, type Timeline } from '../lifecycle/timeline.ts';

/** The batches of a job or a workflow end together: they share an entry in the timeline. */
const SAME_EVENT_MS = 60_000;

/**
 * Work of a session that was lost on the cluster: jobs that an administrator cancelled, nodes that failed,
 * workflows that failed before the processing of their movies began. It is recorded in the timeline, and
 * shown as a warning until all of these movies have been processed.
 */
export class LostWork {
  private readonly clock: Clock;
  private readonly timeline: Timeline;
  /** Movies that have had no result since their batch was lost: their `seq` in the ledger. */
  private readonly movies = new Set<number>();
  private lastDetail = '';
  private notedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, timeline: Timeline) {
    this.clock = clock;
    this.timeline = timeline;
  }

  get warnings(): string[] {
    const { size } = this.movies;
    if (size === 0) return [];
    return [`${this.lastDetail} ${size === 1 ? 'A movie' : `${size} movies`} will be reprocessed.`];
  }

  /**
   * Called when a batch was lost.
   * @param movies - those that will be processed again
   * @param detail - a sentence about what happened
   */
  add(movies: readonly { readonly seq: number }[], detail: string): void {
    for (const { seq } of movies) this.movies.add(seq);
    this.lastDetail = detail;
    const nowMs = this.clock.monotonicMs();
    if (nowMs < this.notedUntilMs) return;
    this.timeline.note('lost', SERVICE, detail);
    this.notedUntilMs = nowMs + SAME_EVENT_MS;
  }

  /** Called when a movie has a result. */
  onResultStored(seq: number): void {
    this.movies.delete(seq);
  }

  /** Called when a user started the session, or it is complete. */
  reset(): void {
    this.movies.clear();
    this.notedUntilMs = Number.NEGATIVE_INFINITY;
  }
}
