import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gridHolesSchema, gridSchema } from '../../src/contract/grid.ts';
import type { Ctf } from '../../src/contract/record.ts';
import { readMovieMetadata } from '../../src/formats/movie-metadata.ts';
import { MIGRATIONS } from '../../src/sessions/ledger/migrations.ts';
import type { SessionService } from '../../src/sessions/service.ts';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, mrcMovie, until, VALUES, World } from './support.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const MIGRATIONS_BEFORE_POSITIONS = 4;
const folder = (square: number) => `Images-Disc1/GridSquare_${square}/Data`;
/**
 * Writes movie `n` (0..9) of a hole, with EPU's XML: stage in metres; defocus in metres, negative for
 * underfocus.
 */
function writeExposure(square: number, hole: number, n: number, withXml = true): void {
  const base = `FoilHole_${hole}_Data_70_${n}_20260101_00000${n}`;
  world.write(`${folder(square)}/${base}_fractions.mrc`, mrcMovie());
  if (!withXml) return;
  world.write(
    `${folder(square)}/${base}.xml`,
    `<MicroscopeImage><CustomData><KeyValueOfstringanyType><Key>AppliedDefocus</Key><Value>-1.0E-06</Value></KeyValueOfstringanyType></CustomData>
     <microscopeData><optics><BeamShift><_x>0.0${n}</_x><_y>0.01</_y></BeamShift></optics>
     <stage><Position><X>${square}E-06</X><Y>${hole}E-06</Y><Z>0</Z></Position></stage></microscopeData></MicroscopeImage>`,
  );
}
const ctf = (defocusUm: number, confidence = 0.9): Ctf => ({
  defocusUA: defocusUm * 1e4,
  defocusVA: defocusUm * 1e4,
  astigmatismA: 0,
  astigmatismAngleDeg: 0,
  phaseShiftDeg: 0,
  figureOfMerit: 0.2,
  fitResolutionA: 4,
  fitCriterion: 'test',
  confidence,
  iceRingScore: 0,
  profile: { frequencyPerA: [], data: [], model: [], cc: [] },
});
/**
 * An executor that writes the metadata of a movie into its record, as a worker does. The measured defocus is
 * 1.2 um in square 2, an unreliable 5 um in hole 29, and 1.1 um elsewhere.
 */
function executorWithMetadata(): FakeExecutor {
  const executor = new FakeExecutor();
  executor.results = ({ path }) => {
    const metadata = readMovieMetadata(world.paths.raw, path);
    const isUnreliable = path.includes('FoilHole_29_');
    return {
      ...(metadata ? { metadata } : {}),
      ctf: isUnreliable ? ctf(5, 0.01) : ctf(path.includes('GridSquare_2/') ? 1.2 : 1.1),
    };
  };
  return executor;
}
const untilDone = (service: SessionService, movies: number) =>
  until(`${movies} are done`, async () => (await service.queries.find(KEY))!.counts.done === movies);

describe('the grid', () => {
  test('is derived from file names before anything is processed', async () => {
    for (const n of [0, 1]) writeExposure(1, 11, n, false);
    writeExposure(2, 21, 0, false);
    world.write('other/FoilHole_5_Data_6_fractions.mrc', mrcMovie());
    const service = await world.serve(new FakeExecutor());
    await until('all are found', async () => (await service.queries.find(KEY))!.counts.waiting === 4);
    const grid = gridSchema.parse(await service.queries.grid(KEY));
    expect(grid.squares.map(({ name, total, done, holes }) => ({ name, total, done, holes }))).toEqual([
      { name: '1', total: 2, done: 0, holes: 1 },
      { name: '2', total: 1, done: 0, holes: 1 },
    ]);
    expect(grid).toMatchObject({ elsewhere: 1, isReading: false });
    const { holes, shiftUnit } = await service.queries.gridHoles(KEY, '1');
    expect(shiftUnit).toBeNull();
    expect(holes.map(({ name, exposures }) => [name, exposures.map(({ shot }) => shot)])).toEqual([
      ['11', ['70_0', '70_1']],
    ]);
  });

  test('contains positions, shifts and targets from metadata; the defocus is compared with the target', async () => {
    for (const n of [0, 1]) writeExposure(1, 11, n);
    for (const hole of [21, 29]) writeExposure(2, hole, 0);
    const service = await world.serve(executorWithMetadata());
    await service.commands.start(KEY, VALUES);
    await untilDone(service, 4);
    const { squares } = gridSchema.parse(await service.queries.grid(KEY));
    expect(squares.map((square) => square.stageUm)).toEqual([
      { x: expect.closeTo(1, 9), y: expect.closeTo(11, 9) },
      { x: expect.closeTo(2, 9), y: expect.closeTo(25, 9) },
    ]);
    // The movie with the unreliable fit does not contribute to the defocus.
    expect(squares.map((square) => square.defocusOffset)).toEqual([
      { meanUm: expect.closeTo(0.1, 9), sdUm: expect.closeTo(0, 6), movies: 2 },
      { meanUm: expect.closeTo(0.2, 9), sdUm: null, movies: 1 },
    ]);
    const { holes, shiftUnit } = gridHolesSchema.parse(await service.queries.gridHoles(KEY, '1'));
    expect(shiftUnit).toBe('program');
    expect(holes[0]!.exposures[1]).toMatchObject({
      state: 'done',
      shift: [0.01, 0.01],
      targetDefocusUm: expect.closeTo(1, 9),
      stageUm: { x: expect.closeTo(1, 9), y: expect.closeTo(11, 9) },
    });
  });

  test('returns the movies of each square, as ranges of consecutive movies in the order of discovery', async () => {
    const service = await world.serve(executorWithMetadata());
    for (const [square, hole] of [
      [1, 11],
      [2, 21],
      [1, 12],
    ] as const) {
      writeExposure(square, hole, 0);
      writeExposure(square, hole, 1);
      const counts = async () => (await service.queries.find(KEY))!.counts.waiting;
      const countBefore = await counts();
      await until('both are found', async () => (await counts()) === countBefore + 2);
    }
    const { squares, runs } = await service.queries.grid(KEY);
    const { movies } = await service.queries.movies(KEY, { limit: 10, order: 'oldest' });
    const squareOf = (seq: number) =>
      squares[runs.find(([first, last]) => seq >= first && seq <= last)![2]]!.name;
    for (const { seq, path } of movies) expect(path).toContain(`GridSquare_${squareOf(seq)}/`);
    expect(runs).toHaveLength(3);
  });

  test('is rebuilt with the ledger', async () => {
    for (const n of [0, 1]) writeExposure(1, 11, n);
    const service = await world.serve(executorWithMetadata());
    await service.commands.start(KEY, VALUES);
    await untilDone(service, 2);
    const gridBefore = await service.queries.grid(KEY);
    await world.endServices();
    rmSync(world.stateDir, { recursive: true });
    const restarted = await world.serve(executorWithMetadata());
    await untilDone(restarted, 2);
    expect(await restarted.queries.grid(KEY)).toEqual(gridBefore);
  });

  test('is added to a ledger of an earlier version from file names and records', async () => {
    for (const n of [0, 1]) writeExposure(1, 11, n);
    const service = await world.serve(executorWithMetadata());
    await service.commands.start(KEY, VALUES);
    await untilDone(service, 2);
    const gridBefore = await service.queries.grid(KEY);
    const holes = await service.queries.gridHoles(KEY, '1');
    await world.endServices();
    downgradeLedger(join(world.stateDir, 'ledger.sqlite'));
    const restarted = await world.serve(executorWithMetadata());
    expect((await restarted.queries.grid(KEY)).squares).toMatchObject([{ name: '1', total: 2, holes: 1 }]);
    await until('the records are read', async () => !(await restarted.queries.grid(KEY)).isReading);
    expect(await restarted.queries.grid(KEY)).toEqual(gridBefore);
    expect(await restarted.queries.gridHoles(KEY, '1')).toEqual(holes);
    // The service does not read the records again.
    rmSync(world.paths.results, { recursive: true });
    mkdirSync(world.paths.results);
    expect((await restarted.queries.grid(KEY)).isReading).toBe(false);
  });
});

/** Converts a ledger to an earlier version, which has no positions. */
function downgradeLedger(path: string): void {
  copyFileSync(path, `${path}.new`);
  rmSync(path);
  const db = new DatabaseSync(path);
  db.exec(MIGRATIONS.slice(0, MIGRATIONS_BEFORE_POSITIONS).join(';'));
  db.exec(`PRAGMA user_version = ${MIGRATIONS_BEFORE_POSITIONS}; ATTACH '${path}.new' AS new`);
  for (const table of ['meta', 'sessions', 'movies', 'reviews', 'batches']) {
    const columns = db
      .prepare(`PRAGMA table_info(${table})`)
      .all()
      .map(({ name }) => name)
      .join(', ');
    db.exec(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM new.${table}`);
  }
  db.exec(`DELETE FROM meta WHERE key LIKE 'placed %'`);
  db.close();
}
