import type { ParameterValues } from '../../contract/parameters.ts';
import { parseParameters } from '../../contract/parse-parameters.ts';
import type { Preview } from '../../contract/preview.ts';
import { canonicalJson } from '../../pipeline/recipe.ts';
import type { Context } from '../context.ts';
import { currentStepHashes } from '../current-hashes.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { MovieTally } from '../ledger/movies-table.ts';
import { hashesText, type LedgerMovie } from '../ledger/rows.ts';
import { fileNameFilterOf } from '../lifecycle/lifecycle.ts';
import type { Session } from '../session.ts';
import { contradictionsOf } from './contradictions.ts';
import { planOf } from './plan-movies.ts';
import { recipeOf } from './recipe.ts';
import { surveyRequestOf } from './survey-request.ts';

/**
 * What a start with these values would do; the preview itself changes nothing and reads no pixels.
 * @param values - those of the given values that are valid
 * @param isComplete - whether all required parameters are given
 * @param signal - aborted when the client disconnects
 */
export async function previewOf(
  context: Context,
  discovery: Discovery,
  session: Session,
  values: Partial<ParameterValues>,
  isComplete: boolean,
  signal?: AbortSignal,
): Promise<Preview> {
  const filter = fileNameFilterOf(values);
  const isFilterUnchanged = canonicalJson(filter) === canonicalJson(session.lifecycle.fileNameFilter);
  const request = surveyRequestOf(session.paths.raw, values, !isFilterUnchanged);
  const survey = await discovery.request('survey', request, signal);
  const parsed = isComplete ? parseParameters({ ...values }) : null;
  const hashes = parsed?.ok
    ? hashesText(await currentStepHashes(recipeOf(context, parsed.values, survey.references)))
    : null;
  const { movies } = context.ledger;
  const tallies =
    survey.paths === null
      ? talliesWithoutReferences(context, session, survey.referencesInRaw)
      : movies.talliesAmong(session.id, new Set(survey.paths));
  const known = tallies.reduce((sum, { count }) => sum + count, 0);
  // Files that no scan has found yet, or that the file name filter of the last start excluded.
  const unknown = Math.max(0, survey.found - known);
  return {
    movies: hashes === null ? null : planOf([...tallies, ...tallyOfUnknown(unknown)], hashes),
    skipped: isFilterUnchanged ? session.raw.withoutKept(survey.skipped) : [...survey.skipped],
    contradictions: contradictionsOf(values, survey, context.settings.discovery),
    notes: [...survey.references.notes],
    sample: survey.sample,
  };
}

/** Files that a scan has taken for movies, and that the start would use as references, are not counted. */
function talliesWithoutReferences(
  { ledger: { movies } }: Context,
  { id }: Session,
  references: readonly string[],
): MovieTally[] {
  const used = references.flatMap((path) => movies.byPath(id, path) ?? []);
  return movies.tallies(id).map((tally) => {
    const { state, hashes, errorCode, count } = tally;
    const isSame = (movie: LedgerMovie) =>
      movie.state === state && movie.hashes === hashes && movie.errorCode === errorCode;
    return { ...tally, count: count - used.filter(isSame).length };
  });
}

const tallyOfUnknown = (count: number): MovieTally[] =>
  count === 0 ? [] : [{ state: 'waiting', hashes: null, errorCode: null, count }];
