import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ExecutorName } from '../../../src/contract/executors.ts';
import type { SchedulingSettings } from '../../../src/contract/settings.ts';
import { pathsOf } from '../../../src/sessions/names.ts';
import { FakeExecutor } from '../fake-executor.ts';
import { KEY, mrcMovie, until, VALUES, World } from '../support.ts';

let world: World;
let executor: FakeExecutor;
beforeEach(() => {
  world = new World();
  executor = new FakeExecutor(1);
});
afterEach(() => world.close());

const setScheduling = (changes: Partial<SchedulingSettings>) => world.set('scheduling', changes);
const prefer = (...executors: ExecutorName[]) => {
  world.settings = { ...world.settings, executors };
};
const basesOf = (batches: FakeExecutor['batches']) =>
  batches.map((batch) => batch.movies.map((movie) => movie.base));
const untilWaiting = (service: Awaited<ReturnType<World['serve']>>, count: number) =>
  until(`${count} are waiting`, async () => (await service.queries.find(KEY))!.counts.waiting === count);

describe('the newest movies of a live session', () => {
  /** Processes a backlog of 20 movies and 5 that arrive later. Returns the first movie of each batch. */
  async function processLiveSession(liveShare: number): Promise<string[]> {
    world.writeMovies(20);
    setScheduling({ liveShare });
    const service = await world.serve(executor);
    await untilWaiting(service, 20);
    world.writeMovies(5, 20);
    await untilWaiting(service, 25);
    executor.startsAtOnce = true;
    await service.commands.start(KEY, VALUES);
    await until('all are done', async () => (await service.queries.find(KEY))!.counts.done === 25);
    return basesOf(executor.batches).map((bases) => bases[0]!);
  }

  test('come first, one per batch, with batches of the backlog in between', async () => {
    const order = await processLiveSession(0.75);
    expect(order.slice(0, 4)).toEqual(['FoilHole_0024', 'FoilHole_0023', 'FoilHole_0000', 'FoilHole_0022']);
  });

  test('are processed in order if they have no share', async () => {
    expect((await processLiveSession(0))[0]).toBe('FoilHole_0000');
  });

  test('have no share while no movie has arrived since the first scan', async () => {
    world.writeMovies(20);
    const service = await world.serve(executor);
    await untilWaiting(service, 20);
    await service.commands.start(KEY, VALUES);
    await until('something is submitted', () => executor.batches.length > 0);
    expect(executor.batches[0]?.movies[0]?.base).toBe('FoilHole_0000');
  });
});

test('two sessions have about the same number of movies in flight, whatever the size of their batches', async () => {
  world.set('batches', { batchesPerGpu: 1, cycleSize: 40 });
  const other = { ...KEY, session: '20210428_k3_other' };
  const raw = pathsOf(world.sessionDir, other).raw;
  for (let i = 0; i < 12; i++)
    world.write(join('..', '..', other.session, 'raw', `small_${i}.mrc`), mrcMovie());
  expect(raw.startsWith(world.sessionDir)).toBe(true);
  world.writeMovies(40);
  executor = new FakeExecutor(9);
  executor.behaviour = () => 'hang';
  const service = await world.serve(executor);
  await untilWaiting(service, 40);
  await until('the other one waits', async () => (await service.queries.find(other))!.counts.waiting === 12);
  await service.commands.start(KEY, VALUES);
  await service.commands.start(other, VALUES);
  await until('the executor is full', () => executor.inFlight === executor.maxInFlight);
  const inFlight = async (key: typeof KEY) => (await service.queries.find(key))!.counts.queued;
  const [largeCount, smallCount] = [await inFlight(KEY), await inFlight(other)];
  const sizes = executor.batches.map((batch) => batch.movies.length);
  expect(Math.abs(largeCount - smallCount)).toBeLessThanOrEqual(Math.max(...sizes));
});

describe('with several executors', () => {
  let secondExecutor: FakeExecutor;
  beforeEach(() => {
    secondExecutor = new FakeExecutor(4, 'slurm');
    executor.behaviour = () => 'hang';
    prefer('local', 'slurm');
  });

  test('the second one receives no batch if no movie has waited long enough', async () => {
    world.writeMovies(12);
    setScheduling({ spillMs: 3_600_000 });
    const service = await world.serve([executor, secondExecutor]);
    await untilWaiting(service, 12);
    await service.commands.start(KEY, VALUES);
    await until('the first one is full', () => executor.inFlight === executor.maxInFlight);
    executor.behaviour = () => 'ok';
    for (const { token } of executor.batches) executor.end(token, 'preempted', null);
    await until('all are done', async () => (await service.queries.find(KEY))!.counts.done === 12);
    expect(secondExecutor.batches).toEqual([]);
  });

  test('the second one receives the movies that have waited longest', async () => {
    world.writeMovies(12);
    setScheduling({ spillMs: 200 });
    const service = await world.serve([executor, secondExecutor]);
    await untilWaiting(service, 12);
    await service.commands.start(KEY, VALUES);
    await until('the second one has a batch', () => secondExecutor.batches.length > 0);
    const assignedBases = basesOf(executor.batches).flat();
    const allBases = Array.from({ length: 12 }, (_, i) => `FoilHole_${String(i).padStart(4, '0')}`);
    expect(secondExecutor.batches[0]?.movies[0]?.base).toBe(
      allBases.find((base) => !assignedBases.includes(base)),
    );
    expect(secondExecutor.batches[0]?.executor).toBe('slurm');
  });

  test('the second one is used at once while the first one is unreachable', async () => {
    world.writeMovies(3);
    setScheduling({ spillMs: 3_600_000 });
    executor.health = { state: 'unreachable', detail: 'The scheduler does not respond.', since: null };
    const service = await world.serve([executor, secondExecutor]);
    await service.commands.start(KEY, VALUES);
    await until('all are done', async () => (await service.queries.find(KEY))!.counts.done === 3);
    expect(executor.batches).toEqual([]);
  });
});
