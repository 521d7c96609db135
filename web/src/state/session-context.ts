import { useParams } from '@tanstack/react-router';
import { createContext, useContext, useMemo } from 'react';
import type { SessionKey } from '../../../src/contract/api.ts';
import { Observable, useObservable } from './observable.ts';
import type { ReviewActions } from './review-actions.ts';
import type { SeriesSnapshot, SessionFeed } from './session-feed.ts';

/** The feed of the session on screen, provided by `session/session-layout.tsx`; null before it exists. */
export const FeedContext = createContext<SessionFeed | null>(null);

const noSeries = new Observable<SeriesSnapshot | null>(null);

/** The session that the URL names. */
export function useSessionKey(): SessionKey {
  const { project = '', user = '', session = '' } = useParams({ strict: false });
  return useMemo(() => ({ project, user, session }), [project, user, session]);
}

/** Finished movies of the session on screen; null before the feed exists. */
export function useSeries(): SeriesSnapshot | null {
  return useObservable<SeriesSnapshot | null>(useFeed()?.series ?? noSeries);
}

/** The feed of the session on screen; null before it exists. */
export const useFeed = (): SessionFeed | null => useContext(FeedContext);

/** Actions that review movies of the session on the screen; null before the feed exists. */
export const useReviewActions = (): ReviewActions | null => useFeed()?.reviews ?? null;
