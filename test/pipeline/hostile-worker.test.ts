import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Batch } from '../../src/contract/batch.ts';
import type { ResultRecord } from '../../src/contract/record.ts';
import { writeMrc } from '../../src/formats/mrc/write.ts';
import { registerPrograms } from '../../src/pipeline/adapter.ts';
import { builtinAdapter } from '../../src/pipeline/builtin.ts';
import { enginePictures } from '../../src/pipeline/pictures.ts';
import type { MovieResult } from '../../src/pipeline/process-movie.ts';
import { runBatch } from '../../src/pipeline/run-batch.ts';
import { DETECTED_OPERATIONS, Decoy } from '../support/decoy.ts';
import { SMALL, smallBatch, writeMovie } from '../support/movies.ts';

const BASE = 'movie_1';
const MOVIE = `${BASE}_fractions.mrc`;
const TOKEN = 'c1-batch-001-0123456789ab';

const writeGain = (path: string) =>
  writeMrc(path, { ...SMALL, data: new Float32Array(SMALL.width * SMALL.height).fill(1) }, null);

let root: string;
let decoy: Decoy;
let batch: Batch;
beforeEach(async () => {
  const top = mkdtempSync(join(tmpdir(), 'cryoem-worker-'));
  root = join(top, 'session');
  batch = { ...(await smallBatch(root, { token: TOKEN, movies: 1 })), root };
  decoy = new Decoy(join(top, 'elsewhere'), {
    'precious.mrc': writeGain,
    [MOVIE]: (path) => writeMovie(path, 1),
    [`${BASE}.xml`]: '<MicroscopeImage/>',
    [`${BASE}_thumb.jpg`]: 'precious',
    [`results/${BASE}.json`]: 'precious',
    'trial/trial-1/processed/precious': 'precious',
    'trial-1/processed/precious': 'precious',
  });
});
afterEach(() => rmSync(dirname(root), { recursive: true, force: true }));

/** Processes the movie. Returns its record. @param onPictures - called while its pictures are made */
async function processMovie(changes: Partial<Batch> = {}, onPictures = () => {}): Promise<ResultRecord> {
  const results: MovieResult[] = [];
  const tools = {
    programs: registerPrograms(builtinAdapter('test')),
    pictures: {
      ...enginePictures,
      thumbnail: (...args: Parameters<typeof enginePictures.thumbnail>) => {
        onPictures();
        return enginePictures.thumbnail(...args);
      },
    },
    serviceVersion: 'test',
  };
  await runBatch({ ...batch, ...changes }, tools, { onMovie: (result) => results.push(result) });
  const [result] = results;
  if (result === undefined || result.status === 'cancelled') throw new Error('there is no record');
  return result.record;
}

/** Replaces a folder or file of the session by a link to an entry of the decoy. */
function replaceByLink(location: string, target = ''): void {
  const path = join(root, location);
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path)) renameSync(path, `${path}.aside`);
  symlinkSync(decoy.at(target), path);
}

const failure = (code: string) => ({ outcome: { status: 'failed', code } });
const withGain = (): Partial<Batch> => ({
  recipe: { ...batch.recipe, gain: { path: join(root, 'raw', 'K3_gain.tiff'), rotate: 0, flip: 0 } },
});

describe(`nothing outside a session is ${DETECTED_OPERATIONS} by its worker`, () => {
  it.each([['workflow'], ['workflow/trial'], ['workflow/trial/trial-1']])(
    'if %s became a link before the outputs of a trial are written',
    async (location) => {
      const target = location.split('/').slice(1).join('/');
      mkdirSync(join(root, 'workflow/trial/trial-1/processed'), { recursive: true });
      replaceByLink(location, target);
      const processedDir = join(root, 'workflow/trial/trial-1/processed');
      const record = await processMovie({ processedDir }).catch((error: unknown) => error);
      expect(record).toMatchObject(
        record instanceof Error ? { code: 'UNSAFE_DIRECTORY' } : failure('UNSAFE_DIRECTORY'),
      );
      expect(decoy.accesses()).toEqual([]);
    },
  );

  it.each([
    ['processed'],
    ['processed/.tmp'],
    [`processed/.tmp/${TOKEN}`],
    [`processed/.tmp/${TOKEN}/${BASE}`],
    ['processed/results'],
  ])('if %s becomes a link while the movie is processed', async (location) => {
    mkdirSync(join(root, 'processed/results'));
    expect(await processMovie({}, () => replaceByLink(location))).toMatchObject(failure('UNSAFE_DIRECTORY'));
    expect(decoy.accesses()).toEqual([]);
  });

  it('if the movie became a link', async () => {
    replaceByLink(`raw/${MOVIE}`, MOVIE);
    const { size, mtimeMs } = { size: batch.movies[0]!.sizeBytes, mtimeMs: 2_000_000 };
    const movies = batch.movies.map((movie) => ({ ...movie, sizeBytes: size, mtimeMs }));
    expect(await processMovie({ movies })).toMatchObject(failure('MOVIE_MISSING'));
    expect(decoy.accesses()).toEqual([]);
  });

  it('if the gain is a link that was not given when processing was started', async () => {
    replaceByLink('raw/K3_gain.tiff', 'precious.mrc');
    expect(await processMovie(withGain())).toMatchObject(failure('GAIN_UNREADABLE'));
    expect(decoy.accesses()).toEqual([]);
  });

  it('if the defect map is a link that was not given when processing was started', async () => {
    replaceByLink('raw/defects.mrc', 'precious.mrc');
    const recipe = { ...batch.recipe, defectMapPath: join(root, 'raw', 'defects.mrc') };
    expect(await processMovie({ recipe })).toMatchObject(failure('DEFECTS_UNREADABLE'));
    expect(decoy.accesses()).toEqual([]);
  });

  it('if the metadata of the movie are a link', async () => {
    replaceByLink(`raw/${BASE}.xml`, `${BASE}.xml`);
    const record = await processMovie();
    expect([record.outcome.status, record.metadata]).toEqual(['ok', undefined]);
    expect(decoy.accesses()).toEqual([]);
  });

  it('except a gain that was given when processing was started; a batch that is run by hand may name any file', async () => {
    replaceByLink('raw/K3_gain.tiff', 'precious.mrc');
    const { recipe } = { ...batch, ...withGain() };
    expect((await processMovie({ recipe, named: [recipe.gain?.path ?? ''] })).outcome.status).toBe('ok');
    rmSync(join(root, 'processed'), { recursive: true });
    mkdirSync(join(root, 'processed'));
    const { root: _root, ...batchWithoutRoot } = { ...batch, recipe };
    batch = batchWithoutRoot;
    expect((await processMovie()).outcome.status).toBe('ok');
  });
});

it('a movie that is a link is read only if its target is below follow_links_to', async () => {
  replaceByLink(`raw/${MOVIE}`, MOVIE);
  const { size: sizeBytes, mtimeMs } = statSync(decoy.at(MOVIE));
  const movies = batch.movies.map((movie) => ({ ...movie, sizeBytes, mtimeMs }));
  const changesOutside = { movies, linkRoots: [decoy.at('results')] };
  expect(await processMovie(changesOutside)).toMatchObject(failure('MOVIE_MISSING'));
  const changesInside = { movies, linkRoots: [decoy.at('')] };
  expect(await processMovie(changesInside)).toMatchObject({ outcome: { status: 'ok' } });
});
