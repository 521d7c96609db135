import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Batch } from '../../src/contract/batch.ts';
import { PARAMETER_TABLE } from '../../src/contract/parameters.ts';
import { type ResultRecord, resultRecordSchema } from '../../src/contract/record.ts';
import { readRecord } from '../../src/pipeline/record-file.ts';
import { outputFoldersOf } from '../../src/pipeline/run.ts';
import { cleanTemporary } from '../../src/pipeline/staging.ts';
import { identityOf, noise, SMALL, smallBatch, writeMovie } from '../support/movies.ts';
import { TEST_TIMEOUT_MS } from '../support/test-timeout.ts';

const ENTRY = fileURLToPath(new URL('../../bin/cryoem', import.meta.url));
const LARGE = { width: 512, height: 512, frames: 12 };
const MICROSCOPE = ['--apix', '1', '--kev', '300', '--fmdose', '1.5'];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cryoem-process-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Starts `cryoem process`; standard input is a pipe that stays open until `child.stdin.end()`. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [ENTRY, 'process', ...args], { stdio: 'pipe', cwd: directory });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  child.stdin.on('error', () => undefined); // the process may have ended already
  const result = new Promise<{ code: number | null; signal: string | null; out: string; err: string }>(
    (resolve) => child.once('close', (code, signal) => resolve({ code, signal, out, err })),
  );
  return { child, result };
}
const run = (...args: string[]) => start(...args).result;
const recordsIn = (text: string): ResultRecord[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => resultRecordSchema.parse(JSON.parse(line)));
const failureOf = (record: ResultRecord | null) =>
  record?.outcome.status === 'failed' ? record.outcome.code : record?.outcome.status;

function writeBatch(batch: Batch): string {
  const path = join(directory, `${batch.token}.json`);
  writeFileSync(path, JSON.stringify(batch));
  return path;
}

describe('cryoem process MOVIE...', () => {
  it('does not process its gain reference as a movie, even if *.mrc matches it', async () => {
    for (const name of ['a_fractions.mrc', 'mine.mrc']) writeMovie(join(directory, name), 1);
    const movies = ['a_fractions.mrc', 'mine.mrc'];
    const flags = ['--out', 'done', ...MICROSCOPE, '--gain', 'mine.mrc', '--json'];
    const { code, out, err } = await run(...movies, ...flags);
    expect(code, err).toBe(0);
    expect(recordsIn(out).map((record) => record.movie.base)).toEqual(['a']);
  });

  it('processes the given movies and prints one record per line', async () => {
    writeMovie(join(directory, 'a_fractions.mrc'), 1);
    writeMovie(join(directory, 'b_fractions.mrc'), 2);
    const { code, out, err } = await run(
      'a_fractions.mrc',
      'b_fractions.mrc',
      '--out',
      'done',
      ...MICROSCOPE,
      '--json',
    );
    expect(code, err).toBe(0);
    expect(recordsIn(out).map((record) => record.movie.base)).toEqual(['a', 'b']);
    for (const record of recordsIn(out)) {
      expect(record.outcome).toEqual({ status: 'ok' });
      expect(record.recipe).toMatchObject({
        pixelSizeA: 1,
        voltageKv: 300,
        dosePerFrameEA2: 1.5,
        gain: null,
      });
      for (const name of Object.values(record.files))
        expect(existsSync(join(directory, 'done', name))).toBe(true);
    }
  });

  it('gives different base names to movies with the same name in two folders', async () => {
    const paths = ['one', 'two'].map((folder) => join(mkdtempSync(join(directory, folder)), 'X.mrc'));
    for (const [i, path] of paths.entries()) writeMovie(path, i);
    const { out } = await run(...paths, '--out', 'done', ...MICROSCOPE, '--json');
    const bases = recordsIn(out).map((record) => record.movie.base);
    expect(bases[0]).toBe('X');
    expect(bases[1]).toMatch(/^X-[0-9a-f]{8}$/);
  });

  it('reports all errors at once, and exits with 2', async () => {
    const { code, err } = await run('none.mrc', '--kev', '7', '--rotgain', '9');
    expect(code).toBe(2);
    for (const part of [
      'apix is missing',
      'kev must be from',
      'rotgain must be one of',
      '--out is missing',
      'none.mrc',
    ])
      expect(err).toContain(part);
  });

  it('exits with 2 on an unknown flag', async () => {
    expect((await run('x.mrc', '--no-such-flag')).code).toBe(2);
  });

  it('refuses to write next to the movies', async () => {
    writeMovie(join(directory, 'a.mrc'), 1);
    const before = readFileSync(join(directory, 'a.mrc'));
    const { code, err } = await run('a.mrc', '--out', '.', ...MICROSCOPE);
    expect(code).toBe(2);
    expect(err).toContain('next to the movie');
    expect(readFileSync(join(directory, 'a.mrc')).equals(before)).toBe(true);
  });

  it('has a flag for every processing parameter, explained in the help', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const p of PARAMETER_TABLE.filter((p) => !['discovery', 'executor'].includes(p.affects)))
      expect(out).toContain(`--${p.name.replaceAll('_', '-')}`);
    expect(out).toContain('Exit codes');
  });

  it('uses the given gain reference; the movie fails if the size of the reference is wrong', async () => {
    writeMovie(join(directory, 'a.mrc'), 1);
    writeMovie(join(directory, 'gain.mrc'), 3, { width: 128, height: 256, frames: 1 });
    const { code, out } = await run('a.mrc', '--out', 'done', ...MICROSCOPE, '--gain', 'gain.mrc', '--json');
    const [record] = recordsIn(out);
    expect(code).toBe(1);
    expect(failureOf(record!)).toBe('GAIN_SIZE_MISMATCH');
    expect(JSON.stringify(record!.outcome)).toMatch(/128.*256.*/);
  });
});

describe('cryoem process BATCH.json', () => {
  it('processes good movies and fails bad ones, each with its own error', async () => {
    const batch = await smallBatch(directory, { token: 'bad-movies', movies: 5 });
    const moviePath = (i: number) => join(batch.rawDir, batch.movies[i]!.path);
    writeFileSync(moviePath(0), '');
    truncateSync(moviePath(1), 300_000);
    writeFileSync(moviePath(2), noise(7, 50_000));
    rmSync(moviePath(3));
    batch.movies = batch.movies.map((m) => ({ ...m, ...identityOf(batch.rawDir, m.path, m.base) }));
    const { code, out } = await run(writeBatch(batch), '--json');
    expect(code).toBe(1);
    expect(recordsIn(out).map(failureOf)).toEqual([
      'MOVIE_EMPTY',
      'MOVIE_TRUNCATED',
      'MOVIE_CORRUPT',
      'MOVIE_MISSING',
      'ok',
    ]);
    const recordsOnDisk = await Promise.all(
      batch.movies.map((m) => readRecord(outputFoldersOf(batch), m.base)),
    );
    expect(recordsOnDisk.map(failureOf)).toEqual(recordsIn(out).map(failureOf));
    expect(readdirSync(batch.processedDir).filter((name) => /movie_[1-4]/.test(name))).toEqual([]);
    expect(existsSync(join(batch.processedDir, '.tmp'))).toBe(false);
  });

  it('exits with 2 and names the field if the file is not a valid batch', async () => {
    const batch = await smallBatch(directory, { token: 'no-batch-', movies: 1 });
    const { code, err } = await run(writeBatch({ ...batch, threads: 0, movies: [] }));
    expect(code).toBe(2);
    expect(err).toContain('threads');
    expect(err).toContain('movies');
  });

  it('exits with 2 if flags contradict the file', async () => {
    const batch = await smallBatch(directory, { token: 'with-flags', movies: 1 });
    const { code, err } = await run(writeBatch(batch), '--apix', '2');
    expect(code).toBe(2);
    expect(err).toContain('omit --apix');
  });

  it('leaves no temporary file when it is stopped', async () => {
    const { batch, path } = await largeBatch('sigterm-it');
    const { child, result } = start(path);
    await waitForProcessing(batch);
    child.kill('SIGTERM');
    expect((await result).code).toBe(130);
    expect(readdirSync(batch.processedDir).filter((name) => name !== 'results')).toEqual([]);
  });

  it('leaves no temporary file when its service has ended', async () => {
    const { batch, path } = await largeBatch('close-stdin');
    const { child, result } = start(path, '--follow-stdin');
    await waitForProcessing(batch);
    child.stdin.end();
    expect((await result).code).toBe(130);
    expect(readdirSync(batch.processedDir).filter((name) => name !== 'results')).toEqual([]);
  });

  it('ends by itself with --follow-stdin while standard input stays open', async () => {
    const batch = await smallBatch(directory, { token: 'stdin-open', movies: 1 });
    const { code, out } = await run(writeBatch(batch), '--follow-stdin');
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).event),
    ).toEqual(['movie', 'end']);
  });

  it('leaves one successful result and no other file if it is killed at any moment and run again', async () => {
    const { batch, path } = await largeBatch('kill-me-1');
    const moments = [
      () => existsSync(join(batch.processedDir, '.tmp')),
      () => existsSync(join(batch.processedDir, '.tmp', batch.token, 'movie_1', 'movie_1.mrc')),
      () => existsSync(join(batch.processedDir, '.tmp', batch.token, 'movie_1', 'movie_1_thumb.jpg')),
    ];
    for (const moment of moments) {
      const { child, result } = start(path);
      await vi.waitFor(() => expect(moment() || child.exitCode !== null).toBe(true), {
        timeout: TEST_TIMEOUT_MS,
        interval: 2,
      });
      child.kill('SIGKILL');
      await result;
      const record = await readRecord(outputFoldersOf(batch), 'movie_1');
      for (const name of Object.values(record?.files ?? {}))
        expect(existsSync(join(batch.processedDir, name))).toBe(true);
    }
    expect((await run(path)).code).toBe(0);
    await cleanTemporary(outputFoldersOf(batch), () => false);
    const record = await readRecord(outputFoldersOf(batch), 'movie_1');
    expect(record?.outcome).toEqual({ status: 'ok' });
    expect(readdirSync(batch.processedDir).sort()).toEqual(
      [...Object.values(record!.files), 'results'].sort(),
    );
    expect(readdirSync(join(batch.processedDir, 'results'))).toEqual(['movie_1.json']);
  });

  /** One movie that takes long enough to be interrupted. */
  async function largeBatch(token: string): Promise<{ batch: Batch; path: string }> {
    const batch = await smallBatch(directory, { token, movies: 1 });
    const [movie] = batch.movies;
    writeMovie(join(batch.rawDir, movie!.path), 5, LARGE);
    batch.movies = [{ ...movie!, ...identityOf(batch.rawDir, movie!.path, movie!.base) }];
    return { batch, path: writeBatch(batch) };
  }

  const waitForProcessing = (batch: Batch) =>
    vi.waitFor(() => expect(existsSync(join(batch.processedDir, '.tmp'))).toBe(true), {
      timeout: TEST_TIMEOUT_MS,
      interval: 2,
    });
});

describe('the noise movies of these tests', () => {
  it('have the specified size', () => {
    writeMovie(join(directory, 'a.mrc'), 1);
    expect(readFileSync(join(directory, 'a.mrc')).length).toBe(
      1024 + SMALL.width * SMALL.height * SMALL.frames * 2,
    );
  });
});
