import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Ledger, openLedger } from '../../../src/sessions/ledger/ledger.ts';
import { heartbeatTimeoutMs } from '../../../src/sessions/scheduler/heartbeat-timeout.ts';
import { tuningOf } from '../../../src/sessions/tuning.ts';
import { FakeExecutor } from '../fake-executor.ts';
import { KEY, until, VALUES, World } from '../support.ts';

const MB = 1_000_000;
const MINUTE_MS = 60_000;

let world: World;
let ledger: Ledger;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const timeoutMs = (sizeBytes: number, id: number) =>
  heartbeatTimeoutMs({ ledger, tuning: tuningOf(world.settings) }, { id }, [{ sizeBytes: 1 }, { sizeBytes }]);

it('the heartbeat timeout of a worker grows with the largest of its movies', () => {
  ledger = openLedger(world.stateDir);
  const { id } = ledger.sessions.idOf(KEY);
  expect(timeoutMs(0, id)).toBe(MINUTE_MS);
  expect(timeoutMs(60 * MB, id)).toBe(2 * MINUTE_MS);
  expect(timeoutMs(1000 * MB, id)).toBeGreaterThan(10 * MINUTE_MS);
  ledger.close();
});

it('the heartbeat timeout also grows with the time that the last movies of the session took', async () => {
  world.writeMovies(2);
  const executor = new FakeExecutor();
  // 3 minutes for a movie of about a kilobyte
  executor.results = () => ({
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:03:00.000Z',
  });
  const service = await world.serve(executor);
  await service.commands.start(KEY, VALUES);
  await until('they are done', async () => (await service.queries.find(KEY))?.counts.done === 2);
  await world.endServices();
  ledger = openLedger(world.stateDir);
  const { id } = ledger.sessions.idOf(KEY);
  const bytes = ledger.movies.identities(id)[0]?.sizeBytes ?? 0;
  expect(timeoutMs(bytes, id)).toBeGreaterThan(9 * MINUTE_MS);
  expect(timeoutMs(2 * bytes, id)).toBeGreaterThan(18 * MINUTE_MS);
  ledger.close();
});
