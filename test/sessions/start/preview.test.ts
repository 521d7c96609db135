import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

const ZERO_COUNTS = {
  found: 0,
  arriving: 0,
  toDo: 0,
  inProgress: 0,
  kept: 0,
  redoCtf: 0,
  redoAll: 0,
  tryAgain: 0,
  staysFailed: 0,
};
const untilSettled = (service: SessionService, count: number) =>
  until('all are settled', async () => {
    const session = await service.queries.find(KEY);
    return session?.state === 'processing_complete' && session.counts.done + session.counts.failed === count;
  });

describe('the preview of a start', () => {
  it('counts movies to be processed, and those that are skipped, with the reason', async () => {
    world.writeMovies(3);
    world.write('FoilHole_1_EER.eer', 'an EER movie, which is skipped because MRC movies exist');
    world.write('K3_gain.tiff', 'a gain');
    world.write('GridSquare_1/FoilHole_9_fractions.mrc.bz2', 'compressed');
    world.write('GridSquare_1/GridSquare_1.jpg', 'a picture');
    const service = await world.serve(executor);
    await until('the movies are known', async () => (await service.queries.find(KEY))?.counts.waiting === 3);
    const preview = await service.trials.preview(KEY, { ...VALUES, rawgainref: 'none' }, true);
    expect(preview.movies).toEqual({ ...ZERO_COUNTS, found: 3, toDo: 3 });
    expect(preview.skipped.map(({ reason, count }) => `${reason} ${count}`).sort()).toEqual([
      'other_kind 1',
      'packed 1',
      'reference 1',
    ]);
    expect(preview.sample).toMatchObject({ width: 8, height: 4, frames: 2, format: 'mrc' });
  });

  it('uses the given prefix of file names, even before the first start', async () => {
    world.writeMovies(3);
    world.write('Pos_1.mrc', mrcMovie());
    const service = await world.serve(executor);
    await until('the movies are known', async () => (await service.queries.find(KEY))?.counts.waiting === 3);
    const { movies, skipped } = await service.trials.preview(
      KEY,
      { ...VALUES, basename_prefix: 'Pos' },
      true,
    );
    expect(movies).toEqual({ ...ZERO_COUNTS, found: 1, toDo: 1 });
    expect(skipped).toMatchObject([{ reason: 'other_name', count: 3 }]);
  });

  it('of a resume shows which movies would be reprocessed after a change, according to their step hashes', async () => {
    world.writeMovies(4);
    executor.behaviour = ({ base }) => (base.endsWith('0003') ? 'MOVIE_CORRUPT' : 'ok');
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilSettled(service, 4);
    const plan = async (changes: object) =>
      (await service.trials.preview(KEY, { ...VALUES, ...changes }, true)).movies;
    expect(await plan({})).toEqual({ ...ZERO_COUNTS, found: 4, kept: 3, staysFailed: 1 });
    expect(await plan({ ac: 0.07 })).toEqual({ ...ZERO_COUNTS, found: 4, redoCtf: 3, tryAgain: 1 });
    expect(await plan({ fmdose: 2 })).toEqual({ ...ZERO_COUNTS, found: 4, redoAll: 3, tryAgain: 1 });
    expect(await plan({ particle_size: 120 })).toEqual({ ...ZERO_COUNTS, found: 4, kept: 3, staysFailed: 1 });
    const batchCount = executor.batches.length;
    await service.commands.resume(KEY, { ac: 0.07 });
    await untilSettled(service, 4);
    expect(executor.batches.slice(batchCount).flatMap(({ movies }) => movies)).toHaveLength(4);
  });

  it('of a resume that resets a value agrees with the resume', async () => {
    world.writeMovies(2);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilSettled(service, 2);
    const { fmdose: _removed, ...otherValues } = VALUES;
    expect((await service.trials.preview(KEY, otherValues, true)).movies).toEqual({
      ...ZERO_COUNTS,
      found: 2,
      redoAll: 2,
    });
    await service.commands.resume(KEY, Object.fromEntries([['fmdose', undefined]]));
    await until(
      'the movies were reprocessed',
      () => executor.batches.flatMap(({ movies }) => movies).length === 4,
    );
    expect((await service.queries.detail(KEY))?.parameters).toEqual(otherValues);
    expect(executor.batches.at(-1)?.recipe.dosePerFrameEA2).toBeNull();
  });

  it('is ended when its client no longer waits', async () => {
    world.writeMovies(1);
    const service = await world.serve(executor);
    const preview = service.trials.preview(KEY, VALUES, true, AbortSignal.abort());
    await expect(preview).rejects.toThrow('no longer waits');
  });

  it('returns no counts while values are missing', async () => {
    world.writeMovies(1);
    const service = await world.serve(executor);
    expect((await service.trials.preview(KEY, { kev: 300 }, false)).movies).toBeNull();
  });
});

describe('initial values of the form', () => {
  it('are those of the last session of this microscope, except file names, where the new movies contain no values', async () => {
    world.writeMovies(1);
    const service = await world.serve(executor);
    await service.commands.start(KEY, { ...VALUES, cs: 2.5, basename_prefix: 'Foil' });
    const other = { ...KEY, session: '20210428_k3_next' };
    world.write(`../../${other.session}/raw/GridSquare_1/FoilHole_1_fractions.mrc`, mrcMovie());
    const unrelated = { ...KEY, session: '20210428_elsewhere' };
    world.write(`../../${unrelated.session}/raw/FoilHole_1_fractions.mrc`, mrcMovie().fill(9, 0, 1));
    const suggested = async (key: typeof KEY) => (await service.queries.detail(key))?.suggested ?? {};
    await until('its movie is known', async () => (await service.queries.find(other))?.counts.total === 1);
    const source = `last session of this microscope, ${KEY.session}`;
    expect(await suggested(other)).toEqual({
      apix: { value: 0.8, source: 'header of GridSquare_1/FoilHole_1_fractions.mrc' },
      kev: { value: 300, source },
      fmdose: { value: 1.2, source },
      cs: { value: 2.5, source },
    });
    await until(
      'the other is known',
      async () => (await service.queries.find(unrelated))?.counts.total === 1,
    );
    expect(await suggested(unrelated)).toEqual({});
  });
});
