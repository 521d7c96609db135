import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionKey } from '../../src/contract/api.ts';
import { pathsOf } from '../../src/sessions/names.ts';
import { nextBatchPaths } from '../../src/sessions/scheduler/batch-file.ts';
import type { SessionService } from '../../src/sessions/service.ts';
import { tailOfLog } from '../../src/sessions/trials/trial-file.ts';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, mrcMovie, until, VALUES, World } from './support.ts';

/** Paths that hang in calls of the main thread, as on a dead mount: those that contain one of these words. */
const deadMount = vi.hoisted(() => ({ words: new Set<string>(), waiting: [] as (() => void)[] }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const { readlinkSync } = await import('node:fs');
  const openedPath = (path: unknown) => {
    const [, fd, rest] = /^\/proc\/self\/fd\/(\d+)(.*)$/.exec(String(path)) ?? [];
    return fd === undefined ? String(path) : readlinkSync(`/proc/self/fd/${fd}`) + rest;
  };
  const hangOnDeadMount =
    <Arguments extends unknown[], Result>(call: (...values: Arguments) => Promise<Result>) =>
    async (...values: Arguments): Promise<Result> => {
      const path = openedPath(values[0]);
      if ([...deadMount.words].some((word) => path.includes(word)))
        await new Promise<void>((resolve) => deadMount.waiting.push(resolve));
      return call(...values);
    };
  return {
    ...real,
    open: hangOnDeadMount(real.open),
    stat: hangOnDeadMount(real.stat),
    lstat: hangOnDeadMount(real.lstat),
    realpath: hangOnDeadMount(real.realpath),
    readdir: hangOnDeadMount(real.readdir),
    mkdir: hangOnDeadMount(real.mkdir),
    statfs: hangOnDeadMount(real.statfs),
    access: hangOnDeadMount(real.access),
  };
});

/** Limit of a call in this test, ms: a tenth of the limit in the service. */
const LIMIT_MS = 1500;
vi.mock('../../src/base/file-calls.ts', async (original) => {
  const real = await original<typeof import('../../src/base/file-calls.ts')>();
  const fileCall: typeof real.fileCall = (top, path, work, options) =>
    real.fileCall(top, path, work, { ...options, limitMs: LIMIT_MS });
  return { ...real, fileCall };
});

const DEAD_KEY: SessionKey = { ...KEY, session: 'dead_session' };

let world: World;
let executor: FakeExecutor;
beforeEach(() => {
  world = new World();
  executor = new FakeExecutor();
});
afterEach(async () => {
  respondAgain();
  await world.close();
});

function respondAgain(): void {
  deadMount.words.clear();
  for (const resolve of deadMount.waiting.splice(0)) resolve();
}

function addMovies(key: SessionKey, count: number, from = 0): void {
  const { raw } = pathsOf(world.sessionDir, key);
  mkdirSync(raw, { recursive: true });
  for (let i = from; i < from + count; i++) writeFileSync(join(raw, `m${i}_fractions.mrc`), mrcMovie());
}

const countsOf = async (service: SessionService, key: SessionKey) =>
  (await service.queries.all()).find(({ session }) => session === key.session)?.counts;

describe('a session whose files do not respond', () => {
  it('is in the health report and has a warning; other sessions continue; it can be stopped, and resumed later', async () => {
    addMovies(KEY, 1);
    addMovies(DEAD_KEY, 1);
    const service = await world.serve(executor);
    await until('both are known', async () => (await countsOf(service, DEAD_KEY))?.waiting === 1);
    await service.commands.start(DEAD_KEY, VALUES);
    await service.commands.start(KEY, VALUES);
    await until('both are done', async () => (await countsOf(service, DEAD_KEY))?.done === 1);
    await until('both are done', async () => (await countsOf(service, KEY))?.done === 1);

    deadMount.words.add(DEAD_KEY.session);
    addMovies(DEAD_KEY, 1, 1);
    await until('it is noticed', () => service.stuck().length > 0);
    expect(service.stuck().map(({ folder }) => folder)).toEqual([pathsOf(world.sessionDir, DEAD_KEY).root]);
    const all = await service.queries.all();
    expect(all.find(({ session }) => session === DEAD_KEY.session)?.warnings[0]).toContain(
      'does not respond',
    );
    const others = all.find(({ session }) => session === KEY.session)?.warnings.join();
    expect(others).not.toContain('does not respond');

    addMovies(KEY, 3, 1);
    await until('the other session continues', async () => (await countsOf(service, KEY))?.done === 4);
    expect((await service.commands.stop(DEAD_KEY)).state).toBe('needs_processing');

    respondAgain();
    await until('it responds again', () => service.stuck().length === 0);
    await service.commands.resume(DEAD_KEY, {});
    await until('it continues', async () => (await countsOf(service, DEAD_KEY))?.done === 2);
  });

  it('does not occupy slots for workers that have ended', async () => {
    addMovies(DEAD_KEY, 3);
    executor.behaviour = () => 'hang';
    const service = await world.serve(executor);
    await service.commands.start(DEAD_KEY, VALUES);
    await until('all slots are occupied', () => executor.inFlight === executor.maxInFlight);
    deadMount.words.add(DEAD_KEY.session);
    executor.behaviour = () => 'ok';
    for (const { token } of executor.batches) executor.end(token, 'stalled', null);
    addMovies(KEY, 1);
    await until('the other session is known', async () => (await countsOf(service, KEY))?.waiting === 1);
    await service.commands.start(KEY, VALUES);
    await until('its movie is done', async () => (await countsOf(service, KEY))?.done === 1);
  });

  it('does not prevent the service from starting and closing', async () => {
    addMovies(KEY, 1);
    addMovies(DEAD_KEY, 1);
    deadMount.words.add(DEAD_KEY.session);
    const service = await world.serve(executor);
    await until('the other session is known', async () => (await countsOf(service, KEY))?.waiting === 1);
    await world.endServices();
  });
});

describe('a pipe in place of a file of a session', () => {
  it.each([
    'workflow/session.json',
    'workflow/owner.json',
    'workflow/timeline.jsonl',
    'processed/results/m0.json',
  ])('%s: nothing hangs, and the session can be shown and stopped', async (file) => {
    addMovies(KEY, 1);
    executor.behaviour = () => 'ok';
    const first = await world.serve(executor);
    await until('it is known', async () => (await countsOf(first, KEY))?.waiting === 1);
    await first.commands.start(KEY, VALUES);
    await until('it is done', async () => (await countsOf(first, KEY))?.done === 1);
    await world.endServices();
    const path = join(world.paths.root, file);
    rmSync(path, { force: true });
    mkdirSync(join(path, '..'), { recursive: true });
    execFileSync('mkfifo', [path]);
    const service = await world.serve(executor);
    await until('it is shown', async () => (await service.queries.all()).length === 1);
    await service.commands.stop(KEY);
    expect(service.stuck()).toEqual([]);
  });
});

describe('a directory in place of a file of a session', () => {
  it('affects only one movie if it is in place of the record of that movie', async () => {
    world.set('retry', { attempts: 1 });
    addMovies(KEY, 3);
    mkdirSync(join(world.paths.results, 'm0.json'), { recursive: true });
    executor.behaviour = ({ base }) => (base === 'm0' ? 'die' : 'ok'); // cannot write its record
    const service = await world.serve(executor);
    await until('all are known', async () => (await countsOf(service, KEY))?.waiting === 3);
    await service.commands.start(KEY, VALUES);
    await until('the others are done', async () => (await countsOf(service, KEY))?.done === 2);
    await until('it has failed', async () => (await countsOf(service, KEY))?.failed === 1);
    expect((await service.queries.all())[0]?.reason).toBeNull();

    rmSync(world.stateDir, { recursive: true });
    const restarted = await world.serveAgain(executor);
    await until('the ledger is rebuilt', async () => (await countsOf(restarted, KEY))?.done === 2);
    expect((await restarted.queries.all())[0]?.warnings.join()).toContain('cannot be read');
  });

  it('is treated as an empty log if it is in place of the log of a trial; a new batch does not use its number', async () => {
    const { workflow } = world.paths;
    mkdirSync(join(workflow, 'trial/trial-1/batch.log'), { recursive: true });
    expect(await tailOfLog(world.paths, 'trial-1')).toBe('');
    mkdirSync(join(workflow, 'cycle-000001/batch-001.log'), { recursive: true });
    expect((await nextBatchPaths(world.paths, 1)).name).toBe('cycle-000001/batch-002');
  });

  it('is treated as a missing log, or as a batch file or trial that cannot be read, with a warning that names it', async () => {
    addMovies(KEY, 1);
    const first = await world.serve(executor);
    await until('it is known', async () => (await countsOf(first, KEY))?.waiting === 1);
    await first.commands.start(KEY, VALUES);
    await until('it is done', async () => (await countsOf(first, KEY))?.done === 1);
    const { workflow } = world.paths;
    mkdirSync(join(workflow, 'cycle-000001/batch-001.log'));
    expect(await first.queries.movieLog(KEY, 'm0')).toBeNull();
    await world.endServices();

    rmSync(world.stateDir, { recursive: true });
    rmSync(join(workflow, 'cycle-000001/batch-001.json'));
    mkdirSync(join(workflow, 'cycle-000001/batch-001.json'));
    mkdirSync(join(workflow, 'trial/trial-1/trial.json'), { recursive: true });
    const service = await world.serve(executor);
    await until('it is done', async () => (await countsOf(service, KEY))?.done === 1);
    const warnings = (await service.queries.all())[0]?.warnings.join();
    expect(warnings).toContain('cycle-000001/batch-001.json');
    expect(warnings).toContain('trial/trial-1/trial.json');
  });
});
