import type { Recipe, StepName } from '../contract/recipe.ts';
import type { MovieIdentity, ResultRecord } from '../contract/record.ts';
import { hasAllFiles, isSameMovie, type OutputPlace } from './record-file.ts';

/** What is left to do for a movie that may already have a record. */
export type Todo = 'nothing' | 'ctf' | 'all';

/**
 * `nothing`: there is a good record of this movie and recipe, and its outputs exist. `ctf`: its alignment is
 * still valid.
 * @param hashes - of `recipe`, see `stepHashes`
 */
export async function whatIsLeft(
  record: ResultRecord | null,
  movie: MovieIdentity,
  recipe: Recipe,
  hashes: Record<StepName, string>,
  place: OutputPlace,
): Promise<Todo> {
  const holds =
    record !== null &&
    record.outcome.status === 'ok' &&
    record.motion !== null &&
    record.statistics !== null &&
    'sum' in record.files &&
    isSameMovie(record.movie, movie) &&
    record.stepHashes.align === hashes.align &&
    record.recipe.programs.align === recipe.programs.align &&
    (await hasAllFiles(record, place));
  if (!holds) return 'all';
  return record.stepHashes.ctf === hashes.ctf ? 'nothing' : 'ctf';
}
