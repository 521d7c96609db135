import { useEffect } from 'react';
import type { SessionSummary } from '../../../src/contract/api.ts';
import { sessionsQuery } from '../api/queries.ts';
import { LiveConnection } from './connection.ts';
import { EventBuffer } from './event-buffer.ts';
import { type PageServices, useServices } from './services.ts';

/**
 * All sessions, live: events are collected (`EventBuffer`), and the newest summary of each session is put
 * into the cache of the list.
 */
class FacilityFeed {
  readonly connection: LiveConnection;
  readonly #events: EventBuffer<SessionSummary>;

  constructor({ queryClient, summaries, connections }: PageServices) {
    this.#events = new EventBuffer((newSummaries) => summaries.patch(newSummaries));
    this.connection = new LiveConnection(null, {
      onOpen: connections.countOpened,
      onEvent: (event) => {
        if (event.event === 'session') this.#events.add(event.data);
      },
      onReload: () => void queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
    });
  }

  close(): void {
    this.#events.clear();
    this.connection.close();
  }
}

/** Keeps the list of sessions up to date while the view is on the screen. */
export function useFacilityFeed(): void {
  const services = useServices();
  useEffect(() => {
    const feed = new FacilityFeed(services);
    const hide = services.connections.show(feed.connection);
    return () => {
      hide();
      feed.close();
    };
  }, [services]);
}
