import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionService } from '../../src/sessions/service.ts';
import { FakeExecutor, writeRecord } from './fake-executor.ts';
import { KEY, mrcMovie, until, VALUES, World } from './support.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const countsOf = async (service: SessionService) => (await service.queries.find(KEY))!.counts;
const done = (service: SessionService, movies: number) =>
  until(`${movies} are done`, async () => (await countsOf(service)).done === movies);
const reaches = (service: SessionService, state: string) =>
  until(`the session is ${state}`, async () => (await service.queries.find(KEY))?.state === state);

describe('restart', () => {
  test('a session that was processing continues automatically, and processes nothing twice', async () => {
    world.movies(8);
    const first = new FakeExecutor();
    first.fate = ({ base }) => (base > 'FoilHole_0003' ? 'hang' : 'ok');
    const service = await world.serve(first);
    await service.commands.start(KEY, VALUES);
    await done(service, 4);
    await service.close();
    const second = new FakeExecutor();
    await done(await world.serve(second), 8);
    expect([...second.attempts.keys()].sort()).toEqual([
      'FoilHole_0004',
      'FoilHole_0005',
      'FoilHole_0006',
      'FoilHole_0007',
    ]);
    const rows = (await (await world.serveAgain(second)).queries.movies(KEY, { limit: 10, order: 'oldest' }))
      .movies;
    for (const { attempt } of rows) expect(attempt).toBe(1);
  });

  test('running batches are found again, not submitted twice', async () => {
    world.movies(2);
    const executor = new FakeExecutor();
    executor.fate = () => 'hang';
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await until('both are in flight', () => executor.batches.flatMap((batch) => batch.movies).length === 2);
    await service.close();
    const again = await world.serve(executor);
    for (const batch of executor.batches) {
      for (const movie of batch.movies) writeRecord(batch, movie, 'ok');
      executor.end(batch.token, 'completed', null);
    }
    await done(again, 2);
    expect(executor.batches.flatMap((batch) => batch.movies)).toHaveLength(2);
  });

  test('a stopped session stays stopped', async () => {
    world.movies(2);
    const executor = new FakeExecutor();
    executor.fate = () => 'hang';
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await service.commands.stop(KEY);
    await service.close();
    rmSync(world.stateDir, { recursive: true });
    const again = await world.serve(executor);
    await reaches(again, 'needs_processing');
    await until('both wait', async () => (await countsOf(again)).waiting === 2);
    expect(executor.running).toBe(0);
  });

  test('without its ledger everything is restored: results, bases, failures, and processing continues', async () => {
    world.movies(4);
    world.write('GridSquare_2/Data/FoilHole_0000_fractions.mrc', mrcMovie(3));
    const executor = new FakeExecutor();
    executor.fate = ({ base }) => (base === 'FoilHole_0001' ? 'MOVIE_CORRUPT' : 'ok');
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await reaches(service, 'processing_complete');
    const before = (await service.queries.movies(KEY, { limit: 10, order: 'oldest' })).movies;
    await service.close();
    rmSync(world.stateDir, { recursive: true });
    world.movies(1, 4);
    const again = await world.serve(executor);
    await reaches(again, 'processing_complete');
    const after = (await again.queries.movies(KEY, { limit: 10, order: 'oldest' })).movies;
    const essence = (rows: typeof before) =>
      rows.map(({ path, base, state, attempt, finishedAt }) => ({ path, base, state, attempt, finishedAt }));
    expect(essence(after)).toEqual(expect.arrayContaining(essence(before)));
    expect(after).toHaveLength(6);
    expect(executor.attempts.get('FoilHole_0000')).toBe(1);
    expect(readdirSync(world.paths.workflow).filter((name) => name.startsWith('cycle-'))).toHaveLength(2);
  });

  test('a movie of a rebuilt ledger with a missing output waits again', async () => {
    world.movies(2);
    const executor = new FakeExecutor();
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await done(service, 2);
    await service.close();
    rmSync(world.stateDir, { recursive: true });
    rmSync(join(world.paths.processed, 'FoilHole_0001_thumb.jpg'));
    await done(await world.serve(executor), 2);
    expect(Object.fromEntries(executor.attempts)).toEqual({ FoilHole_0000: 1, FoilHole_0001: 2 });
  });

  test('files of killed workers are removed', async () => {
    world.movies(1);
    const left = join(world.paths.processed, '.tmp', 'c1-batch-001-0123456789ab', 'X');
    mkdirSync(join(left, 'work'), { recursive: true });
    writeFileSync(join(left, 'X.mrc'), 'half');
    await world.serve(new FakeExecutor());
    expect(existsSync(join(world.paths.processed, '.tmp'))).toBe(false);
  });

  test('a damaged ledger is set aside and rebuilt', async () => {
    world.movies(2);
    mkdirSync(world.stateDir, { recursive: true });
    writeFileSync(
      join(world.stateDir, 'ledger.sqlite'),
      'this is not a database, and longer than a header is '.repeat(50),
    );
    const service = await world.serve(new FakeExecutor());
    await until('both wait', async () => (await countsOf(service)).waiting === 2);
    expect(readdirSync(world.stateDir).some((name) => name.startsWith('ledger.sqlite.broken-'))).toBe(true);
  });

  test('a ledger of a newer version is refused, and left unchanged', async () => {
    mkdirSync(world.stateDir, { recursive: true });
    const path = join(world.stateDir, 'ledger.sqlite');
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 999');
    db.close();
    await expect(world.serve(new FakeExecutor())).rejects.toMatchObject({ code: 'CANNOT_START' });
    expect(readdirSync(world.stateDir).some((name) => name.includes('broken'))).toBe(false);
  });

  test('a second service with the same state directory is refused until the first one has closed', async () => {
    const service = await world.serve(new FakeExecutor());
    await expect(world.serve(new FakeExecutor())).rejects.toThrow(/Another service uses the state directory/);
    await service.close();
    await world.serve(new FakeExecutor());
  });
});
