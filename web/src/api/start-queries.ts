import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { MoviePage, SessionKey } from '../../../src/contract/api.ts';
import type { Preview, Trial, TrialResponse } from '../../../src/contract/preview.ts';
import type { ApiClient } from './client.ts';
import { apiOf } from './page-query-client.ts';
import { keyText, sessionPath } from './paths.ts';

/** Values of the start form, as they are sent. */
type Values = Readonly<Record<string, string | boolean>>;

const TRIAL_POLL_MS = 700;
/** Maximum number of movies that the form offers for a trial. */
const MAX_OFFERED_MOVIES = 50;

/** Preview of a start with these values. The last response is kept until the next one arrives. */
export const previewQuery = (key: SessionKey, kind: 'start' | 'resume', values: Values) =>
  queryOptions({
    queryKey: ['preview', keyText(key), kind, values],
    placeholderData: keepPreviousData,
    staleTime: 5000,
    queryFn: ({ client, signal }) => {
      const query = new URLSearchParams({ for: kind });
      for (const [name, value] of Object.entries(values)) query.set(name, String(value));
      return apiOf(client).get<Preview>(`${sessionPath(key)}/preview?${query}`, signal);
    },
  });

const isInProgress = (trial: Trial | null | undefined) =>
  trial?.state === 'queued' || trial?.state === 'running';

export const trialQuery = (key: SessionKey) =>
  queryOptions({
    queryKey: ['trial', keyText(key)],
    queryFn: ({ client, signal }) => apiOf(client).get<TrialResponse>(`${sessionPath(key)}/trial`, signal),
    refetchInterval: (query) => (isInProgress(query.state.data?.trial) ? TRIAL_POLL_MS : false),
  });

/** Complete movies that a trial can use, newest first. */
export const trialMoviesQuery = (key: SessionKey) =>
  queryOptions({
    queryKey: ['triable', keyText(key)],
    queryFn: async ({ client, signal }) => {
      const page = (state: string) =>
        apiOf(client).get<MoviePage>(
          `${sessionPath(key)}/movies?order=newest&limit=${MAX_OFFERED_MOVIES}&state=${state}`,
          signal,
        );
      const [waiting, done] = await Promise.all([page('waiting'), page('done')]);
      return [...waiting.movies, ...done.movies].slice(0, MAX_OFFERED_MOVIES).map((row) => row.base);
    },
  });

/** Starts a trial on the movie; on the latest one if `base` is null. */
export const beginTrial = (api: ApiClient, key: SessionKey, values: Values, base: string | null) =>
  api.post<TrialResponse>(
    `${sessionPath(key)}/trial${base === null ? '' : `?base=${encodeURIComponent(base)}`}`,
    values,
  );

export const cancelTrial = (api: ApiClient, key: SessionKey) =>
  api.post<TrialResponse>(`${sessionPath(key)}/trial/cancel`, {});
