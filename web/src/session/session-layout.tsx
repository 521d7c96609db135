import { IconChevronRight, IconFolderOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams } from '@tanstack/react-router';
import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import type { SessionKey } from '../../../src/contract/api.ts';
import { ApiError } from '../api/client.ts';
import { sessionQuery } from '../api/queries.ts';
import { currentConnection } from '../state/current.ts';
import { Observable, useObservable } from '../state/observable.ts';
import type { ReviewDesk } from '../state/review-desk.ts';
import { type SeriesSnapshot, SessionFeed } from '../state/session-feed.ts';
import { Empty, tellFault } from '../ui/fault.tsx';
import { text } from '../ui/text.ts';
import classes from './session.module.css';

const FeedContext = createContext<SessionFeed | null>(null);
const nothingYet = new Observable<SeriesSnapshot | null>(null);

export function useSessionKey(): SessionKey {
  const { project, user, session } = useParams({ strict: false });
  return useMemo(() => ({ project: project!, user: user!, session: session! }), [project, user, session]);
}

/** Finished movies of the session on screen; null before the feed stands. */
export function useSeries(): SeriesSnapshot | null {
  const feed = useContext(FeedContext);
  return useObservable<SeriesSnapshot | null>(
    (feed?.series as Observable<SeriesSnapshot | null>) ?? nothingYet,
  );
}

/** The feed of the session on screen; null before it stands. */
export const useFeed = (): SessionFeed | null => useContext(FeedContext);

/** Where decisions on the movies of the session on screen are made; null before the feed stands. */
export const useDesk = (): ReviewDesk | null => useContext(FeedContext)?.desk ?? null;

/** Keeps one live feed for the session and the movies below it, so that going from one to the other loads nothing anew. */
export function SessionLayout() {
  const key = useSessionKey();
  const [feed, setFeed] = useState<SessionFeed | null>(null);
  useEffect(() => {
    const opened = new SessionFeed(key);
    setFeed(opened);
    currentConnection.set(opened.connection);
    const endTelling = opened.desk.refused.subscribe(() => tellFault(opened.desk.refused.get()));
    return () => {
      endTelling();
      setFeed(null);
      currentConnection.set(null);
      opened.close();
    };
  }, [key]);
  const session = useQuery(sessionQuery(key));
  if (session.error instanceof ApiError && session.error.status === 404) {
    return (
      <Empty
        icon={<IconFolderOff size={28} stroke={1.5} />}
        title={text.session.notFoundTitle}
        hint={text.session.notFound}
      >
        <Link to="/">{text.session.toSessions}</Link>
      </Empty>
    );
  }
  return (
    <FeedContext.Provider value={feed}>
      <Outlet />
    </FeedContext.Provider>
  );
}

/** Where this is: all sessions > project / user (> session, from a movie). */
export function Crumbs({ withSession = false }: { withSession?: boolean }) {
  const key = useSessionKey();
  return (
    <nav className={`${classes.crumbs} no-print`} aria-label={text.nav.crumbs}>
      <Link to="/">{text.nav.sessions}</Link>
      <IconChevronRight size={14} aria-hidden />
      <Link to="/" search={{ q: key.project }}>
        {key.project}
      </Link>
      <IconChevronRight size={14} aria-hidden />
      <Link to="/" search={{ q: `${key.project}/${key.user}` }}>
        {key.user}
      </Link>
      {withSession && (
        <>
          <IconChevronRight size={14} aria-hidden />
          <Link className="truncate" to="/s/$project/$user/$session" params={{ ...key }}>
            {key.session}
          </Link>
        </>
      )}
    </nav>
  );
}
