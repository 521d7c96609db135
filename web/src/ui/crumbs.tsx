import { IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useSessionKey } from '../state/session-context.ts';
import classes from './crumbs.module.css';
import { crumbWords } from './words.ts';

/** Breadcrumb: all sessions > project > user (> session, in the movie view). */
export function Crumbs({ hasSession = false }: { hasSession?: boolean }) {
  const key = useSessionKey();
  return (
    <nav className={`${classes.crumbs} no-print`} aria-label={crumbWords.label}>
      <Link to="/">{crumbWords.sessions}</Link>
      <IconChevronRight size={14} aria-hidden />
      <Link to="/" search={{ q: key.project }}>
        {key.project}
      </Link>
      <IconChevronRight size={14} aria-hidden />
      <Link to="/" search={{ q: `${key.project}/${key.user}` }}>
        {key.user}
      </Link>
      {hasSession && (
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
