import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SessionService } from '../../src/sessions/service.ts';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, mrcMovie, until, VALUES, World } from './support.ts';

const MOVIES = 12;
const FAILING = 'FoilHole_0003';

let world: World;
let executor: FakeExecutor;
beforeEach(() => {
  world = new World();
  world.set('batches', { cycleSize: 50 });
  executor = new FakeExecutor();
});
afterEach(() => world.close());

/** A complete session of 12 movies, one of which has failed. */
async function completeSession(): Promise<SessionService> {
  world.writeMovies(MOVIES);
  executor.behaviour = ({ base }) => (base === FAILING ? 'CTF_FAILED' : 'ok');
  const service = await world.serve(executor);
  await until('all are found', async () => (await service.queries.find(KEY))?.counts.waiting === MOVIES);
  await service.commands.start(KEY, VALUES);
  await until('it is complete', async () => (await stateOf(service)) === 'processing_complete');
  return service;
}

const stateOf = async (service: SessionService) => (await service.queries.find(KEY))?.state;
const cycleOf = async (service: SessionService) => (await service.queries.find(KEY))?.cycle;
const eventsOf = async (service: SessionService) =>
  (await service.queries.timeline(KEY, 100)).map(({ what }) => what);

describe('a movie is counted once if it is processed again', () => {
  it('because of a retry: the counts of the cycle are correct before, during and after it', async () => {
    const service = await completeSession();
    expect(await cycleOf(service)).toEqual({ number: 1, total: MOVIES, finished: MOVIES });
    executor.behaviour = () => 'hang';
    await service.commands.retry(KEY, {});
    expect(await cycleOf(service)).toEqual({ number: 1, total: MOVIES, finished: MOVIES - 1 });
    await until('it runs', async () => (await service.queries.find(KEY))?.counts.queued === 1);
    expect(await cycleOf(service)).toEqual({ number: 1, total: MOVIES, finished: MOVIES - 1 });
    executor.behaviour = () => 'ok';
    executor.end(executor.batches.at(-1)?.token ?? '', 'lost', null);
    await until('it is complete', async () => (await stateOf(service)) === 'processing_complete');
    expect(await cycleOf(service)).toEqual({ number: 1, total: MOVIES, finished: MOVIES });
    expect(await service.queries.compatibilityStatus(KEY)).toMatchObject({ percent_current_cycle: 100 });
  });

  it('because its file was replaced, even while it is in progress', async () => {
    const service = await completeSession();
    executor.behaviour = () => 'hang';
    await service.commands.retry(KEY, {});
    await until('it runs', async () => (await service.queries.find(KEY))?.counts.queued === 1);
    world.write(`GridSquare_1/Data/${FAILING}_fractions.mrc`, mrcMovie(3));
    await until('it is replaced', async () => (await service.queries.find(KEY))?.counts.queued === 0);
    executor.behaviour = () => 'ok';
    executor.end(executor.batches.at(-1)?.token ?? '', 'lost', null);
    await until('it is done', async () => (await service.queries.find(KEY))?.counts.done === MOVIES);
    expect(await cycleOf(service)).toEqual({ number: 1, total: MOVIES, finished: MOVIES });
  });

  it('because of other parameters', async () => {
    const service = await completeSession();
    executor.behaviour = () => 'ok';
    await service.commands.resume(KEY, { fmdose: 1.5 });
    await until('all are done', async () => (await service.queries.find(KEY))?.counts.done === MOVIES);
    const cycle = await cycleOf(service);
    expect(cycle?.finished).toBe(cycle?.total);
    expect(cycle?.total).toBeLessThanOrEqual(MOVIES);
  });
});

describe('a retry in a complete session', () => {
  it('changes the state immediately, and is in the timeline as a retry, not as new movies', async () => {
    const service = await completeSession();
    executor.behaviour = () => 'ok';
    await service.commands.retry(KEY, {}, 'Ada');
    expect(await stateOf(service)).toBe('processing');
    await until('it is complete', async () => (await stateOf(service)) === 'processing_complete');
    const events = await until('both are recorded', async () => {
      const found = await eventsOf(service);
      return found.filter((what) => what === 'completed').length === 2 ? found : null;
    });
    expect(events).toEqual(['completed', 'retried', 'completed', 'started']);
  });

  it('that was stopped does not start it', async () => {
    const service = await completeSession();
    await service.commands.stop(KEY);
    await service.commands.retry(KEY, {});
    await until('it waits', async () => (await stateOf(service)) === 'needs_processing');
    expect(await eventsOf(service)).not.toContain('continued');
  });
});
