import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeExecutor } from './fake-executor.ts';
import { describeService } from './service-conformance.ts';
import { KEY, until, VALUES, World } from './support.ts';

const isFifth = (base: string) => (Number(base.slice(-4)) + 1) % 5 === 0;

describeService('with a ledger and a scheduler', async () => {
  const world = new World();
  const executor = new FakeExecutor();
  executor.behaviour = ({ base }) => (isFifth(base) ? 'MOVIE_TRUNCATED' : 'ok');
  world.writeMovies(25);
  world.set('batches', { cycleSize: 25 });
  const service = await world.serve(executor);
  await service.commands.start(KEY, VALUES);
  await until(
    'all movies are done',
    async () => (await service.queries.find(KEY))?.state === 'processing_complete',
  );
  executor.behaviour = () => 'hang';
  const [row] = (await service.queries.movies(KEY, { limit: 1, order: 'oldest' })).movies;
  return {
    service,
    key: KEY,
    causeEvent: async () => {
      await service.review.decide(KEY, [row!.base], { verdict: 'accepted' }, 'somebody');
    },
    close: () => world.close(),
  };
});

describe('a stop of a complete session', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });
  afterEach(() => world.close());
  const untilComplete = () =>
    until('the session is complete', async () => {
      const [service] = world.runningServices;
      return (await service?.queries.find(KEY))?.state === 'processing_complete';
    });

  it('leaves the session complete; a later movie waits until a user resumes the session', async () => {
    const executor = new FakeExecutor();
    world.writeMovies(2);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilComplete();
    expect((await service.commands.stop(KEY, 'Anna')).state).toBe('processing_complete');
    world.writeMovies(1, 2);
    await until('the new movie waits', async () => (await service.queries.find(KEY))?.counts.waiting === 1);
    expect(await service.queries.find(KEY)).toMatchObject({ state: 'needs_processing', counts: { done: 2 } });
    expect(executor.batches.flatMap((batch) => batch.movies)).toHaveLength(2);
    expect((await service.commands.resume(KEY, {})).state).not.toBe('needs_processing');
    await until('all are done', async () => (await service.queries.find(KEY))?.counts.done === 3);
  });

  it('leaves the session complete across a restart of the service', async () => {
    world.writeMovies(1);
    const service = await world.serve(new FakeExecutor());
    await service.commands.start(KEY, VALUES);
    await untilComplete();
    await service.commands.stop(KEY);
    await world.serveAgain(new FakeExecutor());
    await untilComplete();
  });
});
