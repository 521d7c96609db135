import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, until, VALUES, World } from './support.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await world.close();
});

/** SQLite's error for a full disk; it has already rolled back, so that a rollback fails. */
function fullDisk(): Error {
  return Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
}

/** From now on, no transaction of the ledger succeeds. */
function fillStateDisk(): void {
  const exec = DatabaseSync.prototype.exec;
  vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
    if (sql === 'COMMIT') {
      exec.call(this, 'ROLLBACK');
      throw fullDisk();
    }
    exec.call(this, sql);
  });
}

it('a start with a full state disk is refused with the reason, and works when there is space', async () => {
  world.movies(2);
  const service = await world.serve(new FakeExecutor());
  await until('the movies are known', async () => (await service.queries.find(KEY))?.counts.waiting === 2);
  fillStateDisk();
  await expect(service.commands.start(KEY, VALUES)).rejects.toMatchObject({
    code: 'STATE_NOT_WRITABLE',
    message: expect.stringContaining('disk is full'),
  });
  vi.restoreAllMocks();
  await service.commands.start(KEY, VALUES);
  await until('both are done', async () => (await service.queries.find(KEY))?.counts.done === 2);
});

it('a stop with a full state disk ends the workers, and the session is stopped when there is space', async () => {
  world.movies(2);
  const executor = new FakeExecutor();
  executor.behaviour = () => 'hang';
  const service = await world.serve(executor);
  const find = () => service.queries.find(KEY);
  await service.commands.start(KEY, VALUES);
  await until('both are in progress', async () => (await find())?.counts.queued === 2);
  fillStateDisk();
  await expect(service.commands.stop(KEY)).rejects.toMatchObject({ code: 'STATE_NOT_WRITABLE' });
  await until('the workers have ended', () => executor.lastKnownState().running === 0);
  vi.restoreAllMocks();
  await until('it is stopped', async () => (await find())?.state === 'needs_processing');
  await until('both wait', async () => (await find())?.counts.waiting === 2);
});
