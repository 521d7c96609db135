import { dirname, join, resolve } from 'node:path';
import { isInside } from '../base/real-path.ts';
import type { Batch, BatchMovie } from '../contract/batch.ts';
import { CodedError } from '../contract/errors.ts';
import { assertNoLink, assertNotInOutputFolder } from './check-output-folders.ts';
import { type MovieResult, processMovie } from './process-movie.ts';
import type { Hooks, Tools } from './run.ts';

export interface BatchHooks {
  readonly signal?: AbortSignal;
  /** @param fraction - completed fraction of this movie, up to 1 */
  readonly onProgress?: (movie: BatchMovie, fraction: number) => void;
  readonly onMovie?: (result: MovieResult) => void;
  /** Called regularly while the work makes progress. */
  readonly onHeartbeat?: () => void;
}

/** Number of movies by result. `interrupted`: the batch was aborted before all its movies were done. */
export interface BatchSummary {
  readonly ok: number;
  readonly skipped: number;
  readonly failed: number;
  readonly interrupted: boolean;
  /** The record of the last movie could not be written; the remaining movies were not started. */
  readonly unrecorded: boolean;
}

/**
 * Processes the movies of a batch in order. A movie that fails gets a record and does not stop the others; a
 * movie that is already done is skipped. If a record cannot be written, the batch ends, because later results
 * could not be saved either.
 * @throws CodedError BAD_PARAMETERS, UNSAFE_DIRECTORY for a batch that would write to a forbidden directory
 */
export async function runBatch(batch: Batch, tools: Tools, hooks: BatchHooks = {}): Promise<BatchSummary> {
  refuseUnsafePaths(batch);
  await refuseUnsafeFolders(batch);
  const counts = { ok: 0, skipped: 0, failed: 0 };
  for (const movie of batch.movies) {
    if (hooks.signal?.aborted) return { ...counts, interrupted: true, unrecorded: false };
    const { onProgress, onHeartbeat } = hooks;
    onHeartbeat?.();
    const movieHooks: Hooks = {
      ...(onHeartbeat ? { onHeartbeat } : {}),
      ...(hooks.signal ? { signal: hooks.signal } : {}),
      ...(onProgress ? { onProgress: (fraction: number) => onProgress(movie, fraction) } : {}),
    };
    const result = await processMovie(batch, movie, tools, movieHooks);
    if (result.status === 'cancelled') return { ...counts, interrupted: true, unrecorded: false };
    counts[result.status]++;
    hooks.onMovie?.(result);
    if (result.status === 'failed' && !result.isRecorded)
      return { ...counts, interrupted: false, unrecorded: true };
  }
  return { ...counts, interrupted: false, unrecorded: false };
}

/**
 * Outputs are never written next to the movies (the output `X.mrc` of a movie `X.mrc` would overwrite it),
 * nor outside `processed`.
 */
function refuseUnsafePaths(batch: Batch): void {
  const rawDir = resolve(batch.rawDir);
  const processedDir = resolve(batch.processedDir);
  const errors: string[] = [];
  for (const { path, base } of batch.movies) {
    const fullPath = resolve(rawDir, path);
    if (!isInside(rawDir, fullPath)) errors.push(`${path} is outside ${rawDir}`);
    if (dirname(fullPath) === processedDir) errors.push(`outputs would be next to the movie ${fullPath}`);
    if (base === '' || base.startsWith('.') || /[/\0]/.test(base))
      errors.push(`"${base}" cannot be used as the name of output files`);
  }
  const bases = batch.movies.map((movie) => movie.base);
  const duplicates = bases.filter((base, i) => bases.indexOf(base) !== i);
  for (const base of duplicates)
    errors.push(`two movies would write the same outputs: ${join(processedDir, base)}`);
  if (errors.length > 0) throw new CodedError('BAD_PARAMETERS', `${errors.join('; ')}.`);
}

/** Checks the folders by device and inode, because links and mounts give one directory many paths. */
async function refuseUnsafeFolders({ rawDir, processedDir, movies }: Batch): Promise<void> {
  await assertNoLink(processedDir);
  for (const { path } of movies) await assertNotInOutputFolder(join(rawDir, path), processedDir);
}
