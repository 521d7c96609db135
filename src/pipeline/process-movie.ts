import { hostname } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { hasErrorCode, messageOf } from '../base/errors.ts';
import type { BatchMovie } from '../contract/batch.ts';
import { CodedError } from '../contract/errors.ts';
import { type Outcome, RECORD_VERSION, type ResultRecord } from '../contract/record.ts';
import { alignStep, type Micrograph } from './align-step.ts';
import { applyOwnRecipe } from './apply-own-recipe.ts';
import { asCodedError, failedOutcome } from './coded-errors.ts';
import { ctfStep } from './ctf-step.ts';
import { keptMicrograph } from './kept-micrograph.ts';
import { metadataOf } from './metadata.ts';
import { picturesStep } from './pictures-step.ts';
import { recipeHash, stepHashes } from './recipe.ts';
import { finiteRecord, RESULTS_FOLDER, readRecord, serializeRecord } from './record-file.ts';
import { remainingWork } from './redo.ts';
import { type BatchSettings, type Hooks, identityOf, outputFoldersOf, type Run, type Tools } from './run.ts';
import { Staging } from './staging.ts';
import { verifyMovie, verifyReferences } from './verify.ts';

/** `skipped`: it was done already, see `record`. `cancelled` leaves no files. */
export type MovieResult =
  | { readonly status: 'ok' | 'skipped'; readonly record: ResultRecord }
  | {
      readonly status: 'failed';
      readonly record: ResultRecord;
      /** False: the record could not be written either, and contains the reason. */
      readonly isRecorded: boolean;
    }
  | { readonly status: 'cancelled' };

/**
 * Runs all steps for one movie: align, CTF, pictures, outputs, record. Outputs appear together with a
 * record that lists them, or not at all; the only exception: if the process ends between two renames, outputs
 * without a record remain, which the next attempt overwrites. Never throws because of the movie: the record
 * contains the failure.
 */
export async function processMovie(
  batch: BatchSettings,
  movie: BatchMovie,
  tools: Tools,
  hooks: Hooks = {},
): Promise<MovieResult> {
  // `finishedAt` minus `startedAt` is the processing time, even if the wall clock is set in between.
  const clockOffsetMs = systemClock.wallMs() - systemClock.monotonicMs();
  const now = () => new Date(clockOffsetMs + systemClock.monotonicMs()).toISOString();
  const startedAt = now();
  const { recipe } = batch;
  const folders = outputFoldersOf(batch);
  const hashes = stepHashes(recipe);
  const recordOf = (
    run: Partial<Run>,
    outcome: Outcome,
    results: Partial<ResultRecord> = {},
  ): ResultRecord => ({
    version: RECORD_VERSION,
    movie: identityOf(movie),
    recipe: run.batch?.recipe ?? recipe,
    recipeHash: recipeHash(run.batch?.recipe ?? recipe),
    stepHashes: hashes,
    attempt: movie.attempt,
    host: hostname(),
    executor: batch.executor,
    ...(tools.jobLocation ? { place: tools.jobLocation } : {}),
    serviceVersion: tools.serviceVersion,
    startedAt,
    finishedAt: now(),
    steps: run.steps ?? [],
    motion: null,
    ctf: null,
    statistics: null,
    files: {},
    warnings: run.warnings ?? [],
    outcome,
    ...results,
  });

  let run: Run | null = null;
  try {
    const oldRecord = await readRecord(folders, movie.base);
    const remaining = await remainingWork(oldRecord, movie, recipe, hashes, folders);
    if (oldRecord && remaining === 'nothing') return { status: 'skipped', record: oldRecord };
    const kept = remaining === 'ctf' ? oldRecord : null;
    run = await openRun(batch, movie, tools, hooks);
    await moveDirectoryAside(run);
    run = applyOwnRecipe(run, kept);
    const micrograph = await alignOrReuse(run, kept);
    const { ctf, diagnostic } = await ctfStep(run, micrograph);
    await picturesStep(run, micrograph, ctf, diagnostic);
    if (remaining === 'all') verifyMovie(run.moviePath, movie);
    const { motion, statistics, replacedPixels, gainCheck } = micrograph;
    const metadata = metadataOf(run);
    const files: Record<string, string> = { ...run.files };
    const results = {
      motion,
      ctf,
      statistics,
      files,
      ...(replacedPixels ? { replacedPixels } : {}),
      ...(gainCheck ? { gainCheck } : {}),
      ...metadata,
    };
    const record = finiteRecord(recordOf(run, { status: 'ok' }, results));
    const names = Object.values(files);
    const obsolete = Object.values(oldRecord?.files ?? {}).filter((name) => !names.includes(name));
    await run.staging.publish(recordName(movie.base), serializeRecord(record), obsolete);
    return { status: 'ok', record };
  } catch (thrown) {
    if (hooks.signal?.aborted) return { status: 'cancelled' };
    const newerRecord = await successfulRecord(batch, movie);
    if (newerRecord) return { status: 'skipped', record: newerRecord };
    const error = explain(thrown, run, movie);
    const record = recordOf(run ?? {}, failedOutcome(error));
    return { status: 'failed', record, isRecorded: await publishFailure(run, record) };
  } finally {
    // A folder that cannot be removed now is removed later by `cleanTemporary`, which recognises its token.
    await run?.staging.discard().catch(() => undefined);
  }
}

/**
 * A successful result that another worker has published in the meantime: a cluster may run a batch twice, and
 * a superseded run must not replace it with a failure.
 */
async function successfulRecord(batch: BatchSettings, movie: BatchMovie): Promise<ResultRecord | null> {
  const { recipe } = batch;
  const folders = outputFoldersOf(batch);
  try {
    const record = await readRecord(folders, movie.base);
    const remaining = await remainingWork(record, movie, recipe, stepHashes(recipe), folders);
    return remaining === 'nothing' ? record : null;
  } catch {
    return null; // the recipe's files or the folder cannot be read, which is the failure to report
  }
}

const recordName = (base: string) => `${RESULTS_FOLDER}/${base}.json`;

async function openRun(batch: BatchSettings, movie: BatchMovie, tools: Tools, hooks: Hooks): Promise<Run> {
  const staging = await Staging.open(outputFoldersOf(batch), batch.token, movie.base, tools.jobLocation);
  const moviePath = join(batch.rawDir, movie.path);
  return { batch, movie, moviePath, tools, hooks, staging, steps: [], warnings: [], files: {} };
}

async function moveDirectoryAside({ staging, movie, warnings }: Run): Promise<void> {
  const newName = await staging.moveDirectoryAside(recordName(movie.base));
  if (newName === null) return;
  warnings.push(
    `A directory had the name of the result record, and was renamed to ${RESULTS_FOLDER}/${newName}.`,
  );
}

/** @param old - a record whose alignment is still valid and is reused; null: the movie is aligned */
async function alignOrReuse(run: Run, old: ResultRecord | null): Promise<Micrograph> {
  if (old) return keptMicrograph(run, old);
  verifyMovie(run.moviePath, run.movie);
  verifyReferences(run.batch.recipe.gain?.path ?? null, run.batch.recipe.defectMapPath);
  return alignStep(run);
}

/**
 * Writes the record of a failure. If this fails too, as on a full disk, the reason is added to `record`.
 * @returns whether the record was written
 */
async function publishFailure(run: Run | null, record: ResultRecord): Promise<boolean> {
  try {
    await run?.staging.publishFailure(recordName(record.movie.base), serializeRecord(record));
    if (run === null) record.warnings.push('No record was written: the output folder cannot be used.');
    return run !== null;
  } catch (error) {
    record.warnings.push(`No record was written: ${messageOf(error)}`);
    return false;
  }
}

/** Whether an output could not be moved to its final name because of a directory. */
const isDirectoryInPlace = (thrown: unknown): thrown is Error =>
  thrown instanceof Error &&
  hasErrorCode(thrown, 'EISDIR') &&
  'syscall' in thrown &&
  thrown.syscall === 'rename';

const directoryInPlace = (cause: Error): CodedError =>
  new CodedError(
    'OUTPUT_NOT_WRITABLE',
    `A directory has the name of an output. Move it elsewhere, then retry the movie. ${cause.message}`,
    {},
    { cause },
  );

/** If the movie changed while it was read, this explains whatever error the reader found. */
function explain(thrown: unknown, run: Run | null, movie: BatchMovie): CodedError {
  const error = isDirectoryInPlace(thrown) ? directoryInPlace(thrown) : asCodedError(thrown);
  if (run !== null) error.message = run.staging.withShownPaths(error.message);
  if (run === null || error.code === 'MOVIE_MISSING') return error;
  try {
    verifyMovie(run.moviePath, movie);
  } catch (changeError) {
    if (changeError instanceof CodedError && changeError.code === 'MOVIE_CHANGED') return changeError;
  }
  return error;
}
