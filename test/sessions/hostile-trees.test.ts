import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SessionKey } from '../../src/contract/api.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { writeMrc } from '../../src/formats/mrc/write.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import { pathsOf, type SessionPaths } from '../../src/sessions/names.ts';
import type { SessionService } from '../../src/sessions/service.ts';
import { DETECTED_OPERATIONS, DETECTS_READS, Decoy, keepSwapping } from '../support/decoy.ts';
import { noise, writeMovie } from '../support/movies.ts';
import { LightExecutor } from './light-executor.ts';
import { KEY, until, VALUES, World } from './support.ts';

/**
 * Nothing outside a session is read, written or deleted, wherever a user with write access to the session
 * puts a link.
 */

const BASE = 'FoilHole_1';
const MOVIE = `${BASE}_fractions.mrc`;
const BATCH = 'c1-batch-001-0123456789ab';
const TRIAL = 'trial-0123456789ab';
const SIZE = { width: 64, height: 64 };
const TOKEN = 'a long enough token for a test';
const RECORD = '{"precious":true}';

const writeSmallMovie = (path: string) => writeMovie(path, 7, { ...SIZE, frames: 3 });
const writeGain = (path: string) =>
  writeMrc(
    path,
    { ...SIZE, data: Float32Array.from(noise(9, SIZE.width * SIZE.height), (counts) => 1 + counts / 100) },
    null,
  );

/** Contents of a decoy, by path: what the service would find if it followed a link. */
const ENTRIES = {
  precious: 'precious',
  'session.json': RECORD,
  'owner.json': RECORD,
  'timeline.jsonl': RECORD,
  'reviews.jsonl': RECORD,
  'trial.json': RECORD,
  [`${BASE}.json`]: RECORD,
  [`${BASE}.xml`]: '<MicroscopeImage/>',
  [`results/${BASE}.json`]: RECORD,
  [`${BASE}.mrc`]: 'precious',
  [`${BASE}_thumb.jpg`]: 'precious',
  [`${BATCH}/${BASE}/work/precious`]: 'precious',
  [`.tmp/${BATCH}/${BASE}/work/precious`]: 'precious',
  'batch-001.json': RECORD,
  'batch-001.log': 'precious',
  'cycle-000001/batch-001.log': 'precious',
  [`${TRIAL}/trial.json`]: RECORD,
  [`${TRIAL}/batch.log`]: 'precious',
  [MOVIE]: writeSmallMovie,
  'K3_gain.tiff': writeGain,
};

const STAGING_FOLDER = `processed/.tmp/${BATCH}`;

/** Paths of links in a session, and the entry of the decoy to which each points. */
const LINKS: Readonly<Record<string, string>> = {
  processed: '',
  'processed/.tmp': '',
  [STAGING_FOLDER]: BATCH,
  [`${STAGING_FOLDER}/${BASE}`]: `${BATCH}/${BASE}`,
  [`${STAGING_FOLDER}/${BASE}/work`]: `${BATCH}/${BASE}/work`,
  'processed/results': 'results',
  [`processed/results/${BASE}.json`]: `${BASE}.json`,
  'processed/references': '',
  [`processed/${BASE}.mrc`]: `${BASE}.mrc`,
  [`processed/${BASE}_thumb.jpg`]: `${BASE}_thumb.jpg`,
  'processed/reviews.jsonl': 'reviews.jsonl',
  'processed/micrographs_ctf.star': 'precious',
  workflow: '',
  'workflow/session.json': 'session.json',
  'workflow/owner.json': 'owner.json',
  'workflow/timeline.jsonl': 'timeline.jsonl',
  'workflow/cycle-000001': '',
  'workflow/cycle-000001/batch-001.log': 'batch-001.log',
  'workflow/cycle-000001/batch-001.json': 'batch-001.json',
  'workflow/trial': '',
  [`workflow/trial/${TRIAL}`]: TRIAL,
  [`workflow/trial/${TRIAL}/trial.json`]: 'trial.json',
  'raw/FoilHole_2_fractions.mrc': MOVIE,
  'raw/folder': '',
  'raw/K3_gain.tiff': 'K3_gain.tiff',
  [`raw/${BASE}.xml`]: `${BASE}.xml`,
};

/** Whether a service without a ledger reads this path when it starts. */
const isReadAtStart = (path: string): boolean =>
  /^(processed|workflow)$|results|reviews|session|owner|cycle-000001(\/batch-001.json)?$|trial/.test(path);

/** Creates the link of a session, after removing what is at its path. */
function putLink({ name, paths, decoy }: TestSession): void {
  const path = join(paths.root, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(decoy.at(LINKS[name] ?? ''), path);
}

let world: World;
let executor: Executor;
let http: HttpServer | null;
beforeEach(() => {
  world = new World();
  executor = new LightExecutor();
  http = null;
});
afterEach(async () => {
  await http?.close();
  await world.close();
  await executor.close();
});

/** A session, and the decoy to which its link points. */
interface TestSession {
  /** Path of the link in the session, or another name if the session has no link. */
  readonly name: string;
  readonly key: SessionKey;
  readonly paths: SessionPaths;
  readonly decoy: Decoy;
}

/** Creates a separate session with one movie, and a decoy outside all sessions. */
function createTestSession(name: string): TestSession {
  const session = name.replaceAll(/[^A-Za-z0-9]+/g, '_');
  const key = { ...KEY, session };
  const paths = pathsOf(world.sessionDir, key);
  mkdirSync(paths.raw, { recursive: true });
  writeMovie(join(paths.raw, MOVIE), 1, { ...SIZE, frames: 3 });
  return { name, key, paths, decoy: new Decoy(join(world.top, 'elsewhere', session), ENTRIES) };
}

async function serve(): Promise<SessionService> {
  const service = await world.serve(executor);
  await http?.close();
  http = await createHttpServer({
    version: '0.0.0',
    logger: pino({ level: 'silent' }),
    api: { host: '127.0.0.1', port: 0, token: TOKEN },
    sessions: service,
  });
  return service;
}

/** Status of the response, whose body must not contain anything from a decoy. */
async function get(key: SessionKey, path: string): Promise<number> {
  const url = `/api/v1/sessions/${key.project}/${key.user}/${key.session}/${path}`;
  const response = await http!.app.inject({ url, headers: { authorization: `Bearer ${TOKEN}` } });
  expect(response.body, path).not.toContain('precious');
  return response.statusCode;
}

type OnRefusal = (error: unknown) => null;

/** Starts a trial, waits for its end and requests its image. */
async function runTrial(
  trials: SessionService['trials'],
  key: SessionKey,
  onRefusal: OnRefusal,
): Promise<void> {
  const trial = await trials.begin(key, VALUES, null).catch(onRefusal);
  if (trial)
    await until('the trial is over', async () => {
      const last = await trials.last(key).catch(onRefusal);
      return last === null || !['queued', 'running'].includes(last.state);
    });
  await get(key, `trial/${trial?.id ?? TRIAL}/pictures/thumbnail`);
}

/** Uses a session as people and the page do. Commands may be refused, but only with an error code. */
async function useSession(
  { commands, queries, review, trials }: SessionService,
  { name, key }: TestSession,
): Promise<void> {
  const onRefusal: OnRefusal = (error: unknown) => {
    expect(error).toMatchObject({ code: expect.any(String) });
    return null;
  };
  await trials.preview(key, VALUES, true).catch(onRefusal);
  if (name.includes('workflow')) await runTrial(trials, key, onRefusal);
  await commands.start(key, VALUES).catch(onRefusal);
  await until('no movie is in progress', async () => {
    const { counts, state } = (await queries.find(key))!;
    return state !== 'processing_start' && counts.queued === 0 && counts.arriving === 0;
  });
  await requestEverything(key);
  await review.decide(key, [BASE], { verdict: 'rejected' }, 'x').catch(onRefusal);
  await commands.retry(key, {}).catch(onRefusal);
  await commands.stop(key).catch(onRefusal);
}

async function requestEverything(key: SessionKey): Promise<void> {
  const names = ['thumbnail', 'combined'].map((role) => `pictures/${role}`);
  const files = ['sum', 'motionStar', 'spectrum'].map((role) => `files/${role}`);
  for (const path of [
    '',
    '/log',
    ...[...names, ...files, 'tiles/sum', 'tiles/sum/0/0/0'].map((filePath) => `/${filePath}`),
  ])
    await get(key, `movies/${BASE}${path}`);
  for (const path of ['', '/timeline', '/grid', '/failures', '/trial']) await get(key, path.slice(1));
}

describe('links in a session', () => {
  test(`decoys detect what is ${DETECTED_OPERATIONS}`, () => {
    const { decoy } = createTestSession('audit');
    expect(decoy.accesses()).toEqual([]);
    readFileSync(decoy.at('precious'));
    if (DETECTS_READS) expect(decoy.accesses().join()).toContain('read: ');
    writeFileSync(decoy.at('precious'), 'spoilt');
    expect(decoy.accesses().join()).toContain('changed: ');
  });

  test(`cause nothing outside it to be ${DETECTED_OPERATIONS}, wherever they are`, async () => {
    const testSessions = Object.keys(LINKS).map(createTestSession);
    for (const testSession of testSessions) putLink(testSession);
    const sessionWithoutLink = createTestSession('without link');
    let service = await serve();
    await Promise.all(
      [...testSessions, sessionWithoutLink].map((testSession) => useSession(service, testSession)),
    );
    expect((await service.queries.find(sessionWithoutLink.key))!.counts.done).toBe(1);
    await world.endServices();
    service = await serve(); // again, because a service reads and cleans sessions when it starts
    await Promise.all(testSessions.map(({ key }) => service.queries.detail(key)));
    await world.endServices();
    for (const { name, decoy } of testSessions) expect(decoy.accesses(), name).toEqual([]);
  });

  test(`cause nothing outside it to be ${DETECTED_OPERATIONS} if the ledger is lost`, async () => {
    const testSessions = Object.keys(LINKS).filter(isReadAtStart).map(createTestSession);
    const service = await serve();
    await Promise.all(testSessions.map((testSession) => useSession(service, testSession)));
    await world.endServices();
    for (const testSession of testSessions) putLink(testSession);
    rmSync(world.stateDir, { recursive: true });
    const next = await serve();
    await Promise.all(testSessions.map(({ key }) => requestEverything(key)));
    await Promise.all(testSessions.map(({ key }) => next.commands.start(key, VALUES).catch(() => null)));
    await world.endServices();
    for (const { name, decoy } of testSessions) expect(decoy.accesses(), name).toEqual([]);
  });

  test(`cause nothing outside it to be ${DETECTED_OPERATIONS} when they replace a folder in use`, async () => {
    const names = [
      'processed',
      'processed/.tmp',
      'processed/results',
      'workflow',
      'workflow/cycle-000001',
      'workflow/trial',
    ];
    const testSessions = names.map((name) => createTestSession(`swap ${name}`));
    const service = await serve();
    const swaps = testSessions.map(({ paths, decoy }, i) =>
      keepSwapping(join(paths.root, names[i] ?? ''), decoy.path),
    );
    await Promise.all([...swaps, ...testSessions.map((testSession) => useSession(service, testSession))]);
    await world.endServices();
    for (const { name, decoy } of testSessions) expect(decoy.accesses(), name).toEqual([]);
  });

  test('are followed to a gain reference that the user specified by its path, but not to one that was found by its name', async () => {
    const [namedGainSession, foundGainSession] = [
      createTestSession('named gain'),
      createTestSession('found gain'),
    ];
    for (const testSession of [namedGainSession, foundGainSession])
      putLink({ ...testSession, name: 'raw/K3_gain.tiff' });
    const service = await serve();
    await service.commands.start(namedGainSession.key, { ...VALUES, rawgainref: 'K3_gain.tiff' });
    await service.commands.start(foundGainSession.key, VALUES);
    const gains = await Promise.all(
      [namedGainSession, foundGainSession].map(async ({ key }) => {
        await until('it is finished', async () => {
          const { done, failed } = (await service.queries.find(key))!.counts;
          return done + failed === 1;
        });
        expect((await service.queries.movie(key, BASE)).row.errorMessage).toBeNull();
        return (await service.queries.movie(key, BASE)).record?.recipe.gain?.path ?? null;
      }),
    );
    expect(gains).toEqual([join(namedGainSession.paths.raw, 'K3_gain.tiff'), null]);
    expect(foundGainSession.decoy.accesses()).toEqual([]);
  });
});
