import { existsSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, mrcMovie, until, VALUES, World } from './support.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const MOVIE = 'FoilHole_1_fractions.mrc';

test.each([
  ['processed is a link to raw', 'processed', 'raw'],
  ['workflow is a link to raw', 'workflow', 'raw'],
  ['processed is a link to the session, which contains raw', 'processed', '.'],
])(
  'a session is not started if %s: nothing is written to the folder of the movies',
  async (_, name, target) => {
    world.write(MOVIE, mrcMovie());
    symlinkSync(target, join(world.paths.root, name));
    const executor = new FakeExecutor();
    const service = await world.serve(executor);
    await until('the movie is known', async () => (await service.queries.find(KEY))?.counts.waiting === 1);
    await expect(service.commands.start(KEY, VALUES)).rejects.toMatchObject({ code: 'UNSAFE_DIRECTORY' });
    expect(executor.batches).toEqual([]);
    expect(readdirSync(world.paths.raw)).toEqual([MOVIE]);
    expect(readFileSync(join(world.paths.raw, MOVIE))).toEqual(Buffer.from(mrcMovie()));
  },
);

test('a session is not started if raw is a link to processed: outputs would be written to the folder of the movies', async () => {
  const { raw, processed } = world.paths;
  world.write(MOVIE, mrcMovie());
  renameSync(raw, processed);
  symlinkSync('processed', raw);
  const service = await world.serve(new FakeExecutor());
  await expect(service.commands.start(KEY, VALUES)).rejects.toMatchObject({ code: 'UNSAFE_DIRECTORY' });
  expect(readdirSync(processed)).toEqual([MOVIE]);
  expect(existsSync(world.paths.workflow)).toBe(false);
  rmSync(raw);
});
