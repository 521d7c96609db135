import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemorySessionService } from './memory-session-service.ts';
import { BEARER, serviceUnderTest } from './service-under-test.ts';

/** Sessions whose list can be delayed by a test. */
class SlowSessions extends MemorySessionService {
  buildCount = 0;
  readonly waiting: (() => void)[] = [];
  isSlow = false;

  constructor() {
    super();
    const { all } = this.queries;
    this.queries.all = async () => {
      this.buildCount++;
      const list = await all();
      if (this.isSlow) await new Promise<void>((resolve) => this.waiting.push(resolve));
      return list;
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

const request = (headers: object = {}, query = '') =>
  service.app.inject({ url: `/api/v1/sessions${query}`, headers: { ...BEARER, ...headers } });

describe('the list of all sessions', () => {
  it('is built at most twice for any number of requests that wait for it', async () => {
    sessions.isSlow = true;
    const first = request();
    await expect.poll(() => sessions.waiting.length).toBe(1);
    const others = Array.from({ length: 200 }, () => request());
    sessions.isSlow = false;
    sessions.waiting[0]?.();
    const responses = await Promise.all([first, ...others]);
    for (const response of responses) {
      expect(response.statusCode).toBe(200);
      expect(response.json()).toEqual([sessions.summary()]);
    }
    expect(sessions.buildCount).toBe(2);
  });

  it('is never older than the request', async () => {
    sessions.isSlow = true;
    const earlyRequest = request();
    await expect.poll(() => sessions.waiting.length).toBe(1);
    await sessions.commands.start(sessions.summary(), { apix: 1, kev: 300 });
    const lateRequest = request();
    sessions.isSlow = false;
    sessions.waiting[0]?.();
    expect((await earlyRequest).json()[0].state).toBe('needs_processing');
    expect((await lateRequest).json()[0].state).toBe('processing_start');
  });

  it('is not sent again if it has not changed', async () => {
    const { etag } = (await request()).headers;
    expect(etag).toMatch(/^".+"$/);
    const same = await request({ 'if-none-match': String(etag) });
    expect([same.statusCode, same.body]).toEqual([304, '']);
    await sessions.commands.start(sessions.summary(), { apix: 1, kev: 300 });
    expect((await request({ 'if-none-match': String(etag) })).statusCode).toBe(200);
  });

  it('reports an error to the requests that waited for it, and then works again', async () => {
    sessions.failure = new Error('no');
    expect((await Promise.all([request(), request()])).map(({ statusCode }) => statusCode)).toEqual([
      500, 500,
    ]);
    sessions.failure = null;
    expect((await request()).statusCode).toBe(200);
  });

  it('is sent in pages on request', async () => {
    const page = await request({}, '?limit=10');
    expect(page.json()).toEqual([sessions.summary()]);
    expect(page.headers['x-cryoem-next-cursor']).toBeUndefined();
    expect((await request({}, '?limit=0')).statusCode).toBe(422);
    expect((await request({}, '?cursor=zzz')).json()).toEqual([]);
  });

  it('is built only once per scrape by Prometheus', async () => {
    await service.app.inject({ url: '/metrics', headers: BEARER });
    expect(sessions.buildCount).toBe(1);
  });
});
