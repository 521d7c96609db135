import { DatabaseSync, StatementSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, until, VALUES, World } from './support.ts';

let world: World;
let isFull: boolean;
let isInTransaction: boolean;
beforeEach(() => {
  world = new World();
  isFull = false;
  isInTransaction = false;
  mockDatabase();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await world.close();
});

/** SQLite's error for a full disk. SQLite has then already rolled back, so that another rollback fails. */
function diskFullError(): Error {
  return Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
}

/** While the disk is full, all transactions of the ledger and all statements outside transactions fail. */
function mockDatabase(): void {
  const { exec } = DatabaseSync.prototype;
  const { run } = StatementSync.prototype;
  vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
    isInTransaction = sql.startsWith('BEGIN');
    if (!isFull || sql !== 'COMMIT') return exec.call(this, sql);
    exec.call(this, 'ROLLBACK');
    throw diskFullError();
  });
  vi.spyOn(StatementSync.prototype, 'run').mockImplementation(function (
    this: StatementSync,
    ...values: Parameters<StatementSync['run']>
  ) {
    if (isFull && !isInTransaction) throw diskFullError();
    return Reflect.apply(run, this, values);
  });
}

it('a start with a full state disk is refused with the reason, and works when there is space', async () => {
  world.writeMovies(2);
  const service = await world.serve(new FakeExecutor());
  await until('the movies are known', async () => (await service.queries.find(KEY))?.counts.waiting === 2);
  isFull = true;
  await expect(service.commands.start(KEY, VALUES)).rejects.toMatchObject({
    code: 'STATE_NOT_WRITABLE',
    message: expect.stringContaining('disk is full'),
  });
  isFull = false;
  await service.commands.start(KEY, VALUES);
  await until('both are done', async () => (await service.queries.find(KEY))?.counts.done === 2);
});

it('a stop with a full state disk ends the workers, and the session is stopped when there is space', async () => {
  world.writeMovies(2);
  const executor = new FakeExecutor();
  executor.behaviour = () => 'hang';
  const service = await world.serve(executor);
  const find = () => service.queries.find(KEY);
  await service.commands.start(KEY, VALUES);
  await until('both are in progress', async () => (await find())?.counts.queued === 2);
  isFull = true;
  await expect(service.commands.stop(KEY)).rejects.toMatchObject({ code: 'STATE_NOT_WRITABLE' });
  await until('the workers have ended', () => executor.lastKnownState().running === 0);
  isFull = false;
  await until('it is stopped', async () => (await find())?.state === 'needs_processing');
  await until('both wait', async () => (await find())?.counts.waiting === 2);
});
