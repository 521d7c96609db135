import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COLUMN_FLAGS } from '../../src/contract/columns.ts';
import { parseStar } from '../../src/formats/star/parse.ts';
import type { SessionService } from '../../src/sessions/service.ts';
import { resultsOf } from '../pipeline/session-records.ts';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, until, VALUES, World } from './support.ts';

let world: World;
let executor: FakeExecutor;
beforeEach(() => {
  world = new World();
  executor = new FakeExecutor();
  executor.results = ({ base }) => resultsOf(base, Number(base.slice(-4)) + 1);
});
afterEach(() => world.close());

const reviewsPath = () => join(world.paths.processed, 'reviews.jsonl');
const verdicts = async (service: SessionService) =>
  (await service.queries.movies(KEY, { limit: 100, order: 'oldest' })).movies.map((row) => row.verdict);

async function processMovies(count: number): Promise<{ service: SessionService; names: string[] }> {
  const names = world.writeMovies(count);
  const service = await world.serve(executor);
  await service.commands.start(KEY, VALUES, 'Anna');
  await until(
    'the session is complete',
    async () => (await service.queries.find(KEY))?.state === 'processing_complete',
  );
  return { service, names };
}

describe('reviews', () => {
  it('are stored with the session, so that they survive the loss of the ledger', async () => {
    const { service, names } = await processMovies(3);
    await service.review.decide(KEY, [names[0]!, names[2]!], { verdict: 'rejected' }, 'Anna');
    await service.review.decide(KEY, [names[1]!], { verdict: 'accepted', comment: 'fine ice' }, 'Ben');
    await service.review.decide(KEY, [names[2]!], { verdict: null }, 'Ben');
    await service.close();
    rmSync(world.stateDir, { recursive: true });
    const next = await world.serveAgain(executor);
    await until('all are known', async () => (await next.queries.find(KEY))?.counts.done === 3);
    expect(await verdicts(next)).toEqual(['rejected', 'accepted', null]);
    expect((await next.queries.movie(KEY, names[1]!)).row.comment).toBe('fine ice');
    const { flags } = await next.queries.columns(KEY, -1, 10);
    expect([...flags].map((flag) => flag & ~COLUMN_FLAGS.pictures)).toEqual([
      COLUMN_FLAGS.rejected,
      COLUMN_FLAGS.accepted | COLUMN_FLAGS.comment,
      0,
    ]);
  });

  it('are kept when a movie is reprocessed', async () => {
    const { service, names } = await processMovies(2);
    await service.review.decide(KEY, [names[0]!], { verdict: 'rejected' }, 'Anna');
    await service.commands.resume(KEY, { apix: 0.9 });
    await until(
      'the session is complete again',
      async () => (await service.queries.find(KEY))?.state === 'processing_complete',
    );
    expect(await verdicts(service)).toEqual(['rejected', null]);
  });

  it('are sent as live events', async () => {
    const { service, names } = await processMovies(1);
    const received: (string | null)[] = [];
    service.events.subscribe(null, ({ event }) => {
      if (event.event === 'movie') received.push(event.data.row.verdict);
    });
    await service.review.decide(KEY, [names[0]!], { verdict: 'rejected' }, 'Anna');
    expect(received).toEqual(['rejected']);
  });

  it('are all refused if one movie is unknown', async () => {
    const { service, names } = await processMovies(2);
    const decision = service.review.decide(
      KEY,
      [names[0]!, 'no-such-movie'],
      { verdict: 'rejected' },
      'Anna',
    );
    await expect(decision).rejects.toMatchObject({ code: 'NO_SUCH_MOVIE' });
    expect(await verdicts(service)).toEqual([null, null]);
    expect(existsSync(reviewsPath())).toBe(false);
  });

  it('are refused with the reason before the first movie has been processed', async () => {
    const [name = ''] = world.writeMovies(1);
    const service = await world.serve(executor);
    await until('it is found', async () => (await service.queries.find(KEY))?.counts.waiting === 1);
    await expect(service.review.decide(KEY, [name], { verdict: 'rejected' }, 'Anna')).rejects.toMatchObject({
      code: 'WRONG_STATE',
    });
  });

  it('survive a line that was cut off by a crash, and the next line is complete', async () => {
    const { service, names } = await processMovies(2);
    await service.review.decide(KEY, [names[0]!], { verdict: 'rejected' }, 'Anna');
    appendFileSync(reviewsPath(), '{"at":"2026-01-0');
    await service.review.decide(KEY, [names[1]!], { verdict: 'rejected' }, 'Anna');
    expect(readFileSync(reviewsPath(), 'utf8').split('\n').filter(Boolean)).toHaveLength(3);
    const next = await world.serveAgain(executor);
    expect(await verdicts(next)).toEqual(['rejected', 'rejected']);
  });

  it('exclude rejected movies from the STAR tables, until the rejection is undone', async () => {
    const { service, names } = await processMovies(3);
    const countListed = () => {
      if (!existsSync(join(world.paths.processed, 'micrographs_ctf.star'))) return 0;
      const text = readFileSync(join(world.paths.processed, 'micrographs_ctf.star'), 'utf8');
      const block = parseStar(text).find((b) => b.name === 'micrographs')!;
      return block.rows.length;
    };
    await service.review.decide(KEY, [names[1]!], { verdict: 'rejected' }, 'Anna');
    await until('two are listed', () => countListed() === 2);
    await service.review.decide(KEY, [names[1]!], { verdict: null }, 'Anna');
    await until('three are listed', () => countListed() === 3);
  });
});

describe('failures', () => {
  it('are counted by cause, set aside, and retried by cause', async () => {
    const names = world.writeMovies(5);
    executor.behaviour = ({ base }) =>
      base === names[0] ? 'ok' : base === names[1] ? 'MOVIE_CORRUPT' : 'CTF_FAILED';
    const service = await world.serve(executor);
    await service.commands.start(KEY, VALUES);
    await until('four failed', async () => (await service.queries.find(KEY))?.counts.failed === 4);
    await service.review.decide(KEY, [names[2]!], { verdict: 'rejected' }, 'Anna');
    expect(await service.review.failureCauses(KEY)).toEqual([
      { code: 'CTF_FAILED', count: 2, aside: 1 },
      { code: 'MOVIE_CORRUPT', count: 1, aside: 0 },
    ]);
    const page = await service.review.failures(KEY, { code: 'CTF_FAILED', aside: false, limit: 1 });
    expect(page.movies.map((row) => row.base)).toEqual([names[4]]);
    const restPage = await service.review.failures(KEY, {
      code: 'CTF_FAILED',
      aside: false,
      limit: 10,
      cursor: page.nextCursor!,
    });
    expect(restPage.movies.map((row) => row.base)).toEqual([names[3]]);
    executor.behaviour = () => 'ok';
    expect(await service.commands.retry(KEY, { code: 'CTF_FAILED' })).toBe(2);
    await until('two more are done', async () => (await service.queries.find(KEY))?.counts.done === 3);
    expect(await service.review.failureCauses(KEY)).toEqual([
      { code: 'MOVIE_CORRUPT', count: 1, aside: 0 },
      { code: 'CTF_FAILED', count: 0, aside: 1 },
    ]);
  });
});

describe('the timeline', () => {
  it('lists events, newest first, and who caused them', async () => {
    const { service, names } = await processMovies(2);
    await service.commands.stop(KEY, 'Ben');
    await service.commands.resume(KEY, { apix: 0.9 }, 'Ben');
    await until(
      'the session is complete',
      async () => (await service.queries.find(KEY))?.state === 'processing_complete',
    );
    await service.review.decide(KEY, names, { verdict: 'rejected', note: 'fit > 8 Å' }, 'Anna');
    const entries = await until('the timeline is complete', async () => {
      const list = await service.queries.timeline(KEY, 100);
      return list.length >= 6 ? list : null;
    });
    expect(entries.map(({ what, by, note }) => [what, by, note])).toEqual([
      ['reviewed', 'Anna', '2 movies rejected (fit > 8 Å).'],
      ['completed', 'service', null],
      ['changed', 'Ben', 'apix 0.8 → 0.9'],
      ['stopped', 'Ben', null],
      ['completed', 'service', null],
      ['started', 'Anna', null],
    ]);
  });

  it('is not created before the first start, because only the microscope writes to the folder until then', async () => {
    world.writeMovies(1);
    const service = await world.serve(executor);
    await until(
      'the movie is waiting',
      async () => (await service.queries.find(KEY))?.state === 'needs_processing',
    );
    expect(await service.queries.timeline(KEY, 10)).toEqual([]);
    expect(existsSync(world.paths.workflow)).toBe(false);
  });
});
