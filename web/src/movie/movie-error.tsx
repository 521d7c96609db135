import { IconPhotoOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { ApiError } from '../api/error.ts';
import { useSessionKey } from '../state/session-context.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorMessage } from '../ui/error-message.tsx';
import { errorWords } from '../ui/words.ts';
import { movieWords } from './words.ts';

const NOT_FOUND = 404;

/** Shown in place of a movie that does not exist or could not be loaded. */
export function MovieError({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const key = useSessionKey();
  if (!(error instanceof ApiError) || error.status !== NOT_FOUND)
    return <ErrorMessage title={errorWords.title} error={error} onRetry={onRetry} />;
  return (
    <EmptyState
      icon={<IconPhotoOff size={28} stroke={1.5} />}
      title={movieWords.notFoundTitle}
      hint={movieWords.notFound}
    >
      <Link to="/s/$project/$user/$session" params={{ ...key }}>
        {movieWords.toSession}
      </Link>
    </EmptyState>
  );
}
