import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resultRecordSchema } from '../../src/contract/record.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { createLocalExecutor } from '../../src/executors/local/executor.ts';
import type { NumberedEvent } from '../../src/sessions/service.ts';
import { simulateSession } from '../../src/simulator/session.ts';
import { KEY, until, World } from './support.ts';

let world: World;
let executor: Executor;
beforeEach(() => {
  world = new World();
  executor = createLocalExecutor({ slots: 1, threads: 1 });
});
afterEach(async () => {
  await world.close();
  await executor.close();
});

test('the local executor and the real worker produce results and events', async () => {
  const truth = await simulateSession({
    sessionDir: world.paths.root,
    movies: 2,
    width: 256,
    height: 256,
    frames: 6,
  });
  expect(truth.movies).toHaveLength(2);
  const service = await world.serve(executor);
  const events: NumberedEvent[] = [];
  service.events.subscribe(null, (event) => events.push(event));
  const session = await until('the movies are known', async () => {
    const detail = await service.queries.detail(KEY);
    return detail?.counts.total === 2 ? detail : null;
  });
  expect(session.suggested.apix?.source).toMatch(/xml/);
  await service.commands.start(KEY, {
    apix: Number(session.suggested.apix!.value),
    kev: Number(session.suggested.kev!.value),
    fmdose: 1,
  });
  await until('both are finished', async () => {
    const { counts } = (await service.queries.find(KEY))!;
    return counts.done + counts.failed === 2;
  });
  const { movies } = await service.queries.movies(KEY, { limit: 10, order: 'oldest' });
  expect(movies.map(({ state, errorMessage }) => ({ state, errorMessage }))).toEqual(
    new Array(2).fill({ state: 'done', errorMessage: null }),
  );
  for (const { base } of movies) {
    const { record, pictures } = await service.queries.movie(KEY, base);
    expect(resultRecordSchema.parse(record).outcome.status).toBe('ok');
    expect(Object.keys(pictures)).toContain('thumbnail');
    expect(readFileSync(await service.queries.outputPath(KEY, base, 'thumbnail')).length).toBeGreaterThan(
      100,
    );
  }
  const announcedMovies = events.flatMap(({ event }) =>
    event.event === 'movie' && event.data.row.state === 'done' ? [event.data.row.base] : [],
  );
  expect(announcedMovies.sort()).toEqual(movies.map(({ base }) => base).sort());
  await service.commands.stop(KEY);
  expect(readdirSync(world.paths.processed)).not.toContain('.tmp');
  expect(readdirSync(join(world.paths.workflow, 'cycle-000001')).length).toBeGreaterThan(0);
});

test('a gain reference that arrives after the start is used, and movies processed without it are reprocessed', async () => {
  const options = { sessionDir: world.paths.root, movies: 1, width: 256, height: 256, frames: 6 };
  await simulateSession(options);
  const gain = readdirSync(world.paths.raw).find((name) => name.endsWith('_gain.tiff'))!;
  renameSync(join(world.paths.raw, gain), join(world.top, gain));
  const service = await world.serve(executor);
  await until('the movie is known', async () => (await service.queries.find(KEY))?.counts.total === 1);
  await service.commands.start(KEY, { apix: 1, kev: 300, fmdose: 1 });
  await until('the movie is done', async () => (await service.queries.find(KEY))?.counts.done === 1);
  expect((await service.queries.find(KEY))?.warnings.join()).toMatch(/No gain reference/);
  const { base } = (await service.queries.movies(KEY, { limit: 1, order: 'oldest' })).movies[0]!;
  const gainPath = async () => {
    const { record } = await service.queries.movie(KEY, base).catch(() => ({ record: null }));
    return record?.recipe.gain?.path;
  };
  expect(await gainPath()).toBeUndefined();
  renameSync(join(world.top, gain), join(world.paths.raw, gain));
  await until('the movie is reprocessed with the gain reference', async () =>
    (await gainPath())?.endsWith(gain),
  );
  await until('the ledger is updated', async () => (await service.queries.find(KEY))?.counts.done === 1);
  expect((await service.queries.find(KEY))?.warnings.join()).not.toMatch(/No gain reference/);
  await until('the timeline gives the reason', async () =>
    (await service.queries.timeline(KEY, 10)).some(
      ({ what, note }) => what === 'resumed' && note?.includes(gain),
    ),
  );
});
