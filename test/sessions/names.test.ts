import { mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, mrcMovie, until, VALUES, World } from './support.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

describe('names', () => {
  const invalidNames = [
    '..',
    '.',
    '',
    '.hidden',
    'a/b',
    '../x',
    'a\\b',
    '%2e%2e',
    'a b',
    'a\0b',
    '-x',
    'é',
    'x'.repeat(300),
  ];
  test('only single folder names are valid names of projects, users and sessions', async () => {
    const service = await world.serve(new FakeExecutor());
    const code = { code: 'BAD_NAME' };
    for (const name of invalidNames) {
      await expect(service.queries.find({ ...KEY, session: name })).rejects.toMatchObject(code);
      await expect(service.commands.start({ ...KEY, user: name }, VALUES)).rejects.toMatchObject(code);
      await expect(service.queries.list(name, 'x')).rejects.toMatchObject(code);
      await expect(
        service.queries.movies({ ...KEY, project: name }, { limit: 1, order: 'newest' }),
      ).rejects.toMatchObject(code);
    }
  });

  test('a session behind a symbolic link that points outside the session directory does not exist', async () => {
    const outside = join(world.top, 'outside');
    mkdirSync(join(outside, 'raw'), { recursive: true });
    symlinkSync(outside, join(world.paths.root, '..', 'linked'));
    const service = await world.serve(new FakeExecutor());
    expect(await service.queries.find({ ...KEY, session: 'linked' })).toBeNull();
    expect((await service.queries.all()).map(({ session }) => session)).toEqual([KEY.session]);
  });

  test('a missing session has the state no_such_session', async () => {
    const service = await world.serve(new FakeExecutor());
    const missing = { ...KEY, session: 'missing' };
    expect(await service.queries.compatibilityStatus(missing)).toMatchObject({
      state: 'no_such_session',
      raw_files: 0,
    });
    expect(await service.queries.find(missing)).toBeNull();
    await expect(service.commands.start(missing, VALUES)).rejects.toMatchObject({ code: 'NO_SUCH_SESSION' });
  });

  test('a session is found as soon as it is requested', async () => {
    const service = await world.serve(new FakeExecutor(), { sessionsMs: 3_600_000 });
    mkdirSync(join(world.paths.root, '..', 'fresh', 'raw'), { recursive: true });
    expect((await service.queries.find({ ...KEY, session: 'fresh' }))!.counts.total).toBe(0);
  });

  test('an output that is a link to a file outside the session is not returned', async () => {
    world.write('FoilHole_1_fractions.mrc', mrcMovie());
    const service = await world.serve(new FakeExecutor());
    await service.commands.start(KEY, VALUES);
    await until('the movie is done', async () => (await service.queries.find(KEY))!.counts.done === 1);
    const path = await service.queries.outputPath(KEY, 'FoilHole_1', 'thumbnail');
    expect(path).toBe(join(world.paths.processed, 'FoilHole_1_thumb.jpg'));
    await expect(service.queries.outputPath(KEY, 'FoilHole_1', 'constructor')).rejects.toMatchObject({
      code: 'NO_SUCH_PICTURE',
    });
    await expect(service.queries.outputPath(KEY, '../x', 'thumbnail')).rejects.toMatchObject({
      code: 'NO_SUCH_MOVIE',
    });
    writeFileSync(join(world.top, 'secret'), 'secret');
    unlinkSync(path);
    symlinkSync(join(world.top, 'secret'), path);
    await expect(service.queries.outputPath(KEY, 'FoilHole_1', 'thumbnail')).rejects.toMatchObject({
      code: 'NO_SUCH_PICTURE',
    });
  });
});
