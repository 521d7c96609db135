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
const counted = (what: string, condition: (counts: { waiting: number; done: number }) => boolean) =>
  until(what, async () => condition((await summary()).counts));

describe('processing lag', () => {
  test('counts from when the oldest unfinished movie was complete, started or not, and ends with the last one', async () => {
    expect((await summary()).behindSince).toBeNull();
    world.movies(1);
    await counted('the first waits', ({ waiting }) => waiting === 1);
    const { behindSince } = await summary();
    expect(behindSince).not.toBeNull();
    world.movies(2, 1);
    await counted('the others wait', ({ waiting }) => waiting === 3);
    expect((await summary()).behindSince).toBe(behindSince);
    await service.commands.start(KEY, VALUES);
    await counted('all are done', ({ done }) => done === 3);
    expect((await summary()).behindSince).toBeNull();
  });

  test('failed attempts and a restart do not change it; it restarts for movies that a user retries', async () => {
    executor.behaviour = () => 'hang';
    world.movies(1);
    await service.commands.start(KEY, VALUES);
    await until('the movie is in progress', () => executor.running === 1);
    const { behindSince } = await summary();
    await service.commands.stop(KEY);
    await counted('it waits again', ({ waiting }) => waiting === 1);
    expect((await summary()).behindSince).toBe(behindSince);
    executor.behaviour = () => 'ok';
    service = await world.serveAgain(executor);
    await until('it is known again', async () => (await summary()).behindSince === behindSince);
    await service.commands.resume(KEY, {});
    await counted('it is done', ({ done }) => done === 1);
    executor.behaviour = () => 'hang';
    await service.commands.resume(KEY, { ac: 0.07 });
    await until('it is in progress again', async () => (await summary()).behindSince !== null);
    expect(Date.parse((await summary()).behindSince!)).toBeGreaterThan(Date.parse(behindSince!));
  });

  test('the rate of the microscope counts arriving movies, not those of the first scan', async () => {
    await world.endServices();
    world.movies(4);
    service = await world.serve(executor);
    await counted('what was there waits', ({ waiting }) => waiting === 4);
    expect((await summary()).arrivalsPerHour).toBeNull();
    world.movies(2, 4);
    await counted('what arrived waits', ({ waiting }) => waiting === 6);
    const { arrivalsPerHour } = await summary();
    expect(arrivalsPerHour).toBeGreaterThan(0);
    expect(arrivalsPerHour).toBeLessThanOrEqual(240); // two in the minimum time for a rate
  });
});
