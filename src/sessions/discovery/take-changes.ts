import { chooseBase } from '../../pipeline/names.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';
import type { FileChange } from './messages.ts';

/** What a look found goes into the ledger, in one transaction. Returns the flights' movies that changed. */
export function takeChanges(context: Context, session: Session, changes: readonly FileChange[]): string[] {
  const told: string[] = [];
  const changedInFlight: string[] = [];
  let removed = 0;
  context.ledger.transaction(() => {
    for (const change of changes) {
      switch (change.kind) {
        case 'seen':
          told.push(takeSeen(context, session, change, changedInFlight));
          break;
        case 'ready': {
          const base = takeReady(context, session, change);
          if (base) told.push(base);
          break;
        }
        case 'vanished':
          if (takeVanished(context, session, change)) removed++;
      }
    }
  });
  if (removed > 0) context.announcer.reset('Movies were taken away.');
  context.announcer.movies(session, [...new Set(told)]);
  return changedInFlight;
}

function takeSeen(context: Context, session: Session, change: FileChange, changedInFlight: string[]): string {
  const { movies, sessions } = context.ledger;
  const { attempts } = context.settings.retry;
  const movie = movies.byPath(session.id, change.path);
  session.lastNewMs = context.clock.monotonicMs();
  // What the first look finds may be years old.
  if (session.looked && !movie) {
    session.lastArrivalMs = session.lastNewMs;
    session.arrivals.add(session.lastNewMs);
  }
  sessions.movieSeen(session.id, context.clock.wallMs());
  if (movie) {
    if (movie.token) {
      changedInFlight.push(change.path);
      session.abandoned.set(change.path, movie.token);
    }
    movies.fileChanged(movie.seq, change.sizeBytes, change.mtimeMs, attempts);
    return movie.base;
  }
  const base = chooseBase(change.path, (taken) => movies.byBase(session.id, taken)?.path ?? null);
  movies.add(
    session.id,
    { base, path: change.path, sizeBytes: change.sizeBytes, mtimeMs: change.mtimeMs },
    attempts,
  );
  return base;
}

function takeReady(context: Context, session: Session, change: FileChange): string | null {
  const { movies } = context.ledger;
  const movie = movies.byPath(session.id, change.path);
  if (movie?.state !== 'arriving') return null;
  if (movie.sizeBytes !== change.sizeBytes || movie.mtimeMs !== change.mtimeMs)
    movies.fileChanged(movie.seq, change.sizeBytes, change.mtimeMs, context.settings.retry.attempts);
  movies.setWaiting(movie.seq, movie.attempt, 0, null, null);
  return movie.base;
}

/** What was not worked on is forgotten; what has a result, or soon will, stays. */
function takeVanished(context: Context, session: Session, change: FileChange): boolean {
  const { movies } = context.ledger;
  const movie = movies.byPath(session.id, change.path);
  if (!movie || (movie.state !== 'arriving' && movie.state !== 'waiting')) return false;
  movies.remove(movie.seq);
  return true;
}
