import type { Recipe, StepName } from '../contract/recipe.ts';
import type { MovieIdentity, ResultRecord } from '../contract/record.ts';
import { hasAllFiles, isSameMovie, type OutputFolders } from './record-file.ts';

/** Steps that remain for a movie that may already have a record. */
export type RemainingWork = 'nothing' | 'ctf' | 'all';

/**
 * `nothing`: there is a successful record of this movie and recipe, and its outputs exist. `ctf`: the
 * alignment of the record is still valid.
 * @param hashes - hashes of `recipe`, see `stepHashes`
 */
export async function remainingWork(
  record: ResultRecord | null,
  movie: MovieIdentity,
  recipe: Recipe,
  hashes: Record<StepName, string>,
  folders: OutputFolders,
): Promise<RemainingWork> {
  const isAlignmentValid =
    record !== null &&
    record.outcome.status === 'ok' &&
    record.motion !== null &&
    record.statistics !== null &&
    'sum' in record.files &&
    isSameMovie(record.movie, movie) &&
    record.stepHashes.align === hashes.align &&
    record.recipe.programs.align === recipe.programs.align &&
    (await hasAllFiles(record, folders));
  if (!isAlignmentValid) return 'all';
  return record.stepHashes.ctf === hashes.ctf ? 'nothing' : 'ctf';
}
