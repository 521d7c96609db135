import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeExecutor } from './fake-executor.ts';
import { until, World } from './support.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

test('the pages of the session list contain each session once, in order', async () => {
  const top = dirname(dirname(world.paths.raw));
  for (let i = 0; i < 130; i++) mkdirSync(join(top, `s${i}`, 'raw'), { recursive: true });
  mkdirSync(world.paths.raw, { recursive: true });
  const { queries } = await world.serve(new FakeExecutor());
  await until('all are found', async () => (await queries.all()).length === 131);
  const all = (await queries.all()).map(({ session }) => session);
  const names: string[] = [];
  let after: string | null = '';
  while (after !== null) {
    const page: Awaited<ReturnType<typeof queries.page>> = await queries.page({ limit: 50, after });
    names.push(...page.sessions.map(({ session }) => session));
    after = page.nextCursor;
  }
  expect(names).toEqual(all);
  expect(names).toEqual([...names].sort());
});
