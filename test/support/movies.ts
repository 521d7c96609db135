import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../src/base/random.ts';
import { BATCH_VERSION, type Batch } from '../../src/contract/batch.ts';
import { createMrcStackWriter } from '../../src/formats/mrc/write.ts';
import { recipeFromParameters } from '../../src/pipeline/recipe.ts';

/** Size of the small movies in tests of the pipeline, the executors and the command line. */
export const SMALL = { width: 256, height: 256, frames: 4 } as const;

/** Uniform noise of 0..15 counts, the same for the same seed. */
export function noise(seed: number, length: number): Uint8Array {
  const { uint32 } = createRandom(seed);
  return Uint8Array.from({ length }, () => uint32() >>> 28);
}

/** Writes an MRC movie of seeded noise, in mode 6. */
export function writeMovie(
  path: string,
  seed: number,
  size: { width: number; height: number; frames: number } = SMALL,
): void {
  const { width, height, frames } = size;
  const writer = createMrcStackWriter(path, { width, height, mode: 6, pixelSizeA: null });
  for (let frame = 0; frame < frames; frame++) {
    const counts = Uint16Array.from(noise(seed * 1000 + frame, width * height));
    writer.appendFrame(new Uint8Array(counts.buffer));
  }
  writer.finish();
}

/** The fields by which a batch identifies the file of a movie; size and time are 0 if there is no file. */
export function identityOf(rawDir: string, path: string, base: string) {
  const stats = statSync(join(rawDir, path), { throwIfNoEntry: false });
  return { path, base, sizeBytes: stats?.size ?? 0, mtimeMs: stats?.mtimeMs ?? 0 };
}

/**
 * Creates the folders raw and processed of a session in `directory`, with this number of movies. Returns a
 * batch of all the movies.
 */
export async function smallBatch(
  directory: string,
  options: { token: string; movies: number },
): Promise<Batch> {
  const rawDir = join(directory, 'raw');
  const processedDir = join(directory, 'processed');
  mkdirSync(rawDir, { recursive: true });
  mkdirSync(processedDir, { recursive: true });
  const movies = Array.from({ length: options.movies }, (_, i) => {
    const base = `movie_${i + 1}`;
    writeMovie(join(rawDir, `${base}_fractions.mrc`), i + 1);
    return { ...identityOf(rawDir, `${base}_fractions.mrc`, base), attempt: 1 };
  });
  return {
    version: BATCH_VERSION,
    token: options.token,
    rawDir,
    processedDir,
    recipe: recipeFromParameters({ apix: 1, kev: 300, fmdose: 1.5 }, { gainPath: null, defectMapPath: null }),
    executor: 'local',
    threads: 1,
    movies,
  };
}
