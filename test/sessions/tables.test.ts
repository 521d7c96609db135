import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseStar } from '../../src/formats/star/parse.ts';
import { resultsOf } from '../pipeline/session-records.ts';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, until, VALUES, World } from './support.ts';

let world: World;
let executor: FakeExecutor;
beforeEach(() => {
  world = new World();
  executor = new FakeExecutor();
  executor.results = ({ base }) => resultsOf(base, Number(base.slice(-4)) + 1);
});
afterEach(() => world.close());

const path = (name: string) => join(world.paths.processed, name);
/** Base names of the micrographs in a table; null if it does not exist. */
function listedBases(name = 'micrographs_ctf.star'): string[] | null {
  if (!existsSync(path(name))) return null;
  const block = parseStar(readFileSync(path(name), 'utf8')).find((b) => b.name === 'micrographs')!;
  const column = block.columns.indexOf('rlnMicrographNameNoDW');
  return block.rows.map((row) => row[column]!.replace(/^processed\/|\.mrc$/g, '')).sort();
}
const isListed = (names: readonly string[]) => () => listedBases()?.join() === [...names].sort().join();

describe('the STAR tables of a session', () => {
  it('exist when the session is complete, with all its movies', async () => {
    const names = world.writeMovies(5);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await until(
      'the session is complete',
      async () => (await service.queries.find(KEY))?.state === 'processing_complete',
    );
    await until('all are listed', isListed(names));
    expect(listedBases('corrected_micrographs.star')).toEqual(names);
    expect(readdirSync(world.paths.processed).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('exist when the session is stopped, with the finished movies', async () => {
    const names = world.writeMovies(4);
    executor.behaviour = ({ base }) => (base === names[3] ? 'hang' : 'ok');
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await until('three are done', async () => (await service.queries.find(KEY))?.counts.done === 3);
    expect(listedBases()).toBeNull();
    await service.commands.stop(KEY);
    await until('three are listed', isListed(names.slice(0, 3)));
  });

  it('are written at intervals while the session is being processed', async () => {
    const names = world.writeMovies(3);
    executor.behaviour = ({ base }) => (base === names[2] ? 'hang' : 'ok');
    const service = await world.serve(executor, { tablesMs: 50 });
    await service.commands.start(KEY, VALUES);
    await until('two are listed', isListed(names.slice(0, 2)));
    expect((await service.queries.find(KEY))?.state).toBe('processing');
  });

  it('exclude failed movies', async () => {
    const names = world.writeMovies(3);
    executor.behaviour = ({ base }) => (base === names[1] ? 'MOVIE_CORRUPT' : 'ok');
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await until('two are listed', isListed([names[0]!, names[2]!]));
  });

  it('include a movie that arrives after completion', async () => {
    const names = world.writeMovies(2);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await until('both are listed', isListed(names));
    await until(
      'the session is complete',
      async () => (await service.queries.find(KEY))?.state === 'processing_complete',
    );
    const laterNames = world.writeMovies(1, 2);
    await until('the third is listed too', isListed([...names, ...laterNames]));
  });

  it('are written by the next service if the last one did not write them, and not rewritten by a third', async () => {
    const names = world.writeMovies(2);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await until('both are done', async () => (await service.queries.find(KEY))?.counts.done === 2);
    await service.close();
    rmSync(path('micrographs_ctf.star'), { force: true });
    rmSync(join(world.stateDir), { recursive: true }); // the ledger, which records when tables were written
    await world.serveAgain(executor);
    await until('both are listed', isListed(names));
    const { mtimeMs } = statSync(path('micrographs_ctf.star'));
    const third = await world.serveAgain(executor);
    await until(
      'the session is complete',
      async () => (await third.queries.find(KEY))?.state === 'processing_complete',
    );
    expect(statSync(path('micrographs_ctf.star')).mtimeMs).toBe(mtimeMs);
  });

  it('are written again later if they cannot be written, and processing continues', async () => {
    const names = world.writeMovies(2);
    mkdirSync(path('micrographs_ctf.star'), { recursive: true });
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await until(
      'the session is complete',
      async () => (await service.queries.find(KEY))?.state === 'processing_complete',
    );
    await until('the first table exists', () => existsSync(path('corrected_micrographs.star')));
    rmSync(path('micrographs_ctf.star'), { recursive: true });
    await until('both are listed', isListed(names));
  });
});
