import type { SessionSummary } from '../../../src/contract/api.ts';
import { queryClient, sessionsQuery } from '../api/queries.ts';
import { Batch } from './batch.ts';
import { LiveConnection } from './connection.ts';
import { patchSummaries } from './session-feed.ts';

/** All sessions, live: summaries from events go into the cache of the list, the newest of each once per frame. */
export class FacilityFeed {
  readonly connection: LiveConnection;
  readonly #batch = new Batch<SessionSummary>((summaries) => patchSummaries(summaries));

  constructor() {
    this.connection = new LiveConnection(null, {
      event: (event) => {
        if (event.event === 'session') this.#batch.add(event.data);
      },
      reload: () => void queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
    });
  }

  close(): void {
    this.#batch.clear();
    this.connection.close();
  }
}
