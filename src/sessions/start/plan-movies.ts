import { ERRORS, type ErrorCode } from '../../contract/errors.ts';
import type { PlannedMovies } from '../../contract/preview.ts';
import type { MovieTally } from '../ledger/movies-table.ts';

/** What would happen to the movies if the session were started. @param hashes - of the requested recipe */
export function planOf(tallies: readonly MovieTally[], hashes: string): PlannedMovies {
  const plan: PlannedMovies = {
    found: 0,
    arriving: 0,
    toDo: 0,
    inProgress: 0,
    kept: 0,
    redoCtf: 0,
    redoAll: 0,
    tryAgain: 0,
    staysFailed: 0,
  };
  for (const tally of tallies) {
    plan.found += tally.count;
    plan[plannedActionOf(tally, hashes)] += tally.count;
  }
  return plan;
}

/**
 * Whether the cause of a failure may have been removed since: settings, missing programs, machines and disks
 * can be repaired. Other failures would happen again: a file that cannot be read stays unreadable until it
 * changes, and alignment and CTF estimation give the same result for the same movie.
 */
export function isRepairable(code: ErrorCode | null): boolean {
  if (code === null) return false;
  const { cause, retryable } = ERRORS[code];
  return retryable || cause === 'settings' || cause === 'disk' || code === 'PROGRAM_MISSING';
}

const alignHashOf = (hashes: string) => hashes.split(':', 1)[0];

function plannedActionOf(
  { state, hashes: oldHashes, errorCode }: MovieTally,
  hashes: string,
): Exclude<keyof PlannedMovies, 'found'> {
  switch (state) {
    case 'arriving':
      return 'arriving';
    case 'waiting':
      return 'toDo';
    case 'queued':
      return 'inProgress';
    case 'done':
      if (oldHashes === hashes) return 'kept';
      return oldHashes !== null && alignHashOf(oldHashes) === alignHashOf(hashes) ? 'redoCtf' : 'redoAll';
    case 'failed':
      return oldHashes !== hashes || isRepairable(errorCode) ? 'tryAgain' : 'staysFailed';
  }
}
