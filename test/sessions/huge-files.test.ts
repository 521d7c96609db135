import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readRecord, recordPath } from '../../src/pipeline/record-file.ts';
import type { SessionService } from '../../src/sessions/service.ts';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, mrcMovie, until, VALUES, World } from './support.ts';

/** Larger than one read call can return. The files are sparse, so they need no disk space. */
const HUGE_BYTES = 5 * 1024 ** 3;

let world: World;
let executor: FakeExecutor;
beforeEach(() => {
  world = new World();
  executor = new FakeExecutor();
});
afterEach(() => world.close());

async function completeSession(movies: number): Promise<{ service: SessionService; names: string[] }> {
  const names = world.writeMovies(movies);
  const service = await world.serve(executor);
  await service.commands.start(KEY, VALUES, 'Anna');
  await untilComplete(service);
  return { service, names };
}

const untilComplete = (service: SessionService) =>
  until('complete', async () => (await service.queries.find(KEY))?.state === 'processing_complete');
const warningsOf = async (service: SessionService) => (await service.queries.find(KEY))?.warnings.join(' ');

describe('a file of a session that is huge, or would take minutes to parse, is not read or parsed as a whole', () => {
  test('a record: it is treated as damaged', async () => {
    const { service, names } = await completeSession(2);
    const [first = ''] = names;
    truncateSync(recordPath(world.paths.processed, first), HUGE_BYTES);
    expect((await service.queries.movie(KEY, first)).record).toBeNull();
    expect(await warningsOf(service)).toContain('The result of one movie cannot be read');
  });

  test.each([
    ['session.json', () => join(world.paths.workflow, 'session.json')],
    ['reviews.jsonl', () => join(world.paths.processed, 'reviews.jsonl')],
  ])('%s: the session has a warning, and the service starts', async (name, pathOf) => {
    const { service, names } = await completeSession(2);
    await service.review.decide(KEY, [names[0] ?? ''], { verdict: 'rejected' }, 'Anna');
    await service.close();
    truncateSync(pathOf(), HUGE_BYTES);
    const next = await world.serveAgain(executor);
    await until('it is loaded', async () => (await next.queries.find(KEY))?.counts.done === 2);
    expect(await warningsOf(next)).toContain(`${name} cannot be read`);
    expect(await warningsOf(next)).toContain('larger than');
    expect((await next.queries.movie(KEY, names[0] ?? '')).row.verdict).toBe('rejected');
  });

  test('the owner file and a batch file: the service starts, and other sessions are processed', async () => {
    const { service } = await completeSession(2);
    await service.close();
    const cycle = join(world.paths.workflow, 'cycle-000001');
    for (const batch of readdirSync(cycle).filter((name) => name.endsWith('.json')))
      truncateSync(join(cycle, batch), HUGE_BYTES);
    const owner = join(world.paths.workflow, 'owner.json');
    writeFileSync(owner, '');
    truncateSync(owner, HUGE_BYTES);
    const other = { ...KEY, session: 'other' };
    const raw = join(world.sessionDir, other.project, 'sessions', other.user, other.session, 'raw');
    mkdirSync(raw, { recursive: true });
    writeFileSync(join(raw, 'FoilHole_1_fractions.mrc'), mrcMovie());
    const next = await world.serveAgain(executor);
    await until('it is known', async () => (await next.queries.find(other))?.counts.waiting === 1);
    await next.commands.start(other, VALUES, 'Anna');
    await until('done', async () => (await next.queries.find(other))?.counts.done === 1);
    const start = next.commands.start(KEY, { ...VALUES, apix: 2 }, 'Anna');
    await expect(start).rejects.toMatchObject({ code: 'OUTPUT_NOT_WRITABLE' });
    await expect(start).rejects.toThrow('owner.json is larger than');
  });

  test('the timeline: the newest entries, at its end, are shown, and earlier ones are not read', async () => {
    const { service } = await completeSession(1);
    const path = join(world.paths.workflow, 'timeline.jsonl');
    await until(
      'both entries are written',
      async () => (await service.queries.timeline(KEY, 10)).length >= 2,
    );
    const lines = readFileSync(path, 'utf8');
    truncateSync(path, HUGE_BYTES);
    writeFileSync(path, `\n${lines}`, { flag: 'a' });
    const [newest, ...others] = await service.queries.timeline(KEY, 10);
    expect(newest?.what).toBe('completed');
    expect(others.at(-1)?.what).toBe('started');
    expect(await service.queries.timeline(KEY, 1)).toEqual([newest]);
  });

  test('a record with lists that are nested too deeply is refused before it is parsed', async () => {
    const { names } = await completeSession(1);
    const path = recordPath(world.paths.processed, names[0] ?? '');
    const text = readFileSync(path, 'utf8').trim();
    writeFileSync(path, text.replace(/^\{/, '{"extra":[[[[[[]]]]]],'));
    expect(await readRecord(world.paths, names[0] ?? '')).not.toBeNull();
    writeFileSync(path, text.replace(/^\{/, `{"extra":${'['.repeat(20)}${']'.repeat(20)},`));
    expect(await readRecord(world.paths, names[0] ?? '')).toBeNull();
  });
});
