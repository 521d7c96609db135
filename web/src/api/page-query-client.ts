import { QueryClient, useQueryClient } from '@tanstack/react-query';
import type { ApiClient } from './client.ts';
import { ApiError } from './error.ts';

const STALE_MS = 10_000;
const MAX_RETRIES = 2;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 4000;

const isTransient = (error: unknown) =>
  error instanceof ApiError && (error.status === 0 || error.status >= 500);

/** Cache of everything the page reads, apart from the series of a session (`state/session-feed.ts`). */
export class PageQueryClient extends QueryClient {
  /** Used by the queries of this cache. */
  readonly api: ApiClient;

  constructor(api: ApiClient) {
    super({
      defaultOptions: {
        queries: {
          staleTime: STALE_MS,
          retry: (failures, error) => failures < MAX_RETRIES && isTransient(error),
          retryDelay: (attempt) => Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt),
        },
      },
    });
    this.api = api;
  }
}

/**
 * The API client of the page's query client.
 * @throws Error if the query client is not a PageQueryClient
 */
export function apiOf(client: QueryClient): ApiClient {
  if (client instanceof PageQueryClient) return client.api;
  throw new Error('Queries of the page need a PageQueryClient');
}

/** The API client, for requests that a view makes outside of a query. */
export const useApi = (): ApiClient => apiOf(useQueryClient());
