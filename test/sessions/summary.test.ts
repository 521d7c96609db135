import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionService } from '../../src/sessions/service.ts';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, until, VALUES, World } from './support.ts';

let world: World;
let executor: FakeExecutor;
let service: SessionService;
beforeEach(async () => {
  world = new World();
  executor = new FakeExecutor(1);
  service = await world.serve(executor);
});
afterEach(() => world.close());

const summary = async () => (await service.queries.find(KEY))!;
const untilCounts = (
  description: string,
  condition: (counts: { waiting: number; done: number }) => boolean,
) => until(description, async () => condition((await summary()).counts));

test('a warning with a path of kilobytes is shortened in the middle', async () => {
  const folder = `${Array.from({ length: 15 }, () => 'd'.repeat(200)).join('/')}`;
  world.write(`${folder}/last.tif.gz`, 'x');
  world.writeMovies(1);
  const warning = await until('it is warned of', async () => (await summary()).warnings[0]);
  expect(warning.length).toBeLessThan(1010);
  expect(warning).toMatch(/^Compressed movies .* \.\.\. d+.*\/last\.tif\.gz\.$/);
});

describe('processing lag', () => {
  test('counts from when the oldest unfinished movie became complete, even before a start, and ends with the last movie', async () => {
    expect((await summary()).behindSince).toBeNull();
    world.writeMovies(1);
    await untilCounts('the first waits', ({ waiting }) => waiting === 1);
    const { behindSince } = await summary();
    expect(behindSince).not.toBeNull();
    world.writeMovies(2, 1);
    await untilCounts('all three wait', ({ waiting }) => waiting === 3);
    expect((await summary()).behindSince).toBe(behindSince);
    await service.commands.start(KEY, VALUES);
    await untilCounts('all are done', ({ done }) => done === 3);
    expect((await summary()).behindSince).toBeNull();
  });

  test('is not changed by cancelled attempts or a restart of the service, but restarts for reprocessed movies', async () => {
    executor.behaviour = () => 'hang';
    world.writeMovies(1);
    await service.commands.start(KEY, VALUES);
    await until('the movie is in progress', () => executor.inFlight === 1);
    const { behindSince } = await summary();
    await service.commands.stop(KEY);
    await untilCounts('the movie has returned to waiting', ({ waiting }) => waiting === 1);
    expect((await summary()).behindSince).toBe(behindSince);
    executor.behaviour = () => 'ok';
    service = await world.serveAgain(executor);
    await until(
      'the movie is known to the new service',
      async () => (await summary()).behindSince === behindSince,
    );
    await service.commands.resume(KEY, {});
    await untilCounts('the movie is done', ({ done }) => done === 1);
    executor.behaviour = () => 'hang';
    await service.commands.resume(KEY, { ac: 0.07 });
    await until('the movie is in progress again', async () => (await summary()).behindSince !== null);
    expect(Date.parse((await summary()).behindSince!)).toBeGreaterThan(Date.parse(behindSince!));
  });
});

test('the acquisition rate counts arriving movies, not those found by the first scan', async () => {
  await world.endServices();
  world.writeMovies(4);
  service = await world.serve(executor);
  await untilCounts('the existing movies wait', ({ waiting }) => waiting === 4);
  expect((await summary()).arrivalsPerHour).toBeNull();
  world.writeMovies(2, 4);
  await untilCounts('the new movies wait too', ({ waiting }) => waiting === 6);
  const { arrivalsPerHour } = await summary();
  expect(arrivalsPerHour).toBeGreaterThan(0);
  expect(arrivalsPerHour).toBeLessThanOrEqual(240); // two movies in the shortest time for which a rate is given
});
