import type { QueryClient } from '@tanstack/react-query';
import type { SessionDetail, SessionKey, SessionSummary } from '../../../src/contract/api.ts';
import { isSameSession, keyText } from '../api/paths.ts';
import { sessionQuery, sessionsQuery } from '../api/queries.ts';

/** Called at every change of a session, with its previous and its new summary. */
export type SummaryListener = (before: SessionSummary, now: SessionSummary) => void;

/** Puts summaries from events and responses into the query cache: into the list and into the session. */
export class SummaryCache {
  readonly #queryClient: QueryClient;
  readonly #onChange: SummaryListener;

  constructor(queryClient: QueryClient, onChange: SummaryListener) {
    this.#queryClient = queryClient;
    this.#onChange = onChange;
  }

  patch(summaries: readonly SessionSummary[]): void {
    const newest = new Map(summaries.map((summary) => [keyText(summary), summary]));
    for (const summary of newest.values()) {
      const before = this.#findCached(summary);
      if (before) this.#onChange(before, summary);
      this.#queryClient.setQueryData<SessionDetail>(sessionQuery(summary).queryKey, (old) =>
        old === undefined ? old : { ...old, ...summary },
      );
    }
    this.#queryClient.setQueryData<SessionSummary[]>(sessionsQuery.queryKey, (old) => {
      if (old === undefined) return old;
      const rest = new Map(newest);
      const next = old.map((known) => {
        const summary = rest.get(keyText(known));
        rest.delete(keyText(known));
        return summary ?? known;
      });
      return [...next, ...rest.values()];
    });
  }

  #findCached(key: SessionKey): SessionSummary | undefined {
    return (
      this.#queryClient.getQueryData<SessionDetail>(sessionQuery(key).queryKey) ??
      this.#queryClient
        .getQueryData<SessionSummary[]>(sessionsQuery.queryKey)
        ?.find((summary) => isSameSession(summary, key))
    );
  }
}
