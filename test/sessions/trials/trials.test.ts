import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalExecutor } from '../../../src/executors/local/executor.ts';
import type { SessionService } from '../../../src/sessions/service.ts';
import { simulateSession } from '../../../src/simulator/session.ts';
import { FakeExecutor, writeRecord } from '../fake-executor.ts';
import { KEY, until, VALUES, World } from '../support.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const untilWaiting = (service: SessionService, count: number) =>
  until('the movies wait', async () => (await service.queries.find(KEY))?.counts.waiting === count);
const trialStateOf = async (service: SessionService) => (await service.trials.last(KEY))?.state;
const untilComplete = (service: SessionService) =>
  until(
    'the session is complete',
    async () => (await service.queries.find(KEY))?.state === 'processing_complete',
  );

describe('a trial', () => {
  it('is processed by a real worker, separately from the session', async () => {
    const executor = createLocalExecutor({ slots: 1, threads: 1 });
    try {
      await simulateSession({ sessionDir: world.paths.root, movies: 2, width: 256, height: 256, frames: 6 });
      const service = await world.serve(executor);
      await untilWaiting(service, 2);
      const startedTrial = await service.trials.begin(KEY, { apix: 1, kev: 300, fmdose: 1 }, null);
      expect(startedTrial.record).toBeNull();
      await until('the trial is done', async () => (await trialStateOf(service)) === 'done');
      const trial = (await service.trials.last(KEY))!;
      expect(trial.record?.motion?.frames).toBe(6);
      expect(Object.keys(trial.pictures)).toContain('thumbnail');
      expect(existsSync(await service.trials.picturePath(KEY, trial.id, 'thumbnail'))).toBe(true);
      await expect(service.trials.picturePath(KEY, trial.id, 'sum')).rejects.toMatchObject({
        code: 'NO_SUCH_PICTURE',
      });
      expect((await service.queries.find(KEY))!).toMatchObject({
        state: 'needs_processing',
        counts: { waiting: 2, done: 0, total: 2 },
      });
      expect(existsSync(world.paths.processed)).toBe(false);
    } finally {
      await world.endServices();
      await executor.close();
    }
  });

  it('is not repeated by a start with the same recipe', async () => {
    const executor = new FakeExecutor();
    const [name] = world.writeMovies(2);
    const service = await world.serve(executor);
    await untilWaiting(service, 2);
    await service.trials.begin(KEY, VALUES, name!);
    await until('the trial is done', async () => (await trialStateOf(service)) === 'done');
    await service.commands.start(KEY, VALUES);
    await untilComplete(service);
    expect(executor.attempts.get(name!)).toBe(1);
    expect((await service.queries.movie(KEY, name!)).record?.outcome.status).toBe('ok');
    expect(await service.trials.last(KEY)).toBeNull();
    expect(readdirSync(world.paths.workflow)).not.toContain('trial');
  });

  it('with changed values is not repeated by a resume with the same values', async () => {
    const executor = new FakeExecutor();
    const [name, other] = world.writeMovies(2);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilComplete(service);
    await service.trials.begin(KEY, { ...VALUES, apix: 0.9 }, name!);
    await until('the trial is done', async () => (await trialStateOf(service)) === 'done');
    expect((await service.queries.movie(KEY, name!)).record?.recipe.pixelSizeA).toBe(VALUES.apix);
    await service.commands.resume(KEY, { apix: 0.9 });
    await until('both have the new value', async () => {
      const details = await Promise.all([name!, other!].map((base) => service.queries.movie(KEY, base)));
      return details.every(({ row, record }) => row.state === 'done' && record?.recipe.pixelSizeA === 0.9);
    });
    expect([executor.attempts.get(name!), executor.attempts.get(other!)]).toEqual([2, 2]);
  });

  it('is discarded by a start with another recipe', async () => {
    const executor = new FakeExecutor();
    const [name] = world.writeMovies(1);
    const service = await world.serve(executor);
    await untilWaiting(service, 1);
    await service.trials.begin(KEY, { ...VALUES, apix: 1.6 }, null);
    await until('the trial is done', async () => (await trialStateOf(service)) === 'done');
    await service.commands.start(KEY, VALUES);
    await untilComplete(service);
    expect(executor.attempts.get(name!)).toBe(2);
    expect((await service.queries.movie(KEY, name!)).record?.recipe.pixelSizeA).toBe(VALUES.apix);
    expect(readdirSync(world.paths.workflow)).not.toContain('trial');
  });

  it('reports why it failed, and can be cancelled', async () => {
    const executor = new FakeExecutor();
    executor.behaviour = () => 'GAIN_SIZE_MISMATCH';
    world.writeMovies(1);
    const service = await world.serve(executor);
    await untilWaiting(service, 1);
    await service.trials.begin(KEY, VALUES, null);
    await until('the trial failed', async () => (await trialStateOf(service)) === 'failed');
    expect((await service.trials.last(KEY))?.remedy).toBeTruthy();
    executor.behaviour = () => 'hang';
    await service.trials.begin(KEY, VALUES, null);
    expect((await service.trials.cancel(KEY))?.state).toBe('cancelled');
    expect(executor.inFlight).toBe(0);
    expect((await service.queries.find(KEY))?.counts.failed).toBe(0);
  });

  it('fails if its worker ends without a result and a link has replaced its log', async () => {
    const executor = new FakeExecutor();
    executor.behaviour = () => 'hang';
    world.writeMovies(1);
    const service = await world.serve(executor);
    await untilWaiting(service, 1);
    const { id } = await service.trials.begin(KEY, VALUES, null);
    await until('the trial runs', () => executor.inFlight === 1);
    symlinkSync('/etc/passwd', join(world.paths.workflow, 'trial', id, 'batch.log'));
    executor.end(executor.batches[0]!.token, 'failed', null);
    await until('the trial failed', async () => (await trialStateOf(service)) === 'failed');
    expect((await service.trials.last(KEY))?.message).not.toContain('root:');
  });

  it('is refused for a session without a complete movie', async () => {
    const service = await world.serve(new FakeExecutor());
    await expect(service.trials.begin(KEY, VALUES, null)).rejects.toMatchObject({ code: 'NO_SUCH_MOVIE' });
    expect(existsSync(join(world.paths.workflow, 'trial'))).toBe(false);
  });
});

describe('a trial and the slots of its executor', () => {
  async function fillAllSlots() {
    const executor = new FakeExecutor(1);
    executor.behaviour = () => 'hang';
    world.writeMovies(12);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await until('all slots are taken', () => executor.inFlight === executor.maxInFlight);
    return { executor, service };
  }

  it('waits while all slots are taken, and has priority over waiting batches', async () => {
    const { executor, service } = await fillAllSlots();
    const { id } = await service.trials.begin(KEY, { ...VALUES, apix: 0.9 }, 'FoilHole_0000');
    expect((await service.trials.last(KEY))?.state).toBe('queued');
    expect(executor.batches.some(({ token }) => token.startsWith(id))).toBe(false);
    executor.end(executor.batches[0]!.token, 'node_failure', null);
    await until('the trial has a slot', () => executor.batches.at(-1)?.token.startsWith(id));
    expect(executor.inFlight).toBe(executor.maxInFlight);
    executor.end(executor.batches[1]!.token, 'node_failure', null);
    await until('the trial runs', async () => (await trialStateOf(service)) === 'running');
  });

  it('is cancelled by a stop, even while it waits', async () => {
    const { executor, service } = await fillAllSlots();
    await service.trials.begin(KEY, VALUES, null);
    await service.commands.stop(KEY);
    expect((await service.trials.last(KEY))?.state).toBe('cancelled');
    expect(executor.inFlight).toBe(0);
    await service.trials.begin(KEY, VALUES, null);
    await until('the trial runs', () => executor.inFlight === 1);
    await service.commands.start(KEY, VALUES);
    await service.commands.stop(KEY);
    expect(executor.inFlight).toBe(0);
  });

  it('continues across a restart if its worker still runs, and is run again if the worker was lost', async () => {
    const executor = new FakeExecutor(1);
    executor.behaviour = () => 'hang';
    const [name] = world.writeMovies(1);
    const service = await world.serve(executor);
    await untilWaiting(service, 1);
    const { id } = await service.trials.begin(KEY, VALUES, name!);
    await until('the trial runs', async () => (await trialStateOf(service)) === 'running');
    const second = await world.serveAgain(executor);
    expect(await second.trials.last(KEY)).toMatchObject({ id, state: 'running', parameters: VALUES });
    const other = new FakeExecutor(1);
    const third = await world.serveAgain(other);
    await until('the trial is done', async () => (await trialStateOf(third)) === 'done');
    expect(other.batches.map(({ token }) => token.startsWith(id))).toEqual([true]);
    const fourth = await world.serveAgain(other);
    expect(await fourth.trials.last(KEY)).toMatchObject({ id, state: 'done' });
    expect(other.batches).toHaveLength(1);
  });
});

describe('a stop', () => {
  it('lets movies in progress finish on request, and submits no more batches', async () => {
    const executor = new FakeExecutor(1);
    executor.behaviour = () => 'hang';
    const names = world.writeMovies(12);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await until(
      'a batch is submitted',
      async () => ((await service.queries.find(KEY))?.counts.queued ?? 0) > 0,
    );
    const inProgress = (
      await until('two batches are in flight', async () => {
        const details = (await service.queries.find(KEY))!;
        return executor.inFlight === 2 ? details : null;
      })
    ).counts.queued;
    expect((await service.commands.stop(KEY, 'Anna', 'finish')).state).toBe('needs_processing');
    expect(executor.inFlight).toBe(2);
    for (const batch of executor.batches) {
      for (const movie of batch.movies) writeRecord(batch, movie, 'ok');
      executor.end(batch.token, 'completed', null);
    }
    await until(
      'the movies in progress are done',
      async () => (await service.queries.find(KEY))?.counts.done === inProgress,
    );
    expect((await service.queries.find(KEY))?.counts.waiting).toBe(names.length - inProgress);
    expect(executor.batches).toHaveLength(2);
  });
});
