import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemorySessionService } from './memory-session-service.ts';
import { API_URL, BEARER, serviceUnderTest } from './service-under-test.ts';

const TURNS = 5;
const CLIENTS = 20;

/** Sessions that count how many large queries run at the same time. */
class CountingSessions extends MemorySessionService {
  maxRunning = 0;
  started = 0;
  /** While it is pending, queries wait. */
  gate: PromiseWithResolvers<void> | null = null;
  private running = 0;

  constructor() {
    super();
    const { grid, series, columns } = this.queries;
    this.queries.grid = this.counted(grid);
    this.queries.series = this.counted(series);
    this.queries.columns = this.counted(columns);
  }

  private counted<Arguments extends unknown[], Result>(query: (...values: Arguments) => Promise<Result>) {
    return async (...values: Arguments): Promise<Result> => {
      this.started++;
      this.maxRunning = Math.max(this.maxRunning, ++this.running);
      for (let i = 0; i < TURNS; i++) await nextTurn();
      await this.gate?.promise;
      this.running--;
      return query(...values);
    };
  }
}

let sessions: CountingSessions;
let service: Awaited<ReturnType<typeof serviceUnderTest>>;
beforeEach(async () => {
  sessions = new CountingSessions();
  service = await serviceUnderTest({ sessions });
});
afterEach(() => service.close());

const connections = () =>
  new Promise<number>((resolve) => service.app.server.getConnections((_error, count) => resolve(count)));

const PATHS = ['grid', 'series', 'columns'];

describe('large responses', () => {
  it('are made one at a time, however many clients request them', async () => {
    const requests = Array.from({ length: 30 }, (_, i) =>
      service.app.inject({ url: `${API_URL}/${PATHS[i % PATHS.length]}`, headers: BEARER }),
    );
    for (const { statusCode, body } of await Promise.all(requests)) expect(statusCode, body).toBe(200);
    expect([sessions.started, sessions.maxRunning]).toEqual([30, 1]);
  });

  it('are not made for clients that have disconnected', async () => {
    const address = await service.listen();
    const clients = Array.from({ length: CLIENTS }, () => new AbortController());
    sessions.gate = Promise.withResolvers<void>();
    const requests = clients.map(({ signal }) =>
      fetch(`${address}${API_URL}/grid`, { headers: BEARER, signal }).catch(() => null),
    );
    await expect.poll(connections).toBe(CLIENTS);
    await expect.poll(() => sessions.started).toBe(1);
    for (const client of clients) client.abort();
    await Promise.all(requests);
    await expect.poll(connections).toBe(0);
    sessions.gate.resolve();
    await service.app.inject({ url: `${API_URL}/series`, headers: BEARER });
    expect(sessions.started).toBe(2);
  });
});
