import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemorySessionService } from './memory-session-service.ts';
import { BEARER, serviceUnderTest } from './service-under-test.ts';

/** Sessions whose list can be delayed by a test. */
class SlowSessions extends MemorySessionService {
  timesMade = 0;
  readonly waiting: (() => void)[] = [];
  isSlow = false;

  constructor() {
    super();
    const { all } = this.queries;
    this.queries.all = async () => {
      this.timesMade++;
      const found = await all();
      if (this.isSlow) await new Promise<void>((resolve) => this.waiting.push(resolve));
      return found;
    };
  }
}

let sessions: SlowSessions;
let service: Awaited<ReturnType<typeof serviceUnderTest>>;
beforeEach(async () => {
  sessions = new SlowSessions();
  service = await serviceUnderTest({ sessions });
});
afterEach(() => service.close());

const ask = (headers: object = {}, query = '') =>
  service.app.inject({ url: `/api/v1/sessions${query}`, headers: { ...BEARER, ...headers } });

describe('the list of all sessions', () => {
  it('is made at most twice for any number of requests that wait for it', async () => {
    sessions.isSlow = true;
    const first = ask();
    await expect.poll(() => sessions.waiting.length).toBe(1);
    const others = Array.from({ length: 200 }, () => ask());
    sessions.isSlow = false;
    sessions.waiting[0]?.();
    const responses = await Promise.all([first, ...others]);
    for (const response of responses) {
      expect(response.statusCode).toBe(200);
      expect(response.json()).toEqual([sessions.summary()]);
    }
    expect(sessions.timesMade).toBe(2);
  });

  it('is never older than the request', async () => {
    sessions.isSlow = true;
    const before = ask();
    await expect.poll(() => sessions.waiting.length).toBe(1);
    await sessions.commands.start(sessions.summary(), { apix: 1, kev: 300 });
    const after = ask();
    sessions.isSlow = false;
    sessions.waiting[0]?.();
    expect((await before).json()[0].state).toBe('needs_processing');
    expect((await after).json()[0].state).toBe('processing_start');
  });

  it('is not sent again if it has not changed', async () => {
    const { etag } = (await ask()).headers;
    expect(etag).toMatch(/^".+"$/);
    const same = await ask({ 'if-none-match': String(etag) });
    expect([same.statusCode, same.body]).toEqual([304, '']);
    await sessions.commands.start(sessions.summary(), { apix: 1, kev: 300 });
    expect((await ask({ 'if-none-match': String(etag) })).statusCode).toBe(200);
  });

  it('reports an error to the requests that waited for it, and then works again', async () => {
    sessions.failure = new Error('no');
    expect((await Promise.all([ask(), ask()])).map(({ statusCode }) => statusCode)).toEqual([500, 500]);
    sessions.failure = null;
    expect((await ask()).statusCode).toBe(200);
  });

  it('is sent in pages on request', async () => {
    const page = await ask({}, '?limit=10');
    expect(page.json()).toEqual([sessions.summary()]);
    expect(page.headers['x-cryoem-next-cursor']).toBeUndefined();
    expect((await ask({}, '?limit=0')).statusCode).toBe(422);
    expect((await ask({}, '?cursor=zzz')).json()).toEqual([]);
  });

  it('is made only once per scrape by Prometheus', async () => {
    await service.app.inject({ url: '/metrics', headers: BEARER });
    expect(sessions.timesMade).toBe(1);
  });
});
