import { mkdirSync, renameSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeMrc } from '../../src/formats/mrc/write.ts';
import type { SessionService } from '../../src/sessions/service.ts';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, mrcMovie, until, VALUES, World } from './support.ts';

/** Interval between full scans of the services in these tests, ms. */
const SCANS_MS = 200;

let world: World;
let executor: FakeExecutor;
beforeEach(() => {
  world = new World();
  executor = new FakeExecutor();
});
afterEach(() => world.close());

const summary = async (service: SessionService) => (await service.queries.find(KEY))!;
const untilDone = (service: SessionService, movies: number) =>
  until(`${movies} movies are done`, async () => (await summary(service)).counts.done === movies);
const processedPaths = () => executor.batches.flatMap(({ movies }) => movies.map(({ path }) => path));
const warnings = async (service: SessionService) => (await summary(service)).warnings.join('\n');
/** Like `World.write`, but with a modification time, so that one file is newer than another. */
function write(name: string, bytes: Uint8Array | string, seconds: number): void {
  utimesSync(world.write(name, bytes), seconds, seconds);
}

describe('a file that a session uses as a reference is not a movie', () => {
  test.each([
    ['rawgainref', 'mygain.mrc'],
    ['rawdefectsmap', 'bad pixels.mrc'],
  ])('%s=%s: it is not processed, and is counted as skipped, not as a movie', async (parameter, name) => {
    world.write(name, mrcMovie(1));
    for (const movie of ['a_1.mrc', 'a_2.mrc']) world.write(movie, mrcMovie());
    const service = await world.serve(executor);
    await until('all three are found', async () => (await summary(service)).counts.waiting === 3);
    const values = { ...VALUES, [parameter]: name };
    const preview = await service.trials.preview(KEY, values, true);
    expect(preview.movies).toMatchObject({ found: 2, toDo: 2 });
    await service.commands.start(KEY, values);
    await untilDone(service, 2);
    expect(processedPaths().sort()).toEqual(['a_1.mrc', 'a_2.mrc']);
    await until('it is counted', async () => (await summary(service)).skipped?.length === 1);
    const { counts, skipped } = await summary(service);
    expect(counts.total).toBe(2);
    expect(skipped).toEqual([{ reason: 'reference', count: 1, example: name }]);
    expect((await service.queries.compatibilityStatus(KEY)).raw_files).toBe(2);
  });

  test('a file that was processed as a movie before is removed from the list of movies', async () => {
    world.write('mygain.mrc', mrcMovie(1));
    world.write('a_1.mrc', mrcMovie());
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilDone(service, 2);
    await service.commands.resume(KEY, { rawgainref: 'mygain.mrc' });
    await until('it is not a movie', async () => (await summary(service)).counts.total === 1);
    await untilDone(service, 1);
    const restarted = await world.serveAgain(executor);
    expect((await summary(restarted)).counts.total).toBe(1);
  });
});

describe('movies that were processed and would be skipped now are counted once', () => {
  /** Number of files below raw, movies and skipped files together, for the session and for the preview. */
  async function countsOf(service: SessionService, values: typeof VALUES) {
    const { counts, skipped } = await summary(service);
    const preview = await service.trials.preview(KEY, values, true);
    const sum = (all: readonly { count: number }[] = []) =>
      all.reduce((total, { count }) => total + count, 0);
    return {
      session: counts.total + sum(skipped),
      preview: (preview.movies?.found ?? 0) + sum(preview.skipped),
    };
  }

  test('when movies of a kind that takes precedence arrive, and after a restart', async () => {
    for (const name of ['a_1.mrc', 'a_2.mrc']) world.write(name, mrcMovie());
    let service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilDone(service, 2);
    world.write('FoilHole_1_fractions.mrc', mrcMovie());
    await untilDone(service, 3);
    expect(await countsOf(service, VALUES)).toEqual({ session: 3, preview: 3 });
    service = await world.serveAgain(executor);
    // A new movie shows that the files have been scanned.
    world.write('FoilHole_2_fractions.mrc', mrcMovie());
    await untilDone(service, 4);
    expect(await countsOf(service, VALUES)).toEqual({ session: 4, preview: 4 });
  });

  test('when a later start excludes their names', async () => {
    for (const name of ['a_1.mrc', 'b_1.mrc']) world.write(name, mrcMovie());
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilDone(service, 2);
    const values = { ...VALUES, basename_prefix: 'a_' };
    await service.commands.start(KEY, values);
    world.write('a_2.mrc', mrcMovie());
    await untilDone(service, 3);
    expect(await countsOf(service, values)).toEqual({ session: 3, preview: 3 });
  });
});

describe('a gain reference that arrives during a session', () => {
  test('is named in a warning until it is used; the record of a movie names the gain reference that was used', async () => {
    write('a_gain.tiff', mrcMovie(1), 1000);
    world.writeMovies(1);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilDone(service, 1);
    write('b_gain.mrc', mrcMovie(1), 2000);
    const match = await until('there is a warning', async () =>
      /.*b_gain\.mrc.*/.exec(await warnings(service)),
    );
    expect(match[0]).toMatch(/is not used: it arrived later than a_gain\.tiff.*rawgainref/);
    await service.commands.resume(KEY, { rawgainref: 'b_gain.mrc' });
    await until('the warning is gone', async () => !(await warnings(service)).includes('b_gain'));
    expect((await service.queries.movie(KEY, 'FoilHole_0000')).record?.recipe.gain?.path).toMatch(/gain/);
  });

  test('is used if there was none, whatever its format', async () => {
    world.writeMovies(1);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilDone(service, 1);
    world.write('late_gain.mrc', mrcMovie(1));
    await until('it is used', async () =>
      (await service.queries.movie(KEY, 'FoilHole_0000')).record?.recipe.gain?.path.endsWith('late_gain.mrc'),
    );
  });

  test('is used if only the metadata of the movies name it', async () => {
    world.write('CountRef_a.mrc', mrcMovie(1));
    world.write('a_1.mrc', mrcMovie());
    world.write(
      'a_1.mrc.mdoc',
      '[FrameSet = 0]\nPixelSpacing = 1.0\nGainReference = D:\\x\\CountRef_a.mrc\n',
    );
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilDone(service, 1);
    expect((await service.queries.movie(KEY, 'a_1')).record?.recipe.gain?.path).toBe(
      join(world.paths.raw, 'CountRef_a.mrc'),
    );
    expect(await warnings(service)).toMatch(/CountRef_a\.mrc is used, because a_1\.mrc\.mdoc names it/);
  });
});

test.each([
  ['used, with a warning before the start', false],
  ['refused if the config file says so', true],
])('a gain reference of half the size of the movies is %s', async (_name, refusesHalfSizeGain) => {
  world.set('discovery', { refusesHalfSizeGain });
  world.writeMovies(1);
  writeMrc(join(world.paths.raw, 'half_gain.mrc'), { width: 4, height: 2, data: new Float32Array(8) }, null);
  const service = await world.serve(executor);
  const { contradictions } = await service.trials.preview(KEY, VALUES, true);
  const gainContradictions = contradictions.filter(({ fields }) => fields.includes('rawgainref'));
  expect(gainContradictions.map(({ severity }) => severity)).toEqual([
    refusesHalfSizeGain ? 'error' : 'warning',
  ]);
  const start = service.commands.start(KEY, VALUES);
  if (refusesHalfSizeGain) await expect(start).rejects.toMatchObject({ code: 'GAIN_SIZE_MISMATCH' });
  else await start;
  await service.commands.start(KEY, { ...VALUES, rawgainref: 'none' });
  await untilDone(service, 1);
  expect(
    executor.batches.every(
      ({ halfSizeGain }) => halfSizeGain === (refusesHalfSizeGain ? 'refuse' : undefined),
    ),
  ).toBe(true);
});

test('movies are compared with the first ones of their session', async () => {
  const bases = world.writeMovies(6);
  const service = await world.serve(executor);
  await until('all are found', async () => (await summary(service)).counts.waiting === 6);
  await service.commands.start(KEY, VALUES);
  await untilDone(service, 6);
  const peers = executor.batches.map((batch) => batch.peers);
  expect(new Set(peers.map((paths) => paths?.length))).toEqual(new Set([4]));
  expect(peers[0]?.every((path) => bases.some((base) => path.includes(base)))).toBe(true);
});

describe('movies whose modification times change', () => {
  test('are not processed again if their bytes are the same, even after a restart', async () => {
    const bases = world.writeMovies(3);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilDone(service, 3);
    const finishTimes = async (anyService: SessionService) =>
      (await anyService.queries.series(KEY, -1, 10)).map(({ finishedAt }) => finishedAt);
    const timesBefore = await finishTimes(service);
    const touch = (time: number) => {
      for (const base of bases)
        utimesSync(join(world.paths.raw, 'GridSquare_1/Data', `${base}_fractions.mrc`), time, time);
    };
    let noticedCount = 0;
    service.events.subscribe(null, ({ event }) => {
      if (event.event === 'movie' && event.data.row.state === 'arriving') noticedCount++;
    });
    touch(1e9);
    await until('the change is noticed', () => noticedCount === 3);
    await untilDone(service, 3);
    await world.endServices();
    touch(1.1e9);
    const restarted = await world.serve(executor);
    await setTimeout(10 * SCANS_MS);
    await untilDone(restarted, 3);
    expect(await finishTimes(restarted)).toEqual(timesBefore);
    expect(processedPaths()).toHaveLength(3);
  });

  test('are processed again if their bytes have changed', async () => {
    world.writeMovies(1);
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await untilDone(service, 1);
    const bytes = mrcMovie();
    bytes[bytes.length - 1] = 7;
    world.write('GridSquare_1/Data/FoilHole_0000_fractions.mrc', bytes);
    await until('it is processed again', () => processedPaths().length === 2);
    await untilDone(service, 1);
  });
});

test('movies with unusual names are all processed; hidden files and invalid names are counted', async () => {
  const names = [
    'back\\slash.mrc',
    `${'x'.repeat(251)}.mrc`,
    '..dots.mrc',
    'quo\'te".mrc',
    'a%s $HOME `id`.mrc',
  ];
  for (const name of names) world.write(name, mrcMovie());
  world.write('new\nline.mrc', mrcMovie());
  world.write('good.mrc', mrcMovie());
  const service = await world.serve(executor);
  await service.commands.start(KEY, VALUES);
  await untilDone(service, 5);
  const { counts, skipped } = await summary(service);
  expect(counts.total).toBe(5);
  expect(skipped).toEqual([
    { reason: 'hidden', count: 1, example: '..dots.mrc' },
    { reason: 'name', count: 1, example: 'new\\x0aline.mrc' },
  ]);
  const { movies } = await service.queries.movies(KEY, { limit: 10, order: 'oldest' });
  for (const { base } of movies) expect(Buffer.byteLength(`${base}_ctffind.txt`)).toBeLessThanOrEqual(255);
});

test('session folders with unusable names are in the list, with advice', async () => {
  for (const name of ['with space', 'plus+sign', 'Größe_2024', '(test)', '_under'])
    mkdirSync(join(world.paths.root, '..', name, 'raw'), { recursive: true });
  const service = await world.serve(executor);
  const all = await service.queries.all();
  expect(all.map(({ session }) => session).sort()).toEqual(
    ['(test)', KEY.session, 'Größe_2024', '_under', 'plus+sign', 'with space'].sort(),
  );
  const unusableSessions = all.filter(({ session }) => session !== KEY.session);
  for (const { warnings: texts } of unusableSessions)
    expect(texts.join()).toMatch(/Names have letters, digits/);
  const pagedNames = [];
  for (let after = ''; ; ) {
    const page = await service.queries.page({ limit: 2, after });
    pagedNames.push(...page.sessions.map(({ session }) => session));
    if (page.nextCursor === null) break;
    after = page.nextCursor;
  }
  expect(pagedNames).toEqual(all.map(({ session }) => session));
  renameSync(join(world.paths.root, '..', 'with space'), join(world.paths.root, '..', 'without'));
  await until('the renamed one is served', async () =>
    (await service.queries.all()).some(({ session }) => session === 'without'),
  );
});
