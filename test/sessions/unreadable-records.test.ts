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
const WRONG = [1e308, -1e308, 'text', null, [], {}, true];

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
  fitCriterion: 'as the test says',
  confidence: 0.9,
  iceRingScore: 0,
  profile: { frequencyPerA: [0.1], data: [1], model: [1], cc: [1] },
};

/** The places of all numbers in a record. */
function numberPlaces(value: unknown, place: string[] = []): string[][] {
  if (typeof value === 'number') return [place];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numberPlaces(inner, [...place, key]));
}

function setAt(record: object, place: readonly string[], value: unknown): void {
  const last = place.at(-1) ?? '';
  const parent = place.slice(0, -1).reduce<unknown>((at, key) => Reflect.get(Object(at), key), record);
  Reflect.set(Object(parent), last, value);
}

/** Every query of a session gives an answer that fits the API. */
async function checkQueries({ queries }: SessionService): Promise<void> {
  sessionDetailSchema.parse(await queries.detail(KEY));
  gridSchema.parse(await queries.grid(KEY));
  gridHolesSchema.parse(await queries.gridHoles(KEY, '1'));
  const page = moviePageSchema.parse(await queries.movies(KEY, { limit: 100, order: 'oldest' }));
  await queries.columns(KEY, -1, 100);
  await queries.series(KEY, -1, 100);
  for (const { base } of page.movies) movieDetailSchema.parse(await queries.movie(KEY, base));
}

test('records with impossible values or types affect their movies only, which are named and processed again', async () => {
  for (let n = 0; n < MOVIES; n++) {
    const name = `FoilHole_11_Data_70_${n}_20260101_0000${String(n).padStart(2, '0')}`;
    world.write(`GridSquare_1/${name}_fractions.mrc`, mrcMovie());
  }
  const executor = new FakeExecutor();
  executor.results = () => ({ metadata: METADATA, ctf: CTF });
  const service = await world.serve(executor);
  await service.commands.start(KEY, VALUES);
  const doneOf = async (one: SessionService) => (await one.queries.find(KEY))?.counts.done;
  await until('all are done', async () => (await doneOf(service)) === MOVIES);
  const { movies } = await service.queries.movies(KEY, { limit: 100, order: 'oldest' });

  // All but the last two, each at another place.
  const spoilt = movies.slice(0, -2).map(({ base }) => base);
  for (const [n, base] of spoilt.entries()) {
    const path = recordPath(world.paths.processed, base);
    const record: object = JSON.parse(readFileSync(path, 'utf8'));
    const places = numberPlaces(record);
    setAt(record, places[(n * 7) % places.length] ?? [], WRONG[n % WRONG.length]);
    writeFileSync(path, n % 19 === 18 ? '{"version":' : JSON.stringify(record));
  }
  // A few wrong values are allowed where they were put, such as null for a number that may be unknown.
  const read = await Promise.all(movies.map(({ base }) => readRecord(world.paths, base)));
  const readable = read.filter((record) => record !== null).length;
  expect(readable).toBeLessThan(MOVIES / 3);
  await checkQueries(service);
  const first = (await service.queries.find(KEY))?.warnings.join() ?? '';
  expect(first).toContain('cannot be read');
  expect(spoilt.some((base) => first.includes(base))).toBe(true);
  await service.commands.stop(KEY);
  await service.close();

  rmSync(world.stateDir, { recursive: true });
  const again = await world.serve(executor);
  await until('the ledger is rebuilt', async () => (await doneOf(again)) === readable);
  await checkQueries(again);
  expect((await again.queries.find(KEY))?.warnings.join()).toContain('cannot be read');
  await again.commands.resume(KEY, {});
  await until('all are done again', async () => (await doneOf(again)) === MOVIES);
  await checkQueries(again);
  expect((await again.queries.find(KEY))?.warnings.join()).not.toContain('cannot be read');
});

test('a resume processes a movie again whose record was spoilt while the service runs', async () => {
  world.movies(2);
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
