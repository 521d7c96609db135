import type { LiveEvent } from '../../contract/api.ts';
import type { NumberedEvent } from '../service.ts';

type Listener = (event: NumberedEvent) => void;

/** Minimum number of events that are kept for clients that reconnect. */
const MIN_KEPT_EVENTS = 20_000;

/** Gives each event a number, passes it to the listeners, and keeps the newest events. */
export class EventRing {
  private readonly ring: NumberedEvent[] = [];
  private readonly listeners = new Set<Listener>();
  private lastId: number;

  /** @param firstId - larger than any id of an earlier process of the service */
  constructor(firstId: number) {
    this.lastId = firstId;
  }

  get newestId(): number {
    return this.lastId;
  }

  publish(event: LiveEvent): void {
    const numbered = { id: ++this.lastId, event };
    this.ring.push(numbered);
    if (this.ring.length > 2 * MIN_KEPT_EVENTS) this.ring.splice(0, MIN_KEPT_EVENTS);
    for (const listener of this.listeners) listener(numbered);
  }

  /**
   * Sends a listener the events after `lastId`, or a `reset` if some of them are no longer kept, and then
   * live events.
   * @param lastId - null: only live events
   */
  subscribe(lastId: number | null, listener: Listener): () => void {
    if (lastId !== null && lastId !== this.lastId) {
      const oldest = this.ring[0]?.id ?? this.lastId + 1;
      if (lastId < oldest - 1 || lastId > this.lastId)
        listener({
          id: this.lastId,
          event: { event: 'reset', data: { reason: 'Events since the last connection are no longer kept.' } },
        });
      else for (const event of this.ring.slice(lastId - oldest + 1)) listener(event);
    }
    const subscription: Listener = (event) => listener(event);
    this.listeners.add(subscription);
    return () => void this.listeners.delete(subscription);
  }
}
