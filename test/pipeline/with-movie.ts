import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Batch } from '../../src/contract/batch.ts';
import { type ResultRecord, resultRecordSchema } from '../../src/contract/record.ts';
import { type MovieResult, processMovie } from '../../src/pipeline/process-movie.ts';
import { recordPath } from '../../src/pipeline/record-file.ts';
import { smallBatch } from '../support/movies.ts';
import { createStubProgram, type StubProgram } from './stub-program.ts';

/** Names in `processed` when the movie is done. */
export const ALL_OUTPUTS = [
  'movie_1.ctf',
  'movie_1.mrc',
  'movie_1.star',
  'movie_1_DW.mrc',
  'movie_1_combined.jpg',
  'movie_1_ctf.jpg',
  'movie_1_ctffind.txt',
  'movie_1_thumb.jpg',
  'results',
];

/** A batch of one movie, `movie_1`, and the stub that processes it; see `withMovie`. */
interface MovieFixture {
  directory: string;
  batch: Batch;
  stub: StubProgram;
}

/** Creates a movie before each test of a file, and removes it after the test. */
export function withMovie() {
  const world = {} as MovieFixture;
  beforeEach(async () => {
    world.directory = mkdtempSync(join(tmpdir(), 'cryoem-movie-'));
    world.batch = await smallBatch(world.directory, { token: 'token-one', movies: 1 });
    world.stub = createStubProgram();
  });
  afterEach(() => rmSync(world.directory, { recursive: true, force: true }));

  const run = (changes: Partial<Batch> = {}, signal?: AbortSignal): Promise<MovieResult> => {
    const batch = { ...world.batch, ...changes };
    return processMovie(batch, batch.movies[0]!, world.stub.tools, signal ? { signal } : {});
  };
  const inProcessed = (name: string) => join(world.batch.processedDir, name);
  const moviePath = () => join(world.batch.rawDir, world.batch.movies[0]!.path);
  const recordOnDisk = (): ResultRecord =>
    resultRecordSchema.parse(
      JSON.parse(readFileSync(recordPath(world.batch.processedDir, 'movie_1'), 'utf8')),
    );
  const outputs = () => readdirSync(world.batch.processedDir).sort();
  const withRecipe = (changes: Partial<Batch['recipe']>) =>
    run({ recipe: { ...world.batch.recipe, ...changes } });
  return { world, run, inProcessed, moviePath, recordOnDisk, outputs, withRecipe };
}
