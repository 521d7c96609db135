import { useEffect } from 'react';
import type { SessionSummary } from '../../../src/contract/api.ts';
import { sessionsQuery } from '../api/queries.ts';
import { Batch } from './batch.ts';
import { LiveConnection } from './connection.ts';
import { type PageServices, useServices } from './services.ts';

/**
 * All sessions, live: events are collected (`Batch`), and the newest summary of each session is put into the
 * cache of the list.
 */
class FacilityFeed {
  readonly connection: LiveConnection;
  readonly #batch: Batch<SessionSummary>;

  constructor({ queryClient, summaries, connections }: PageServices) {
    this.#batch = new Batch((batch) => summaries.patch(batch));
    this.connection = new LiveConnection(null, {
      onOpen: connections.noteOpened,
      onEvent: (event) => {
        if (event.event === 'session') this.#batch.add(event.data);
      },
      onReload: () => void queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
    });
  }

  close(): void {
    this.#batch.clear();
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
