import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type {
  FailureCauses,
  MovieDetail,
  MovieLog,
  MoviePage,
  SessionDetail,
  SessionGainCheck,
  SessionKey,
  SessionSummary,
} from '../../../src/contract/api.ts';
import type { ErrorCode } from '../../../src/contract/errors.ts';
import type { Grid, GridHoles } from '../../../src/contract/grid.ts';
import type { TimelineEntry } from '../../../src/contract/review.ts';
import type { TileInfo, TileRole } from '../../../src/contract/tiles.ts';
import { apiOf } from './page-query-client.ts';
import { keyText, moviePath, sessionPath } from './paths.ts';

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ client, signal }) => apiOf(client).get<SessionSummary[]>('/sessions', signal),
});

export const sessionQuery = (key: SessionKey) =>
  queryOptions({
    queryKey: ['session', keyText(key)],
    queryFn: ({ client, signal }) => apiOf(client).get<SessionDetail>(sessionPath(key), signal),
  });

export const gainQuery = (key: SessionKey) =>
  queryOptions({
    queryKey: ['gain', keyText(key)],
    queryFn: ({ client, signal }) => apiOf(client).get<SessionGainCheck>(`${sessionPath(key)}/gain`, signal),
  });

/** Polling interval while the service reads old records. */
const GRID_POLL_MS = 2000;

export const gridQuery = (key: SessionKey) =>
  queryOptions({
    queryKey: ['grid', keyText(key)],
    queryFn: ({ client, signal }) => apiOf(client).get<Grid>(`${sessionPath(key)}/grid`, signal),
    refetchInterval: (query) => (query.state.data?.isReading ? GRID_POLL_MS : false),
  });

export const gridHolesQuery = (key: SessionKey, square: string) =>
  queryOptions({
    queryKey: ['grid', keyText(key), square],
    queryFn: ({ client, signal }) =>
      apiOf(client).get<GridHoles>(`${sessionPath(key)}/grid/${encodeURIComponent(square)}`, signal),
  });

export const movieQuery = (key: SessionKey, base: string) =>
  queryOptions({
    queryKey: ['movie', keyText(key), base],
    queryFn: ({ client, signal }) => apiOf(client).get<MovieDetail>(moviePath(key, base), signal),
  });

export const tileInfoQuery = (key: SessionKey, base: string, role: TileRole, version: number) =>
  queryOptions({
    queryKey: ['tiles', keyText(key), base, role, version],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ client, signal }) =>
      apiOf(client).get<TileInfo>(`${moviePath(key, base)}/tiles/${role}`, signal),
  });

export const movieLogQuery = (key: SessionKey, base: string) =>
  queryOptions({
    queryKey: ['movie', keyText(key), base, 'log'],
    queryFn: ({ client, signal }) => apiOf(client).get<MovieLog>(`${moviePath(key, base)}/log`, signal),
  });

/** @param entries - number of entries, newest first */
export const timelineQuery = (key: SessionKey, entries: number) =>
  queryOptions({
    queryKey: ['timeline', keyText(key), entries],
    // The entries on screen are kept until the new ones arrive.
    placeholderData: (shownEntries: TimelineEntry[] | undefined, previousQuery) =>
      previousQuery?.queryKey[1] === keyText(key) ? shownEntries : undefined,
    queryFn: ({ client, signal }) =>
      apiOf(client).get<TimelineEntry[]>(`${sessionPath(key)}/timeline?limit=${entries}`, signal),
  });

export const failureCausesQuery = (key: SessionKey) =>
  queryOptions({
    queryKey: ['failures', keyText(key), 'causes'],
    queryFn: ({ client, signal }) => apiOf(client).get<FailureCauses>(`${sessionPath(key)}/failures`, signal),
  });

/** The movies that failed for one cause: those that need action, or those that were set aside. */
export interface FailureList {
  readonly code: ErrorCode | null;
  readonly aside: boolean;
}

export const failurePath = (key: SessionKey, list: FailureList, cursor: string, limit: number): string => {
  const query = new URLSearchParams({ aside: String(list.aside), limit: String(limit) });
  if (cursor) query.set('cursor', cursor);
  return `${sessionPath(key)}/failures/${list.code ?? 'none'}?${query}`;
};

const FAILURES_PER_PAGE = 50;

export const failuresQuery = (key: SessionKey, list: FailureList) =>
  infiniteQueryOptions({
    queryKey: ['failures', keyText(key), list.code, list.aside],
    initialPageParam: '',
    queryFn: ({ client, signal, pageParam }) =>
      apiOf(client).get<MoviePage>(failurePath(key, list, pageParam, FAILURES_PER_PAGE), signal),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
