import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionService } from '../../src/sessions/service.ts';
import type { Tuning } from '../../src/sessions/tuning.ts';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, until, VALUES, World } from './support.ts';

/** A session directory that two services use, each with its own state directory. */
let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

/** No test waits for the end of this lease. */
const LONG_LEASE: Partial<Tuning> = { ownerBeatMs: 20, ownerLeaseMs: 3_600_000 };
const SHORT_LEASE: Partial<Tuning> = { ownerBeatMs: 20, ownerLeaseMs: 500 };

async function startSecondService(executor: FakeExecutor, tuning = LONG_LEASE): Promise<SessionService> {
  world.settings = { ...world.settings, stateDir: `${world.stateDir}-2` };
  return world.serve(executor, tuning);
}

const hangingExecutor = () => {
  const executor = new FakeExecutor();
  executor.behaviour = () => 'hang';
  return executor;
};
const markPath = () => join(world.paths.workflow, 'owner.json');
const readMark = () => JSON.parse(readFileSync(markPath(), 'utf8'));
const find = async (service: SessionService) => (await service.queries.find(KEY))!;
const untilOwnedElsewhere = (service: SessionService) =>
  until('another service owns the session', async () =>
    (await find(service)).warnings.some((text) => /has been processing this session/.test(text)),
  );

function writeMark(changes: object): void {
  mkdirSync(world.paths.workflow, { recursive: true });
  const mark = { ...FOREIGN_MARK, ...changes };
  writeFileSync(markPath(), JSON.stringify(mark));
}
const FOREIGN_MARK = {
  version: 1,
  instance: 'another',
  host: 'elsewhere',
  bootId: 'of another machine',
  pidNamespace: 'pid:[1]',
  pid: 17,
  startTicks: '1',
  stateDir: '/var/elsewhere',
  since: '2026-01-01T00:00:00.000Z',
  beat: 3,
};

describe('a session belongs to one service', () => {
  test('a second service on the same session directory submits nothing, changes nothing, and names the owner', async () => {
    world.writeMovies(3);
    const first = await world.serve(hangingExecutor(), LONG_LEASE);
    await first.commands.start(KEY, VALUES);
    await until('they are in progress', async () => (await find(first)).counts.queued === 3);
    const stagingFolder = join(world.paths.processed, '.tmp', 'c1-batch-001-0123456789ab', 'X');
    mkdirSync(stagingFolder, { recursive: true });

    const executor = new FakeExecutor();
    const second = await startSecondService(executor);
    await untilOwnedElsewhere(second);
    expect((await find(second)).warnings[0]).toContain(world.stateDir);
    const { commands, review, trials } = second;
    const refusal = { code: 'OWNED_ELSEWHERE' };
    await expect(commands.start(KEY, { ...VALUES, apix: 1 })).rejects.toMatchObject(refusal);
    await expect(commands.resume(KEY, {})).rejects.toMatchObject(refusal);
    await expect(commands.stop(KEY)).rejects.toMatchObject(refusal);
    await expect(commands.retry(KEY, {})).rejects.toMatchObject(refusal);
    await expect(trials.begin(KEY, VALUES, null)).rejects.toMatchObject(refusal);
    await expect(review.decide(KEY, ['FoilHole_0000'], { verdict: 'rejected' }, 'x')).rejects.toMatchObject(
      refusal,
    );
    expect(executor.batches).toEqual([]);
    expect(existsSync(stagingFolder)).toBe(true);
    expect((await find(first)).warnings.join()).not.toContain('has been processing this session');
  });

  test('the second service shows the results of the first', async () => {
    world.writeMovies(4);
    const executor = new FakeExecutor();
    executor.behaviour = ({ base }) => (base < 'FoilHole_0002' ? 'ok' : 'hang');
    const first = await world.serve(executor, LONG_LEASE);
    const second = await startSecondService(new FakeExecutor());
    await first.commands.start(KEY, VALUES);
    await until('two results are seen', async () => (await find(second)).counts.done === 2);
    await first.commands.stop(KEY);
    await until('the stop is seen', async () => (await find(second)).state === 'needs_processing');
  });

  test('the second service warns of a damaged start file until the file is repaired', async () => {
    const first = await world.serve(hangingExecutor(), LONG_LEASE);
    world.writeMovies(1);
    await first.commands.start(KEY, VALUES);
    const second = await startSecondService(new FakeExecutor());
    await untilOwnedElsewhere(second);
    const isWarned = async () => (await find(second)).warnings.join().includes('session.json cannot be read');
    const path = join(world.paths.workflow, 'session.json');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, 20));
    await until('it is warned', isWarned);
    writeFileSync(path, text);
    await until('the warning is gone', async () => !(await isWarned()));
  });

  test('when the first service has closed, the second one continues, and repeats no movie', async () => {
    world.writeMovies(4);
    const firstExecutor = new FakeExecutor();
    firstExecutor.behaviour = ({ base }) => (base < 'FoilHole_0002' ? 'ok' : 'hang');
    const first = await world.serve(firstExecutor, LONG_LEASE);
    await first.commands.start(KEY, VALUES);
    await until('two are done', async () => (await find(first)).counts.done === 2);
    const secondExecutor = new FakeExecutor();
    const second = await startSecondService(secondExecutor);
    await untilOwnedElsewhere(second);
    await first.close();
    await until('all are done', async () => (await find(second)).counts.done === 4);
    expect([...secondExecutor.attempts.keys()].sort()).toEqual(['FoilHole_0002', 'FoilHole_0003']);
  });

  test('an idle session has no owner', async () => {
    world.writeMovies(1);
    const first = await world.serve(new FakeExecutor(), LONG_LEASE);
    await first.commands.start(KEY, VALUES);
    await until('it is complete', async () => (await find(first)).state === 'processing_complete');
    await until('the mark is gone', () => !existsSync(markPath()));
    world.writeMovies(1, 1);
    await until('the new movie is done', async () => (await find(first)).counts.done === 2);
  });

  test.each([
    ['the owner mark of a process on this machine that has ended', () => ({ pid: spawnSync('true').pid })],
    ['an owner mark whose process id now belongs to another process', () => ({ startTicks: '1' })],
  ])('a session with %s is taken over at once', async (_, changes) => {
    world.writeMovies(1);
    const first = await world.serve(hangingExecutor(), LONG_LEASE);
    await first.commands.start(KEY, VALUES);
    await until('the mark exists', () => existsSync(markPath()));
    const ownMark = readMark();
    await first.close();
    writeMark({ ...ownMark, instance: 'killed', ...changes() });
    const second = await world.serve(new FakeExecutor(), LONG_LEASE);
    await until('it is done', async () => (await find(second)).counts.done === 1);
  });

  test('a service on another machine keeps its session while its heartbeat counter increases, and loses it when the counter stops', async () => {
    world.writeMovies(1);
    writeMark({});
    const executor = new FakeExecutor();
    const service = await world.serve(executor, SHORT_LEASE);
    let beat = 3;
    let wasReplaced = false;
    const heartbeat = setInterval(() => {
      if (!existsSync(markPath()) || readMark().instance !== 'another') wasReplaced = true;
      writeMark({ beat: ++beat });
    }, 50);
    const startMs = performance.now();
    await until('more than two leases have passed', async () => {
      await expect(service.commands.start(KEY, VALUES)).rejects.toMatchObject({ code: 'OWNED_ELSEWHERE' });
      return performance.now() - startMs > 1200;
    });
    expect(wasReplaced).toBe(false);
    clearInterval(heartbeat);
    await until('the session can be started', () =>
      service.commands.start(KEY, VALUES).catch((error) => {
        if (error.code !== 'OWNED_ELSEWHERE') throw error;
        return null;
      }),
    );
    await until('it is done', async () => (await find(service)).counts.done === 1);
  });

  test('an owner mark that cannot be read counts as the mark of another service until a lease has passed', async () => {
    world.writeMovies(1);
    mkdirSync(world.paths.workflow, { recursive: true });
    writeFileSync(markPath(), '{"version":');
    const service = await world.serve(new FakeExecutor(), SHORT_LEASE);
    await expect(service.commands.start(KEY, VALUES)).rejects.toThrow(/owner\.json cannot be read/);
    await until('the session can be started', () => service.commands.start(KEY, VALUES).catch(() => null));
  });

  test('a service whose owner mark was replaced stops submitting batches', async () => {
    world.writeMovies(2);
    const executor = hangingExecutor();
    const service = await world.serve(executor, LONG_LEASE);
    await service.commands.start(KEY, VALUES);
    await until('they are in progress', async () => (await find(service)).counts.queued === 2);
    // Repeated, because a heartbeat may be written at the same moment.
    await until('the mark stays', async () => {
      writeMark({});
      await new Promise((resolve) => setTimeout(resolve, 100));
      return readMark().instance === 'another';
    });
    await untilOwnedElsewhere(service);
    world.writeMovies(3, 2);
    await until('they are seen', async () => (await find(service)).counts.waiting === 3);
    const batchCount = executor.batches.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(executor.batches).toHaveLength(batchCount);
    expect(readMark().instance).toBe('another');
  });
});
