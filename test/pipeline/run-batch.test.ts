import {
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Batch } from '../../src/contract/batch.ts';
import type { MovieResult } from '../../src/pipeline/process-movie.ts';
import { runBatch } from '../../src/pipeline/run-batch.ts';
import { smallBatch } from '../support/movies.ts';
import { createStubProgram, type StubProgram } from './stub-program.ts';

const HOUR_MS = 3_600_000;

let directory: string;
let batch: Batch;
let stub: StubProgram;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cryoem-batch-'));
  batch = await smallBatch(directory, { token: 'token-one', movies: 3 });
  stub = createStubProgram();
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true, force: true });
});

describe('runBatch', () => {
  it('processes the movies in order, even after one that fails', async () => {
    rmSync(join(batch.rawDir, batch.movies[1]!.path));
    const results: MovieResult[] = [];
    const summary = await runBatch(batch, stub.tools, { onMovie: (result) => results.push(result) });
    expect(summary).toEqual({ ok: 2, skipped: 0, failed: 1, interrupted: false, unrecorded: false });
    const statuses = results.map((r) => (r.status === 'cancelled' ? null : [r.record.movie.base, r.status]));
    expect(statuses).toEqual([
      ['movie_1', 'ok'],
      ['movie_2', 'failed'],
      ['movie_3', 'ok'],
    ]);
  });

  it('correctly measures how long a movie took if the wall clock is set back in between', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    stub.beforeStep.align = () => vi.setSystemTime(Date.now() - HOUR_MS);
    const results: MovieResult[] = [];
    await runBatch(batch, stub.tools, { onMovie: (result) => results.push(result) });
    vi.useRealTimers();
    const durationsMs = results.map((result) => {
      if (result.status === 'cancelled') throw new Error('it was cancelled');
      return Date.parse(result.record.finishedAt) - Date.parse(result.record.startedAt);
    });
    expect(durationsMs).toHaveLength(3);
    for (const durationMs of durationsMs) expect(durationMs).toBeGreaterThanOrEqual(0);
  });

  it('skips finished movies when it is run again', async () => {
    await runBatch(batch, stub.tools);
    expect(await runBatch(batch, stub.tools)).toEqual({
      ok: 0,
      skipped: 3,
      failed: 0,
      interrupted: false,
      unrecorded: false,
    });
    expect(stub.calls.align).toBe(3);
  });

  it('stops if a result cannot be written', async () => {
    rmSync(batch.processedDir, { recursive: true });
    writeFileSync(batch.processedDir, 'a file is in the way');
    const summary = await runBatch(batch, stub.tools);
    expect(summary).toEqual({ ok: 0, skipped: 0, failed: 1, interrupted: false, unrecorded: true });
    expect(stub.calls.align).toBe(0);
  });

  it('does not recreate the folder of a removed session', async () => {
    const session = dirname(batch.processedDir);
    rmSync(session, { recursive: true });
    expect(await runBatch(batch, stub.tools)).toMatchObject({ failed: 1, unrecorded: true });
    expect(existsSync(session)).toBe(false);
  });

  it('stops when it is aborted and keeps finished results', async () => {
    const controller = new AbortController();
    stub.beforeStep.align = () => stub.calls.align === 2 && controller.abort();
    const summary = await runBatch(batch, stub.tools, { signal: controller.signal });
    expect(summary).toEqual({ ok: 1, skipped: 0, failed: 0, interrupted: true, unrecorded: false });
    expect(readdirSync(join(batch.processedDir, 'results'))).toEqual(['movie_1.json']);
    expect(readdirSync(batch.processedDir)).not.toContain('.tmp');
  });

  it('refuses to write next to the movies or outside processed, or to give two movies the same base', async () => {
    const [first, second] = batch.movies;
    const invalidChanges: Partial<Batch>[] = [
      { processedDir: batch.rawDir },
      { movies: [{ ...first!, base: '../escape' }] },
      { movies: [{ ...first!, base: '.hidden' }] },
      { movies: [{ ...first!, path: '../outside.mrc' }] },
      { movies: [first!, { ...second!, base: first!.base }] },
    ];
    writeFileSync(join(directory, 'outside.mrc'), '');
    for (const changes of invalidChanges)
      await expect(runBatch({ ...batch, ...changes }, stub.tools)).rejects.toMatchObject({
        code: 'BAD_PARAMETERS',
      });
    expect(readdirSync(batch.processedDir)).toEqual([]);
  });

  it('refuses to write next to the movies by another path: processed is a link, or a folder of movies is a link to it', async () => {
    const processedLink = join(directory, 'linked');
    symlinkSync(batch.rawDir, processedLink);
    const refusal = { code: 'UNSAFE_DIRECTORY' };
    await expect(runBatch({ ...batch, processedDir: processedLink }, stub.tools)).rejects.toMatchObject(
      refusal,
    );
    const [movie] = batch.movies;
    renameSync(join(batch.rawDir, movie!.path), join(batch.processedDir, movie!.path));
    symlinkSync(batch.processedDir, join(batch.rawDir, 'folder'));
    const movies = [{ ...movie!, path: join('folder', movie!.path) }];
    await expect(runBatch({ ...batch, movies }, stub.tools)).rejects.toMatchObject(refusal);
    expect(readdirSync(batch.processedDir)).toEqual([movie!.path]);
  });
});
