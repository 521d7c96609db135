import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ctf } from '../../src/contract/record.ts';
import { LEDGER_FILE } from '../../src/sessions/ledger/open.ts';
import type { SessionService } from '../../src/sessions/service.ts';
import { FakeExecutor } from './fake-executor.ts';
import { KEY, until, VALUES, World } from './support.ts';

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const CTF: Ctf = {
  defocusUA: 12_000,
  defocusVA: 11_000,
  astigmatismA: 1000,
  astigmatismAngleDeg: 20,
  phaseShiftDeg: 0,
  figureOfMerit: 0.2,
  fitResolutionA: 4,
  fitCriterion: 'test',
  confidence: 0.9,
  iceRingScore: 0.3,
  profile: { frequencyPerA: [], data: [], model: [], cc: [] },
};
const MOVIES = 3;

async function processMovies(): Promise<void> {
  world.writeMovies(MOVIES);
  const executor = new FakeExecutor();
  executor.results = () => ({ ctf: CTF });
  const service = await world.serve(executor);
  await service.commands.start(KEY, VALUES);
  await until('all are done', async () => (await service.queries.find(KEY))?.counts.done === MOVIES);
  await world.endServices();
}
function changeLedger(sql: string): void {
  const db = new DatabaseSync(join(world.stateDir, LEDGER_FILE));
  db.exec(sql);
  db.close();
}
const values = async (service: SessionService) => {
  const { iceRingScore, defocusUA, confidence } = (await service.queries.columns(KEY, 0, 10)).values;
  return { iceRingScore: [...iceRingScore], defocusUA: [...defocusUA], confidence: [...confidence] };
};
const EXPECTED_VALUES = {
  iceRingScore: Array(MOVIES).fill(Math.fround(0.3)),
  defocusUA: Array(MOVIES).fill(12_000),
  confidence: Array(MOVIES).fill(Math.fround(0.9)),
};
const serveUntilFilled = async () => {
  const service = await world.serve(new FakeExecutor());
  await until('the records are read', async () => !Number.isNaN((await values(service)).iceRingScore[0]));
  return service;
};

describe('a metric that is new to the ledger', () => {
  test('has a new column, with values from the records on disk', async () => {
    await processMovies();
    changeLedger(
      `ALTER TABLE movies DROP COLUMN ice_ring_score; DELETE FROM meta WHERE key = 'metric columns'`,
    );
    const service = await serveUntilFilled();
    expect(await values(service)).toEqual(EXPECTED_VALUES);
    expect((await service.queries.movie(KEY, 'FoilHole_0001')).row.iceRingScore).toBe(0.3);
  });

  test('is read even if an older version has written rows without it', async () => {
    await processMovies();
    changeLedger(
      `UPDATE movies SET ice_ring_score = NULL;
       UPDATE meta SET value = replace(value, 'ice_ring_score', '') WHERE key = 'metric columns'`,
    );
    expect(await values(await serveUntilFilled())).toEqual(EXPECTED_VALUES);
  });

  test('is read only once: later changes in the ledger are kept', async () => {
    await processMovies();
    changeLedger(
      `ALTER TABLE movies DROP COLUMN ice_ring_score; DELETE FROM meta WHERE key = 'metric columns'`,
    );
    await serveUntilFilled();
    await world.endServices();
    changeLedger('UPDATE movies SET ice_ring_score = 0.7');
    const restarted = await world.serve(new FakeExecutor());
    await until('sessions are known', async () => (await restarted.queries.find(KEY)) !== null);
    expect((await values(restarted)).iceRingScore).toEqual(Array(MOVIES).fill(Math.fround(0.7)));
  });
});
