import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXIT_UNRECORDED } from '../../src/contract/batch.ts';
import { readStartFile, writeStartFile } from '../../src/sessions/lifecycle/start-file.ts';
import { pathsOf } from '../../src/sessions/names.ts';
import type { SessionService } from '../../src/sessions/service.ts';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, until, VALUES, World } from './support.ts';

let world: World;
let executor: FakeExecutor;
beforeEach(() => {
  world = new World();
  executor = new FakeExecutor();
});
afterEach(() => world.close());

const countsOf = async (service: SessionService) => (await service.queries.find(KEY))!.counts;
const untilState = (service: SessionService, state: string) =>
  until(`the session is ${state}`, async () => (await service.queries.find(KEY))?.state === state);
const attempts = () => [...executor.attempts.values()];

describe('problems outside the service', () => {
  test('a session that cannot be loaded does not affect other sessions, and is loaded as soon as this is possible', async () => {
    world.writeMovies(2);
    const service = await world.serve(executor);
    const ledger = new DatabaseSync(join(world.stateDir, 'ledger.sqlite'));
    ledger.exec(`PRAGMA busy_timeout = 5000; CREATE TRIGGER fault BEFORE INSERT ON sessions
      WHEN new.session = 'a_bad_one' BEGIN SELECT RAISE(ABORT, 'as on a full disk'); END`);
    mkdirSync(pathsOf(world.sessionDir, { ...KEY, session: 'a_bad_one' }).raw, { recursive: true });
    mkdirSync(pathsOf(world.sessionDir, { ...KEY, session: 'b_good_one' }).raw, { recursive: true });
    const names = async () => (await service.queries.all()).map(({ session }) => session).sort();
    await until('the good session is known', async () => (await names()).includes('b_good_one'));
    expect(await names()).toEqual([KEY.session, 'b_good_one'].sort());
    ledger.exec('DROP TRIGGER fault');
    ledger.close();
    await until('the other session is known', async () => (await names()).length === 3);
  });

  test('a result that the ledger could not store is stored later', async () => {
    world.writeMovies(4);
    const service = await world.serve(executor);
    await until('all are waiting', async () => (await countsOf(service)).waiting === 4);
    const ledger = new DatabaseSync(join(world.stateDir, 'ledger.sqlite'));
    ledger.exec(`PRAGMA busy_timeout = 5000; CREATE TRIGGER fault BEFORE UPDATE OF state ON movies
      WHEN new.state = 'done' BEGIN SELECT RAISE(ABORT, 'as on a full disk'); END`);
    await service.commands.start(KEY, VALUES);
    await until('a result has been written', () => existsSync(world.paths.results));
    await until('some batches have ended', () => executor.batches.length > 0 && executor.inFlight === 0);
    expect((await countsOf(service)).done).toBe(0);
    ledger.exec('DROP TRIGGER fault');
    ledger.close();
    await until('all are done', async () => (await countsOf(service)).done === 4);
    expect(attempts()).toEqual([1, 1, 1, 1]);
  });

  test('parameters that were written just before the service ended are used by the next service', async () => {
    world.writeMovies(3);
    const first = await world.serve(executor);
    await first.commands.start(KEY, VALUES);
    await untilState(first, 'processing_complete');
    const startFile = (await readStartFile(world.paths.workflow))!;
    await first.close();
    const recipe = { ...startFile.recipe, pixelSizeA: 0.9 };
    await writeStartFile(world.paths.workflow, {
      ...startFile,
      recipe,
      parameters: { ...VALUES, apix: 0.9 },
    });
    const second = await world.serve(executor);
    await until('all movies were reprocessed', () => attempts().every((n) => n === 2));
    await until('the ledger is updated', async () => (await countsOf(second)).done === 3);
  });

  test('movies with deleted results are reprocessed on a resume; other results are kept', async () => {
    const [first] = world.writeMovies(3);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilState(service, 'processing_complete');
    rmSync(join(world.paths.results, `${first}.json`));
    await service.commands.resume(KEY, {});
    await until('the result has been written again', () =>
      existsSync(join(world.paths.results, `${first}.json`)),
    );
    await untilState(service, 'processing_complete');
    expect(attempts()).toEqual([2, 1, 1]);
  });

  test('a session that is removed during processing is not recreated, and continues when it is restored', async () => {
    world.writeMovies(4);
    executor.behaviour = () => 'hang';
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await until('processing has begun', () => executor.inFlight > 0);
    renameSync(world.paths.root, `${world.top}/aside`);
    for (const { token } of executor.batches) executor.end(token, 'failed', null);
    await until('the session is not listed', async () => (await service.queries.all()).length === 0);
    const ledger = new DatabaseSync(join(world.stateDir, 'ledger.sqlite'), { readOnly: true });
    const queued = ledger.prepare(`SELECT count(*) AS n FROM movies WHERE state = 'queued'`);
    await until('its batches have ended', () => queued.get()?.n === 0);
    ledger.close();
    expect(existsSync(world.paths.root)).toBe(false);
    executor.behaviour = () => 'ok';
    renameSync(`${world.top}/aside`, world.paths.root);
    await untilState(service, 'processing_complete');
    expect((await countsOf(service)).done).toBe(4);
    expect(executor.batches.at(-1)!.movies.every(({ attempt }) => attempt === 1)).toBe(true);
  });

  test('if workers cannot write results, no attempt is counted, and the session pauses and continues automatically', async () => {
    world.writeMovies(3);
    executor.behaviour = () => 'hang';
    const service = await world.serve(executor, { diskFullMs: 500 });
    await service.commands.start(KEY, VALUES);
    await until('processing has begun', () => executor.inFlight > 0);
    executor.behaviour = () => 'ok';
    for (const { token } of executor.batches) executor.end(token, 'failed', null, EXIT_UNRECORDED);
    await untilState(service, 'processing_failure');
    expect((await service.queries.find(KEY))?.reason).toMatch(/cannot be written/);
    await untilState(service, 'processing_complete');
    expect(executor.batches.at(-1)!.movies.every(({ attempt }) => attempt === 1)).toBe(true);
    expect(readdirSync(world.paths.processed)).not.toContain('.tmp');
  });
});
