import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { movieDetailSchema, moviePageSchema, sessionDetailSchema } from '../../src/contract/api.ts';
import { gridHolesSchema, gridSchema } from '../../src/contract/grid.ts';
import type { MovieMetadata } from '../../src/contract/metadata.ts';
import { readRecord, recordPath } from '../../src/pipeline/record-file.ts';
import type { SessionService } from '../../src/sessions/service.ts';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, mrcMovie, until, VALUES, World } from './support.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const MOVIES = 40;
const WRONG_VALUES = [1e308, -1e308, 'text', null, [], {}, true];

const METADATA: MovieMetadata = {
  program: 'EPU',
  file: 'x.xml',
  pixelSizeA: 1,
  superResolution: false,
  voltageKv: 300,
  doseEA2: 40,
  dosePerFrameEA2: 1,
  frames: 40,
  exposureSeconds: 2,
  stageUm: { x: 1, y: 2, z: 3 },
  stageAlphaDeg: 0,
  beamShift: [0.1, 0.2],
  beamShiftUnit: 'um',
  gridSquare: '1',
  hole: '11',
  holePosition: '1',
  targetDefocusUm: 1,
  magnification: 1000,
  detector: null,
  acquiredAt: null,
  gainReference: null,
  defectFile: null,
  warnings: [],
};
const CTF = {
  defocusUA: 11_000,
  defocusVA: 10_900,
  astigmatismA: 100,
  astigmatismAngleDeg: 0,
  phaseShiftDeg: 0,
  figureOfMerit: 0.2,
  fitResolutionA: 4,
  fitCriterion: 'test',
  confidence: 0.9,
  iceRingScore: 0,
  profile: { frequencyPerA: [0.1], data: [1], model: [1], cc: [1] },
};

/** Paths of all numbers in a record, as lists of keys. */
function numberPaths(value: unknown, keys: string[] = []): string[][] {
  if (typeof value === 'number') return [keys];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numberPaths(inner, [...keys, key]));
}

function setAt(record: object, keys: readonly string[], value: unknown): void {
  const last = keys.at(-1) ?? '';
  const parent = keys
    .slice(0, -1)
    .reduce<unknown>((parentValue, key) => Reflect.get(Object(parentValue), key), record);
  Reflect.set(Object(parent), last, value);
}

/** Checks that the response to every query of a session has the structure of the API. */
async function checkQueries({ queries }: SessionService): Promise<void> {
  sessionDetailSchema.parse(await queries.detail(KEY));
  gridSchema.parse(await queries.grid(KEY));
  gridHolesSchema.parse(await queries.gridHoles(KEY, '1'));
  const page = moviePageSchema.parse(await queries.movies(KEY, { limit: 100, order: 'oldest' }));
  await queries.columns(KEY, -1, 100);
  await queries.series(KEY, -1, 100);
  for (const { base } of page.movies) movieDetailSchema.parse(await queries.movie(KEY, base));
}

test('records with impossible values or types affect only their own movies, which are named in a warning and reprocessed on a resume', async () => {
  for (let n = 0; n < MOVIES; n++) {
    const name = `FoilHole_11_Data_70_${n}_20260101_0000${String(n).padStart(2, '0')}`;
    world.write(`GridSquare_1/${name}_fractions.mrc`, mrcMovie());
  }
  const executor = new FakeExecutor();
  executor.results = () => ({ metadata: METADATA, ctf: CTF });
  const service = await world.serve(executor);
  await service.commands.start(KEY, VALUES);
  const doneOf = async (oneService: SessionService) => (await oneService.queries.find(KEY))?.counts.done;
  await until('all are done', async () => (await doneOf(service)) === MOVIES);
  const { movies } = await service.queries.movies(KEY, { limit: 100, order: 'oldest' });

  // In each record except the last two, a wrong value replaces one number, at varying positions.
  const spoiltBases = movies.slice(0, -2).map(({ base }) => base);
  for (const [n, base] of spoiltBases.entries()) {
    const path = recordPath(world.paths.processed, base);
    const record: object = JSON.parse(readFileSync(path, 'utf8'));
    const paths = numberPaths(record);
    setAt(record, paths[(n * 7) % paths.length] ?? [], WRONG_VALUES[n % WRONG_VALUES.length]);
    writeFileSync(path, n % 19 === 18 ? '{"version":' : JSON.stringify(record));
  }
  // Some of these values are valid for their fields, such as null for a number that may be unknown.
  const records = await Promise.all(movies.map(({ base }) => readRecord(world.paths, base)));
  const readableCount = records.filter((record) => record !== null).length;
  expect(readableCount).toBeLessThan(MOVIES / 3);
  await checkQueries(service);
  const warnings = (await service.queries.find(KEY))?.warnings.join() ?? '';
  expect(warnings).toContain('cannot be read');
  expect(spoiltBases.some((base) => warnings.includes(base))).toBe(true);
  await service.commands.stop(KEY);
  await service.close();

  rmSync(world.stateDir, { recursive: true });
  const restarted = await world.serve(executor);
  await until('the ledger is rebuilt', async () => (await doneOf(restarted)) === readableCount);
  await checkQueries(restarted);
  expect((await restarted.queries.find(KEY))?.warnings.join()).toContain('cannot be read');
  await restarted.commands.resume(KEY, {});
  await until('all are done again', async () => (await doneOf(restarted)) === MOVIES);
  await checkQueries(restarted);
  expect((await restarted.queries.find(KEY))?.warnings.join()).not.toContain('cannot be read');
});

test('a resume reprocesses a movie whose record was damaged while the service was running', async () => {
  world.writeMovies(2);
  const executor = new FakeExecutor();
  executor.results = () => ({ ctf: CTF });
  const service = await world.serve(executor);
  await service.commands.start(KEY, VALUES);
  await until('both are done', async () => (await service.queries.find(KEY))?.counts.done === 2);
  const path = recordPath(world.paths.processed, 'FoilHole_0000');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"defocusUA":11000', '"defocusUA":1e308'));
  expect((await service.queries.movie(KEY, 'FoilHole_0000')).record).toBeNull();
  await service.commands.resume(KEY, {});
  await until('it is done again', async () => executor.attempts.get('FoilHole_0000') === 2);
  await until('both are done', async () => (await service.queries.find(KEY))?.counts.done === 2);
  expect((await service.queries.find(KEY))?.warnings.join()).not.toContain('cannot be read');
});
