import { join } from 'node:path';
import { chooseBase } from '../../pipeline/names.ts';
import type { Context } from '../context.ts';
import type { BatchesInFlight } from '../scheduler/batches-in-flight.ts';
import type { Session } from '../session.ts';
import type { FileChange } from './messages.ts';

/** A movie in flight whose file has been replaced. */
interface ChangedInFlight {
  readonly path: string;
  readonly token: string;
}

/**
 * Writes the result of a scan to the ledger, in one transaction; then removes changed movies from batches in
 * flight.
 */
export function applyChanges(
  context: Context,
  inFlight: BatchesInFlight,
  session: Session,
  changes: readonly FileChange[],
): void {
  const { ledger, bus } = context;
  const bases = new Set<string>();
  const changedInFlight: ChangedInFlight[] = [];
  let removedCount = 0;
  ledger.transaction(() => {
    for (const change of changes) {
      switch (change.kind) {
        case 'seen':
          if (!isReference(session, change.path))
            bases.add(applySeen(context, session, change, changedInFlight));
          break;
        case 'ready': {
          const base = applyReady(context, session, change);
          if (base !== null) bases.add(base);
          break;
        }
        case 'excluded':
        case 'vanished':
        case 'withdrawn':
          removedCount += Number(applyRemoval(context, session, change));
      }
    }
  });
  for (const { path, token } of changedInFlight) inFlight.onMovieChanged(session, path, token);
  if (removedCount > 0) bus.emit('reloadNeeded', 'Movies were removed.');
  bus.emit('moviesChanged', session, [...bases]);
}

/** Whether a file is now used as a reference; a watch that began before the start may still report it. */
const isReference = ({ lifecycle, paths }: Session, path: string): boolean =>
  lifecycle.references.includes(join(paths.raw, path));

/** @returns whether the movie was removed */
const applyRemoval = (context: Context, session: Session, change: FileChange): boolean =>
  change.kind === 'excluded'
    ? excludeMovie(context, session, change.path)
    : applyVanished(context, session, change);

/** @returns the base of the movie */
function applySeen(
  { ledger, clock, settings }: Context,
  session: Session,
  { path, sizeBytes, mtimeMs, isBacklog = false }: FileChange,
  changedInFlight: ChangedInFlight[],
): string {
  const { movies, sessions } = ledger;
  const { attempts } = settings.retry;
  const movie = movies.byPath(session.id, path);
  session.raw.onMovieSeen(movie === null && !isBacklog);
  session.raw.setKept(path, null);
  sessions.setLastMovie(session.id, clock.wallMs());
  if (movie !== null) {
    if (movie.token !== null) changedInFlight.push({ path, token: movie.token });
    movies.setArriving(movie.seq, sizeBytes, mtimeMs, attempts);
    return movie.base;
  }
  const base = chooseBase(path, (candidate) => movies.byBase(session.id, candidate)?.path ?? null);
  movies.add(session.id, { base, path, sizeBytes, mtimeMs }, attempts);
  return base;
}

/** @returns the base of the movie; null: the movie was already ready */
function applyReady({ ledger, settings }: Context, session: Session, change: FileChange): string | null {
  const { movies } = ledger;
  const movie = movies.byPath(session.id, change.path);
  if (movie?.state !== 'arriving') return null;
  if (movie.sizeBytes !== change.sizeBytes || movie.mtimeMs !== change.mtimeMs)
    movies.setArriving(movie.seq, change.sizeBytes, change.mtimeMs, settings.retry.attempts);
  movies.setFingerprint(movie.seq, change.fingerprint ?? null);
  movies.setWaiting(movie.seq, movie.attempt, 0, null, null);
  return movie.base;
}

/**
 * Removes a movie from the ledger because its file is not a movie, such as the gain reference of the session;
 * also if it was processed as a movie.
 * @returns whether it was removed; false while it is in progress
 */
export function excludeMovie({ ledger }: Context, session: Session, path: string): boolean {
  const movie = ledger.movies.byPath(session.id, path);
  if (movie === null || movie.state === 'queued') return false;
  ledger.movies.remove(movie.seq);
  return true;
}

/**
 * Removes a movie whose file has vanished or is now skipped, unless the movie has a result, has failed, or is
 * in progress.
 * @returns whether the movie was removed
 */
function applyVanished({ ledger }: Context, session: Session, change: FileChange): boolean {
  const { movies } = ledger;
  const movie = movies.byPath(session.id, change.path);
  const isKept = movie !== null && movie.state !== 'arriving' && movie.state !== 'waiting';
  session.raw.setKept(change.path, isKept ? (change.reason ?? null) : null);
  if (movie === null || isKept) return false;
  movies.remove(movie.seq);
  return true;
}
