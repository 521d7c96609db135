import { ERRORS } from '../../contract/errors.ts';
import type { ParameterValues } from '../../contract/parameters.ts';
import type { PlannedMovies, Preview } from '../../contract/preview.ts';
import { canonicalJson, stepHashes } from '../../pipeline/recipe.ts';
import type { Context } from '../context.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { MovieTally } from '../ledger/movies-table.ts';
import { hashesText, type LedgerMovie } from '../ledger/rows.ts';
import { namesIn, namesOf, type Session } from '../session.ts';
import { contradictionsOf } from './contradictions.ts';
import { recipeOf } from './recipe.ts';

/**
 * What a start with these values would do: nothing is changed, no pixel is read.
 * @param values - as far as they are given and valid
 * @param isWhole - whether they are enough for a start
 */
export async function previewOf(
  context: Context,
  discovery: Discovery,
  session: Session,
  values: Partial<ParameterValues>,
  isWhole: boolean,
): Promise<Preview> {
  const names = namesIn(values);
  const isSameNames = canonicalJson(names) === canonicalJson(namesOf(session));
  const survey = await discovery.ask('survey', {
    ...{ raw: session.paths.raw, names, wantsPaths: !isSameNames },
    ...{ gain: values.rawgainref ?? null, defects: values.rawdefectsmap ?? null },
  });
  const { movies: ledger } = context.ledger;
  const hashes = isWhole
    ? hashesText(stepHashes(recipeOf(context, values as ParameterValues, survey.references)))
    : null;
  const tallies =
    survey.paths === null
      ? ledger.tallies(session.id)
      : ledger.talliesAmong(session.id, new Set(survey.paths));
  const known = tallies.reduce((sum, { count }) => sum + count, 0);
  // Files that no look has met yet, or that the names of the last start left out.
  const unmet = Math.max(0, survey.found - known);
  return {
    movies: hashes === null ? null : planOf([...tallies, ...unmetTally(unmet)], hashes),
    skipped: [...survey.skipped],
    contradictions: contradictionsOf(values, survey),
    notes: [...survey.references.notes],
    sample: survey.sample,
  };
}

const unmetTally = (count: number): MovieTally[] =>
  count === 0 ? [] : [{ state: 'waiting', hashes: null, errorCode: null, count }];

/** By the rules of a start: see `redoOthers` and `forgive`. @param hashes - of the recipe that is asked for */
export function planOf(tallies: readonly MovieTally[], hashes: string): PlannedMovies {
  const plan: PlannedMovies = {
    ...{ found: 0, arriving: 0, toDo: 0, inWork: 0, kept: 0 },
    ...{ redoCtf: 0, redoAll: 0, tryAgain: 0, staysFailed: 0 },
  };
  for (const tally of tallies) {
    plan.found += tally.count;
    plan[fateOf(tally, hashes)] += tally.count;
  }
  return plan;
}

const alignOf = (hashes: string) => hashes.split(':', 1)[0];

function fateOf(
  { state, hashes: before, errorCode }: MovieTally,
  hashes: string,
): Exclude<keyof PlannedMovies, 'found'> {
  switch (state) {
    case 'arriving':
      return 'arriving';
    case 'waiting':
      return 'toDo';
    case 'queued':
      return 'inWork';
    case 'done':
      if (before === hashes) return 'kept';
      return before !== null && alignOf(before) === alignOf(hashes) ? 'redoCtf' : 'redoAll';
    case 'failed':
      return before !== hashes || isForgivable(errorCode) ? 'tryAgain' : 'staysFailed';
  }
}

/** A file that cannot be read stays so until it changes; settings, programs, machines and disks are put right by people. */
export function isForgivable(code: LedgerMovie['errorCode']): boolean {
  if (code === null) return false;
  const { cause, retryable } = ERRORS[code];
  return retryable || cause === 'settings' || code === 'PROGRAM_MISSING';
}
