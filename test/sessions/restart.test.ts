import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
const untilDone = (service: SessionService, movies: number) =>
  until(`${movies} are done`, async () => (await countsOf(service)).done === movies);
const untilState = (service: SessionService, state: string) =>
  until(`the session is ${state}`, async () => (await service.queries.find(KEY))?.state === state);

describe('files of a session that are lost, or cannot be read or written', () => {
  const startFile = () => join(world.paths.workflow, 'session.json');
  const warnings = async (service: SessionService) => (await service.queries.find(KEY))!.warnings.join('\n');

  async function serveProcessingSession(): Promise<SessionService> {
    world.writeMovies(2);
    const executor = new FakeExecutor();
    executor.behaviour = () => 'hang';
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await until('the movies are in progress', async () => (await countsOf(service)).queued === 2);
    return service;
  }

  test.each([
    ['a damaged start file', () => writeFileSync(startFile(), '{"version": 1, "wanted": "run')],
    ['a missing start file', () => rmSync(startFile())],
    ['a start file that was removed with workflow/', () => rmSync(world.paths.workflow, { recursive: true })],
  ])(
    '%s: the session continues with the start stored in the ledger, with a warning until the next start',
    async (_, spoil) => {
      await (await serveProcessingSession()).close();
      spoil();
      const service = await world.serve(new FakeExecutor());
      await untilDone(service, 2);
      expect(await warnings(service)).toMatch(/session\.json .*taken from the ledger/s);
      await service.commands.resume(KEY, {});
      await service.commands.resume(KEY, { patch: '3x3' });
      expect(await warnings(service)).not.toContain('session.json');
      expect(existsSync(startFile())).toBe(true);
    },
  );

  test('a session of the same name in a new directory does not take over the old start', async () => {
    await (await serveProcessingSession()).close();
    rmSync(world.paths.root, { recursive: true });
    mkdirSync(world.paths.raw, { recursive: true });
    world.writeMovies(2, 10);
    const executor = new FakeExecutor();
    const service = await world.serve(executor);
    await untilState(service, 'needs_processing');
    expect(executor.batches).toEqual([]);
  });

  test('a start that is lost on disk and in the ledger: the session waits to be started and gives the reason; stop and start work', async () => {
    await (await serveProcessingSession()).close();
    writeFileSync(startFile(), 'damaged');
    const db = new DatabaseSync(join(world.stateDir, 'ledger.sqlite'));
    db.exec("DELETE FROM meta WHERE key LIKE 'start of %'");
    db.close();
    const executor = new FakeExecutor();
    const service = await world.serve(executor);
    await untilState(service, 'needs_processing');
    expect(await warnings(service)).toContain('session.json cannot be read');
    expect((await service.queries.find(KEY))!.reason).toContain(
      'start the session again and give its parameters',
    );
    await service.commands.stop(KEY);
    await service.commands.start(KEY, VALUES);
    await untilDone(service, 2);
    expect(await warnings(service)).not.toContain('session.json');
  });

  test('a stop that cannot be written stays in effect, even after a restart', async () => {
    const service = await serveProcessingSession();
    rmSync(startFile());
    mkdirSync(join(startFile(), 'in the way'), { recursive: true });
    await service.commands.stop(KEY);
    await untilState(service, 'needs_processing');
    expect((await countsOf(service)).queued).toBe(0);
    expect(await warnings(service)).toContain('could not be written');
    rmSync(startFile(), { recursive: true });
    const executor = new FakeExecutor();
    const next = await world.serveAgain(executor);
    await untilState(next, 'needs_processing');
    expect(executor.batches).toEqual([]);
    expect(await warnings(next)).toContain('could not be written');
    await next.commands.resume(KEY, {});
    await untilDone(next, 2);
  });

  test('reviews that cannot be read cause a warning, and the session is still listed', async () => {
    mkdirSync(join(world.paths.processed, 'reviews.jsonl'), { recursive: true });
    const service = await world.serve(new FakeExecutor());
    expect(await warnings(service)).toContain('reviews.jsonl cannot be read');
  });

  test.each(['processed/reviews.jsonl', 'workflow/timeline.jsonl'])(
    'damaged lines of %s cause a warning, which stays until the file is repaired',
    async (file) => {
      await (await serveProcessingSession()).close();
      mkdirSync(world.paths.processed, { recursive: true });
      const path = join(world.paths.root, file);
      const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
      writeFileSync(path, `${text}{"at":\n`);
      for (let i = 0; i < 2; i++) {
        const service = await world.serveAgain(new FakeExecutor());
        await untilDone(service, 2);
        expect(await warnings(service)).toContain(`of ${file} cannot be read`);
      }
      writeFileSync(path, text);
      expect(await warnings(await world.serveAgain(new FakeExecutor()))).not.toContain(file);
    },
  );

  test('a damaged batch file causes a warning when the ledger is rebuilt, until it is removed', async () => {
    await (await serveProcessingSession()).close();
    rmSync(world.stateDir, { recursive: true });
    const file = 'cycle-000001/batch-001.json';
    writeFileSync(join(world.paths.workflow, file), 'damaged');
    for (let i = 0; i < 2; i++) {
      const service = await world.serveAgain(new FakeExecutor());
      await untilDone(service, 2);
      expect(await warnings(service)).toContain(`${file} in workflow cannot be read`);
    }
    rmSync(join(world.paths.workflow, file));
    expect(await warnings(await world.serveAgain(new FakeExecutor()))).not.toContain(file);
  });

  test('a damaged trial causes a warning', async () => {
    const folder = join(world.paths.workflow, 'trial', 'trial-0123456789ab');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'trial.json'), 'damaged');
    expect(await warnings(await world.serve(new FakeExecutor()))).toContain(
      'trial/trial-0123456789ab/trial.json in workflow cannot be read',
    );
  });
});

describe('restart', () => {
  test('a session that was processing continues automatically, and processes nothing twice', async () => {
    world.writeMovies(8);
    const first = new FakeExecutor();
    first.behaviour = ({ base }) => (base > 'FoilHole_0003' ? 'hang' : 'ok');
    const service = await world.serve(first);
    await service.commands.start(KEY, VALUES);
    await untilDone(service, 4);
    await service.close();
    const second = new FakeExecutor();
    await untilDone(await world.serve(second), 8);
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
    world.writeMovies(2);
    const executor = new FakeExecutor();
    executor.behaviour = () => 'hang';
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await until('both are in flight', () => executor.batches.flatMap((batch) => batch.movies).length === 2);
    await service.close();
    const restarted = await world.serve(executor);
    for (const batch of executor.batches) {
      for (const movie of batch.movies) writeRecord(batch, movie, 'ok');
      executor.end(batch.token, 'completed', null);
    }
    await untilDone(restarted, 2);
    expect(executor.batches.flatMap((batch) => batch.movies)).toHaveLength(2);
  });

  test('a stopped session stays stopped', async () => {
    world.writeMovies(2);
    const executor = new FakeExecutor();
    executor.behaviour = () => 'hang';
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await service.commands.stop(KEY);
    await service.close();
    rmSync(world.stateDir, { recursive: true });
    const restarted = await world.serve(executor);
    await untilState(restarted, 'needs_processing');
    await until('both are waiting', async () => (await countsOf(restarted)).waiting === 2);
    expect(executor.inFlight).toBe(0);
  });

  test('results, base names and failures are restored without the ledger, and processing continues', async () => {
    world.writeMovies(4);
    world.write('GridSquare_2/Data/FoilHole_0000_fractions.mrc', mrcMovie(3));
    const executor = new FakeExecutor();
    executor.behaviour = ({ base }) => (base === 'FoilHole_0001' ? 'MOVIE_CORRUPT' : 'ok');
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilState(service, 'processing_complete');
    const rowsBefore = (await service.queries.movies(KEY, { limit: 10, order: 'oldest' })).movies;
    await service.close();
    rmSync(world.stateDir, { recursive: true });
    world.writeMovies(1, 4);
    const restarted = await world.serve(executor);
    await untilState(restarted, 'processing_complete');
    const rowsAfter = (await restarted.queries.movies(KEY, { limit: 10, order: 'oldest' })).movies;
    const comparableRows = (rows: typeof rowsBefore) =>
      rows.map(({ path, base, state, attempt, finishedAt }) => ({ path, base, state, attempt, finishedAt }));
    expect(comparableRows(rowsAfter)).toEqual(expect.arrayContaining(comparableRows(rowsBefore)));
    expect(rowsAfter).toHaveLength(6);
    expect(executor.attempts.get('FoilHole_0000')).toBe(1);
    expect(readdirSync(world.paths.workflow).filter((name) => name.startsWith('cycle-'))).toHaveLength(2);
  });

  test('after a ledger is rebuilt, a movie with a missing output returns to waiting', async () => {
    world.writeMovies(2);
    const executor = new FakeExecutor();
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilDone(service, 2);
    await service.close();
    rmSync(world.stateDir, { recursive: true });
    rmSync(join(world.paths.processed, 'FoilHole_0001_thumb.jpg'));
    await untilDone(await world.serve(executor), 2);
    expect(Object.fromEntries(executor.attempts)).toEqual({ FoilHole_0000: 1, FoilHole_0001: 2 });
  });

  test('files of killed workers are removed', async () => {
    world.writeMovies(1);
    const leftover = join(world.paths.processed, '.tmp', 'c1-batch-001-0123456789ab', 'X');
    mkdirSync(join(leftover, 'work'), { recursive: true });
    writeFileSync(join(leftover, 'X.mrc'), 'half');
    await world.serve(new FakeExecutor());
    expect(existsSync(join(world.paths.processed, '.tmp'))).toBe(false);
  });

  test('a damaged ledger is set aside and rebuilt', async () => {
    world.writeMovies(2);
    mkdirSync(world.stateDir, { recursive: true });
    writeFileSync(
      join(world.stateDir, 'ledger.sqlite'),
      'this is not a database, and longer than a header is '.repeat(50),
    );
    const service = await world.serve(new FakeExecutor());
    await until('both are waiting', async () => (await countsOf(service)).waiting === 2);
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
