import { readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionService } from '../../../src/sessions/service.ts';
import { FakeExecutor } from '../fake-executor.ts';
import { KEY, mrcMovie, until, VALUES, World } from '../support.ts';

let world: World;
let executor: FakeExecutor;
beforeEach(() => {
  world = new World();
  executor = new FakeExecutor();
});
afterEach(() => world.close());

const countsOf = async (service: SessionService) => (await service.queries.find(KEY))!.counts;
const untilState = (service: SessionService, state: string) =>
  until(`the session is ${state}`, async () => (await service.queries.find(KEY))?.state === state);
const untilSettled = (service: SessionService, movies: number) =>
  until(`${movies} movies are done or failed`, async () => {
    const { done, failed } = await countsOf(service);
    return done + failed === movies;
  });
const rowOf = async (service: SessionService, base: string) => (await service.queries.movie(KEY, base)).row;

describe('scheduler', () => {
  test('processes every movie once, in cycles of the given size, and completes', async () => {
    world.writeMovies(25);
    const service = await world.serve(executor);
    await until('all are waiting', async () => (await countsOf(service)).waiting === 25);
    expect((await service.queries.find(KEY))!.state).toBe('needs_processing');
    await service.commands.start(KEY, VALUES);
    await untilState(service, 'processing_complete');
    expect(await service.queries.compatibilityStatus(KEY)).toEqual({
      failed_jobs: 0,
      percent_current_cycle: 100,
      percent_done_total: 100,
      processed_files: 25,
      raw_files: 25,
      state: 'processing_complete',
    });
    expect([...executor.attempts.values()]).toEqual(new Array(25).fill(1));
    const cycles = readdirSync(world.paths.workflow).filter((name) => name.startsWith('cycle-'));
    expect(cycles.sort()).toEqual(['cycle-000001', 'cycle-000002', 'cycle-000003']);
    expect(executor.peakInFlight).toBeLessThanOrEqual(executor.slots + 1);
  });

  test('starting again with equal parameters changes nothing and repeats nothing', async () => {
    world.writeMovies(4);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilState(service, 'processing_complete');
    expect((await service.commands.start(KEY, VALUES)).state).toBe('processing_complete');
    expect(executor.batches.flatMap((batch) => batch.movies)).toHaveLength(4);
  });

  test('a movie that arrives after completion returns the session to processing', async () => {
    world.writeMovies(2);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilState(service, 'processing_complete');
    executor.behaviour = () => 'hang';
    world.writeMovies(1, 2);
    await untilState(service, 'processing');
    executor.end(executor.batches.at(-1)!.token, 'lost', null);
    executor.behaviour = () => 'ok';
    await untilSettled(service, 3);
  });

  test('retries retryable failures, up to the limit, and does not retry other failures', async () => {
    world.writeMovies(3);
    executor.behaviour = ({ base }) =>
      base === 'FoilHole_0001' ? 'PROGRAM_FAILED' : base === 'FoilHole_0002' ? 'MOVIE_CORRUPT' : 'ok';
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilState(service, 'processing_complete');
    expect(executor.attempts.get('FoilHole_0001')).toBe(3);
    expect(executor.attempts.get('FoilHole_0002')).toBe(1);
    expect(await rowOf(service, 'FoilHole_0001')).toMatchObject({
      state: 'failed',
      errorCode: 'PROGRAM_FAILED',
      attempt: 3,
    });
    expect(await service.queries.compatibilityStatus(KEY)).toMatchObject({
      failed_jobs: 2,
      processed_files: 1,
      percent_current_cycle: 100,
    });

    executor.behaviour = () => 'ok';
    expect(await service.commands.retry(KEY, { base: 'FoilHole_0001' })).toBe(1);
    await until('the movie is done', async () => (await rowOf(service, 'FoilHole_0001')).state === 'done');
    await expect(service.commands.retry(KEY, { base: 'FoilHole_9' })).rejects.toMatchObject({
      code: 'NO_SUCH_MOVIE',
    });
  });

  test('a movie that kills its worker uses up its own attempts but not those of other movies', async () => {
    world.writeMovies(9);
    executor.behaviour = ({ base }) => (base === 'FoilHole_0004' ? 'die' : 'ok');
    const service = await world.serve(executor);
    await until('all are waiting', async () => (await countsOf(service)).waiting === 9);
    await service.commands.start(KEY, VALUES);
    await untilSettled(service, 9);
    expect(await rowOf(service, 'FoilHole_0004')).toMatchObject({
      state: 'failed',
      errorCode: 'WORKER_LOST',
      attempt: 3,
    });
    expect((await countsOf(service)).done).toBe(8);
    for (const [base, attempts] of executor.attempts) if (base !== 'FoilHole_0004') expect(attempts).toBe(1);
  });

  test('stop cancels running batches without counting an attempt for their movies; resume processes them', async () => {
    world.writeMovies(5);
    executor.behaviour = () => 'hang';
    const service = await world.serve(executor);
    await expect(service.commands.resume(KEY, {})).rejects.toMatchObject({ code: 'WRONG_STATE' });
    await service.commands.start(KEY, VALUES);
    await until('a batch is running', () => executor.inFlight > 0);
    expect(await service.commands.stop(KEY)).toMatchObject({
      state: 'needs_processing',
      counts: { queued: 0 },
    });
    expect(executor.inFlight).toBe(0);
    executor.behaviour = () => 'ok';
    await service.commands.resume(KEY, {});
    await untilSettled(service, 5);
    for (const { attempt } of (await service.queries.movies(KEY, { limit: 10, order: 'oldest' })).movies)
      expect(attempt).toBe(1);
  });

  test('movies are reprocessed after a change of a parameter only if it affects a step', async () => {
    world.writeMovies(3);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilState(service, 'processing_complete');
    await service.commands.resume(KEY, { particle_size: 150 });
    await untilState(service, 'processing_complete');
    expect(executor.batches.flatMap((batch) => batch.movies)).toHaveLength(3);
    await service.commands.resume(KEY, { cs: 2.0 });
    await until(
      'all movies were reprocessed',
      () => executor.batches.flatMap((batch) => batch.movies).length === 6,
    );
    await untilSettled(service, 3);
    expect(executor.batches.at(-1)!.recipe).toMatchObject({ csMm: 2, particleSizeA: 150, pixelSizeA: 0.8 });
  });

  test('changing the alignment program reprocesses the movies, with the path and arguments of the program in the config file', async () => {
    world.writeMovies(2);
    const { paths, arguments: programArguments } = world.settings.programs;
    world.set('programs', {
      paths: { ...paths, relion: '/opt/relion/bin/relion_run_motioncorr' },
      arguments: { ...programArguments, relion: '--bfactor 200' },
    });
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilState(service, 'processing_complete');
    expect(executor.batches.at(-1)!.recipe.programs).toEqual({ align: 'builtin', ctf: 'builtin' });
    await service.commands.resume(KEY, { align_program: 'relion' });
    await until(
      'all movies were reprocessed',
      () => executor.batches.flatMap((batch) => batch.movies).length === 4,
    );
    await untilSettled(service, 2);
    const { recipe, programs } = executor.batches.at(-1)!;
    expect(recipe.programs).toEqual({ align: 'relion', ctf: 'builtin', alignArguments: '--bfactor 200' });
    expect(programs).toMatchObject({ relion: '/opt/relion/bin/relion_run_motioncorr', timeoutSeconds: 600 });
  });

  test('a movie whose file changes after it was done is reprocessed', async () => {
    world.writeMovies(1);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilSettled(service, 1);
    world.write('GridSquare_1/Data/FoilHole_0000_fractions.mrc', mrcMovie(3));
    await until('the movie was reprocessed', () => executor.attempts.get('FoilHole_0000') === 2);
    await untilSettled(service, 1);
  });

  test('the same settings error in several movies in a row makes the session fail, with the reason', async () => {
    world.writeMovies(8);
    executor.behaviour = () => 'GAIN_MISSING';
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilState(service, 'processing_failure');
    expect((await service.queries.find(KEY))!.reason).toContain('gain reference');
    executor.behaviour = () => 'ok';
    await service.commands.resume(KEY, {});
    await untilSettled(service, 8);
    expect((await countsOf(service)).done).toBe(8);
  });

  test('workers that end without any result make the session fail instead of all its movies', async () => {
    world.writeMovies(9);
    executor.behaviour = () => 'die';
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilState(service, 'processing_failure');
    expect((await countsOf(service)).failed).toBeLessThan(3);
  });

  test('a full disk uses no attempts, and processing continues automatically', async () => {
    world.writeMovies(4);
    let isFull = true;
    executor.behaviour = () => (isFull ? 'DISK_FULL' : 'ok');
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await until(
      'a movie was tried more often than the limit',
      () => (executor.attempts.get('FoilHole_0000') ?? 0) > 4,
    );
    isFull = false;
    await untilSettled(service, 4);
    expect((await countsOf(service)).done).toBe(4);
  });

  test('a missing raw folder makes the session fail; when the folder exists again, processing continues', async () => {
    world.writeMovies(2);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilSettled(service, 2);
    rmSync(world.paths.raw, { recursive: true });
    await untilState(service, 'processing_failure');
    world.writeMovies(3);
    await untilSettled(service, 3);
    await untilState(service, 'processing_complete');
  });

  test('raw is unchanged', async () => {
    const path = world.write('a_fractions.mrc', mrcMovie());
    world.write('FoilHole_1_fractions.mrc', mrcMovie());
    utimesSync(path, 1000, 1000);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilSettled(service, 1);
    expect(readdirSync(world.paths.raw).sort()).toEqual(['FoilHole_1_fractions.mrc', 'a_fractions.mrc']);
    expect(readFileSync(path)).toEqual(mrcMovie());
  });

  test('sessions are processed in turn', async () => {
    const other = { ...KEY, session: 'other' };
    const { raw } = world.paths;
    world.writeMovies(30);
    for (let i = 0; i < 30; i++)
      world.write(join('../../other/raw', `FoilHole_x${i}_fractions.mrc`), mrcMovie());
    expect(raw).toContain(KEY.session);
    const service = await world.serve(executor);
    await until('both are waiting', async () =>
      (await service.queries.all()).every(({ counts }) => counts.waiting === 30),
    );
    await Promise.all([service.commands.start(KEY, VALUES), service.commands.start(other, VALUES)]);
    await untilSettled(service, 30);
    const otherCounts = (await service.queries.find(other))!.counts;
    expect(otherCounts.done).toBeGreaterThan(15);
  });
});
