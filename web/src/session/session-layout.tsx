import { IconFolderOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ApiError } from '../api/error.ts';
import { sessionQuery } from '../api/queries.ts';
import { useServices } from '../state/services.ts';
import { FeedContext, useSessionKey } from '../state/session-context.ts';
import { SessionFeed } from '../state/session-feed.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { notifyError } from '../ui/error-message.tsx';
import { uiWords } from '../ui/words.ts';
import { sessionWords } from './words.ts';

/**
 * Keeps one live feed for the views of the session and of its movies, so that nothing is loaded again when
 * the user switches between them.
 */
export function SessionLayout() {
  const key = useSessionKey();
  const services = useServices();
  const [feed, setFeed] = useState<SessionFeed | null>(null);
  useEffect(() => {
    const newFeed = new SessionFeed(key, services);
    setFeed(newFeed);
    const hide = services.connections.show(newFeed.connection);
    const unsubscribe = newFeed.reviews.lastRefusal.subscribe(() =>
      notifyError(newFeed.reviews.lastRefusal.get()),
    );
    return () => {
      unsubscribe();
      setFeed(null);
      hide();
      newFeed.close();
    };
  }, [key, services]);
  const session = useQuery(sessionQuery(key));
  if (session.error instanceof ApiError && session.error.status === 404) {
    return (
      <EmptyState
        icon={<IconFolderOff size={28} stroke={1.5} />}
        title={sessionWords.notFoundTitle}
        hint={sessionWords.notFound}
      >
        <Link to="/">{uiWords.toSessions}</Link>
      </EmptyState>
    );
  }
  return (
    <FeedContext.Provider value={feed}>
      <Outlet />
    </FeedContext.Provider>
  );
}
