import { appendFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LEDGER_FILE } from '../../../src/sessions/ledger/open.ts';
import { FakeExecutor } from '../fake-executor.ts';
import { KEY, until, VALUES, World } from '../support.ts';

let world: World;
let executor: FakeExecutor;
beforeEach(() => {
  world = new World();
  executor = new FakeExecutor();
});
afterEach(() => world.close());

async function processMovies(count: number) {
  const names = world.writeMovies(count);
  const service = await world.serve(executor);
  await service.commands.start(KEY, VALUES);
  await until('all are done', async () => (await service.queries.find(KEY))?.counts.done === count);
  return { service, names };
}

/** Appends to the log of the newest batch that contains a movie. Returns what the service should return. */
function writeLog(base: string, text: string) {
  const batch = executor.batches.findLast((candidate) =>
    candidate.movies.some((movie) => movie.base === base),
  )!;
  const name = /batch-\d+/.exec(batch.token)![0];
  appendFileSync(join(world.paths.workflow, 'cycle-000001', `${name}.log`), text);
  return { file: `workflow/cycle-000001/${name}.log`, text, isCut: false };
}

describe('the log of a movie', () => {
  it('is the log of its newest batch, or null if there is none', async () => {
    const { service, names } = await processMovies(2);
    expect(await service.queries.movieLog(KEY, names[0]!)).toBeNull();
    const log = writeLog(names[0]!, 'all is well\n');
    expect(await service.queries.movieLog(KEY, names[0]!)).toEqual(log);
    await service.commands.resume(KEY, { cs: 2 });
    await until('the movie was reprocessed', () => executor.attempts.get(names[0]!) === 2);
    const newerLog = writeLog(names[0]!, 'well again\n');
    expect(newerLog.file).not.toBe(log.file);
    expect(await service.queries.movieLog(KEY, names[0]!)).toEqual(newerLog);
  });

  it('exists for a movie whose worker was killed', async () => {
    const [name] = world.writeMovies(1);
    world.set('retry', { attempts: 1 });
    executor.behaviour = () => 'die';
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await until('the movie failed', async () => (await service.queries.find(KEY))?.counts.failed === 1);
    const log = writeLog(name!, 'Segmentation fault\n');
    expect(await service.queries.movieLog(KEY, name!)).toEqual(log);
  });

  it('is not read if it is a link to a file outside the session', async () => {
    const { service, names } = await processMovies(1);
    const { file } = writeLog(names[0]!, '');
    const secret = join(world.top, 'secret');
    writeFileSync(secret, 'secret');
    rmSync(join(world.paths.root, file));
    symlinkSync(secret, join(world.paths.root, file));
    expect(await service.queries.movieLog(KEY, names[0]!)).toBeNull();
  });

  it('is found with a ledger of an earlier version, and after the ledger was lost', async () => {
    const { names } = await processMovies(3);
    const log = writeLog(names[1]!, 'all is well\n');
    await world.endServices();
    const db = new DatabaseSync(join(world.stateDir, LEDGER_FILE));
    db.exec(`UPDATE movies SET last_batch = NULL; DELETE FROM meta WHERE key LIKE 'batches of %'`);
    db.close();
    const upgraded = await world.serve(executor);
    expect(await upgraded.queries.movieLog(KEY, names[1]!)).toEqual(log);
    await world.endServices();
    rmSync(world.stateDir, { recursive: true });
    const rebuilt = await world.serve(executor);
    expect(await rebuilt.queries.movieLog(KEY, names[1]!)).toEqual(log);
  });
});
