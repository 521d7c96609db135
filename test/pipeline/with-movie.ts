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
  const fixture = {} as MovieFixture;
  beforeEach(async () => {
    fixture.directory = mkdtempSync(join(tmpdir(), 'cryoem-movie-'));
    fixture.batch = await smallBatch(fixture.directory, { token: 'token-one', movies: 1 });
    fixture.stub = createStubProgram();
  });
  afterEach(() => rmSync(fixture.directory, { recursive: true, force: true }));

  const run = (changes: Partial<Batch> = {}, signal?: AbortSignal): Promise<MovieResult> => {
    const batch = { ...fixture.batch, ...changes };
    return processMovie(batch, batch.movies[0]!, fixture.stub.tools, signal ? { signal } : {});
  };
  const inProcessed = (name: string) => join(fixture.batch.processedDir, name);
  const moviePath = () => join(fixture.batch.rawDir, fixture.batch.movies[0]!.path);
  const recordOnDisk = (): ResultRecord =>
    resultRecordSchema.parse(
      JSON.parse(readFileSync(recordPath(fixture.batch.processedDir, 'movie_1'), 'utf8')),
    );
  const outputs = () => readdirSync(fixture.batch.processedDir).sort();
  const runWithRecipe = (changes: Partial<Batch['recipe']>) =>
    run({ recipe: { ...fixture.batch.recipe, ...changes } });
  return { fixture, run, inProcessed, moviePath, recordOnDisk, outputs, runWithRecipe };
}
