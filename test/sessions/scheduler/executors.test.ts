import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ExecutorName } from '../../../src/contract/executors.ts';
import type { Ending } from '../../../src/executors/executor.ts';
import { FakeExecutor } from '../fake-executor.ts';
import { KEY, until, VALUES, World } from '../support.ts';

let world: World;
let localExecutor: FakeExecutor;
let slurmExecutor: FakeExecutor;
beforeEach(() => {
  world = new World();
  localExecutor = new FakeExecutor(1, 'local');
  slurmExecutor = new FakeExecutor(2, 'slurm');
});
afterEach(() => world.close());

const untilSettled = (service: Awaited<ReturnType<World['serve']>>, count: number) =>
  until('all are settled', async () => {
    const { counts } = (await service.queries.find(KEY))!;
    return counts.done + counts.failed === count;
  });
const movieCountOf = (executor: FakeExecutor) => executor.batches.flatMap((batch) => batch.movies).length;
/** Sets the order of the executors. Movies for which one executor has no slot go to the next at once. */
const prefer = (...executors: ExecutorName[]) => {
  world.settings = { ...world.settings, executors };
  world.set('scheduling', { spillMs: 0 });
};

describe('several executors', () => {
  test('the first in the config file takes movies until it is full, and the next one takes the rest', async () => {
    world.writeMovies(12);
    localExecutor.behaviour = () => 'hang';
    prefer('local', 'slurm');
    const service = await world.serve([localExecutor, slurmExecutor]);
    await until('all are waiting', async () => (await service.queries.find(KEY))!.counts.waiting === 12);
    await service.commands.start(KEY, VALUES);
    await until('both have batches', () => localExecutor.inFlight === 2 && slurmExecutor.batches.length > 0);
    for (const { token } of localExecutor.batches) localExecutor.end(token, 'node_failure', null);
    localExecutor.behaviour = () => 'ok';
    await untilSettled(service, 12);
    expect(localExecutor.batches.every((batch) => batch.executor === 'local')).toBe(true);
    expect(slurmExecutor.batches.every((batch) => batch.executor === 'slurm')).toBe(true);
  });

  test('a session runs on the executor that is given at its start', async () => {
    world.writeMovies(4);
    prefer('local', 'slurm');
    const service = await world.serve([localExecutor, slurmExecutor]);
    await service.commands.start(KEY, { ...VALUES, executor: 'slurm' });
    await untilSettled(service, 4);
    expect([movieCountOf(localExecutor), movieCountOf(slurmExecutor)]).toEqual([0, 4]);
  });

  test('a start with an executor that is not configured is refused', async () => {
    const service = await world.serve([localExecutor]);
    await expect(service.commands.start(KEY, { ...VALUES, executor: 'slurm' })).rejects.toMatchObject({
      code: 'BAD_PARAMETERS',
    });
  });

  test('an unreachable executor receives no batches while another executor is reachable', async () => {
    world.writeMovies(4);
    prefer('slurm', 'local');
    slurmExecutor.health = { state: 'unreachable', detail: 'The scheduler does not respond.', since: null };
    const service = await world.serve([localExecutor, slurmExecutor]);
    await service.commands.start(KEY, VALUES);
    await untilSettled(service, 4);
    expect([movieCountOf(localExecutor), movieCountOf(slurmExecutor)]).toEqual([4, 0]);
  });

  test('a batch is polled on the executor to which it was submitted, even by the next service', async () => {
    world.writeMovies(2);
    slurmExecutor.behaviour = () => 'hang';
    prefer('local', 'slurm');
    const service = await world.serve([localExecutor, slurmExecutor]);
    await service.commands.start(KEY, { ...VALUES, executor: 'slurm' });
    await until('something runs', () => slurmExecutor.inFlight > 0);
    const next = await world.serveAgain([localExecutor, slurmExecutor]);
    expect((await next.queries.find(KEY))!.counts.queued).toBe(2);
    slurmExecutor.behaviour = () => 'ok';
    for (const { token } of slurmExecutor.batches) slurmExecutor.end(token, 'preempted', null);
    await untilSettled(next, 2);
  });

  test('problems that an executor reports are shown with the session until they are solved', async () => {
    world.writeMovies(1);
    localExecutor.behaviour = () => 'hang';
    localExecutor.reportedProblems = ['The controller does not respond.'];
    const service = await world.serve(localExecutor);
    const warnings = async () => (await service.queries.find(KEY))!.warnings;
    await service.commands.start(KEY, VALUES);
    await until('the problem is shown', async () =>
      (await warnings()).includes('The controller does not respond.'),
    );
    localExecutor.reportedProblems = [];
    await until(
      'the problem is no longer shown',
      async () => !(await warnings()).includes('The controller does not respond.'),
    );
  });
});

describe('endings of a batch', () => {
  const ENDINGS_WITHOUT_ATTEMPT: Ending['how'][] = ['preempted', 'node_failure', 'vanished', 'cancelled'];
  test.each(ENDINGS_WITHOUT_ATTEMPT)(
    '%s does not count as an attempt for the movies of the batch',
    async (how) => {
      world.writeMovies(3);
      localExecutor.behaviour = () => 'hang';
      const service = await world.serve(localExecutor);
      await service.commands.start(KEY, VALUES);
      await until('something runs', () => localExecutor.inFlight > 0);
      localExecutor.behaviour = () => 'ok';
      for (const { token } of localExecutor.batches) localExecutor.end(token, how, null);
      if (how === 'vanished') return expect((await service.queries.find(KEY))!.counts.failed).toBe(0);
      await untilSettled(service, 3);
      for (const { attempt } of (await service.queries.movies(KEY, { limit: 10, order: 'oldest' })).movies)
        expect(attempt).toBe(1);
    },
  );

  test('cancelled_externally does not count as an attempt, and the session waits and gives the reason', async () => {
    world.writeMovies(1);
    localExecutor.behaviour = () => 'hang';
    const service = await world.serve(localExecutor);
    await service.commands.start(KEY, VALUES);
    await until('something runs', () => localExecutor.inFlight > 0);
    localExecutor.end(localExecutor.batches[0]!.token, 'cancelled_externally', null);
    await until('it is reported', async () =>
      (await service.queries.find(KEY))!.warnings.some((warning) =>
        warning.includes('Ending: cancelled_externally. Its movies are retried'),
      ),
    );
    expect((await service.queries.find(KEY))!.counts).toMatchObject({ waiting: 1, failed: 0 });
    expect(localExecutor.batches).toHaveLength(1);
  });

  test.each(['cancelled_externally', 'vanished', 'node_failure', 'preempted', 'lost'] as const)(
    '%s counts as lost work: it has an entry in the timeline, and a warning until its movies are processed',
    async (how) => {
      world.writeMovies(2);
      localExecutor.behaviour = () => 'hang';
      const service = await world.serve(localExecutor);
      await service.commands.start(KEY, VALUES);
      await until('something runs', () => localExecutor.inFlight > 0);
      for (const { token } of localExecutor.batches) localExecutor.end(token, how, null);
      const entries = async () =>
        (await service.queries.timeline(KEY, 100)).filter(({ what }) => what === 'lost');
      await until('it is in the timeline', async () => (await entries()).length > 0);
      expect(await entries()).toEqual([
        { at: expect.any(String), what: 'lost', by: 'service', note: `Ending: ${how}.` },
      ]);
      await until('it is a warning', async () =>
        (await service.queries.find(KEY))!.warnings.some((warning) => warning.startsWith(`Ending: ${how}.`)),
      );
    },
  );

  test('the warning about lost work ends when all of its movies have a result', async () => {
    world.writeMovies(2);
    localExecutor.behaviour = () => 'hang';
    const service = await world.serve(localExecutor);
    await service.commands.start(KEY, VALUES);
    await until('something runs', () => localExecutor.inFlight > 0);
    localExecutor.behaviour = () => 'ok';
    for (const { token } of localExecutor.batches) localExecutor.end(token, 'preempted', null);
    await untilSettled(service, 2);
    await until(
      'it is gone',
      async () => !(await service.queries.find(KEY))!.warnings.join().includes('Ending'),
    );
  });

  test('a movie whose last attempt was lost has failed, and no warning says that it will be reprocessed', async () => {
    world.writeMovies(2);
    world.set('retry', { attempts: 1 });
    localExecutor.behaviour = () => 'hang';
    const service = await world.serve(localExecutor);
    await service.commands.start(KEY, VALUES);
    await until('both are in batches', () => localExecutor.batches.length === 2);
    localExecutor.end(localExecutor.batches[0]!.token, 'lost', null);
    await until('it is in the timeline', async () =>
      (await service.queries.timeline(KEY, 100)).some(({ what }) => what === 'lost'),
    );
    expect((await service.queries.find(KEY))!.counts.failed).toBe(1);
    expect((await service.queries.find(KEY))!.warnings.join()).not.toContain('reprocessed');
  });

  test('a batch that failed on a cluster before its work began counts as lost work', async () => {
    world.writeMovies(1);
    slurmExecutor.behaviour = () => 'hang';
    prefer('slurm');
    const service = await world.serve(slurmExecutor);
    await service.commands.start(KEY, VALUES);
    await until('something runs', () => slurmExecutor.inFlight > 0);
    slurmExecutor.end(slurmExecutor.batches[0]!.token, 'failed', null);
    await until('it is in the timeline', async () =>
      (await service.queries.timeline(KEY, 100)).some(({ what }) => what === 'lost'),
    );
  });

  test.each([
    ['out_of_memory', 'OUT_OF_MEMORY'],
    ['timeout', 'TIME_LIMIT'],
    ['stalled', 'WORKER_STALLED'],
  ] as const)('%s counts as an attempt for the movie in progress', async (how, code) => {
    world.writeMovies(1);
    localExecutor.behaviour = () => 'hang';
    world.set('retry', { attempts: 1 });
    const service = await world.serve(localExecutor);
    await service.commands.start(KEY, VALUES);
    await until('something runs', () => localExecutor.inFlight > 0);
    localExecutor.end(localExecutor.batches[0]!.token, how, null);
    await untilSettled(service, 1);
    const [movie] = (await service.queries.movies(KEY, { limit: 1, order: 'oldest' })).movies;
    expect(movie).toMatchObject({ state: 'failed', errorCode: code });
  });

  test('timeout after the first results of a batch does not count as an attempt: the batch was too long', async () => {
    world.writeMovies(4);
    world.set('batches', { batchesPerGpu: 1 });
    world.set('retry', { attempts: 1 });
    // Half a slot gives one batch per cycle: all four movies are in the same batch.
    const oneBatchExecutor = new FakeExecutor(0.5, 'local');
    oneBatchExecutor.behaviour = ({ base }) => (base === 'FoilHole_0001' ? 'hang' : 'ok');
    const service = await world.serve(oneBatchExecutor);
    await until('all are waiting', async () => (await service.queries.find(KEY))!.counts.waiting === 4);
    await service.commands.start(KEY, VALUES);
    await until('the first is done', async () => (await service.queries.find(KEY))!.counts.done === 1);
    oneBatchExecutor.behaviour = () => 'ok';
    oneBatchExecutor.end(oneBatchExecutor.batches[0]!.token, 'timeout', null);
    await untilSettled(service, 4);
    expect((await service.queries.find(KEY))!.counts.done).toBe(4);
  });
});
