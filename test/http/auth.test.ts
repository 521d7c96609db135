import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { API_URL, BEARER, loginCookie, SESSION_URL, serviceUnderTest, TOKEN } from './service-under-test.ts';

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
beforeEach(async () => {
  service = await serviceUnderTest();
});
afterEach(() => service.close());

const START = `${SESSION_URL}/start-processing?apix=1&kev=300`;
const ORIGIN = { host: 'cryoem.example', origin: 'http://cryoem.example' };
const encodedToken = encodeURIComponent(TOKEN);

describe('a token', () => {
  it.each([
    ['in the query', `${SESSION_URL}?access_token=${encodedToken}`, {}],
    ['in the header access_token', SESSION_URL, { access_token: TOKEN }],
    ['as a bearer token', SESSION_URL, BEARER],
    ['as a bearer token, in lower case', SESSION_URL, { authorization: `bearer ${TOKEN}` }],
  ])('is accepted %s', async (_where, url, headers) => {
    expect((await service.app.inject({ url, headers })).statusCode).toBe(200);
  });

  it.each([
    ['is missing', SESSION_URL, {}],
    ['is wrong', `${SESSION_URL}?access_token=wrong`, {}],
    ['is empty', `${SESSION_URL}?access_token=`, {}],
    ['is given twice, one of them wrong', `${SESSION_URL}?access_token=${encodedToken}&access_token=x`, {}],
    [
      'is correct in the query and wrong in a header',
      `${SESSION_URL}?access_token=${encodedToken}`,
      { access_token: 'x' },
    ],
    [
      'is a truncated copy of the correct token',
      `${SESSION_URL}?access_token=${encodeURIComponent(TOKEN.slice(0, -1))}`,
      {},
    ],
  ])('that %s is refused', async (_how, url, headers) => {
    const response = await service.app.inject({ url, headers });
    expect(response.statusCode).toBe(403);
    expect(response.json().error.code).toBe('UNAUTHORIZED');
  });

  it('that is wrong is refused even with a valid cookie', async () => {
    const cookie = await loginCookie(service.app);
    const response = await service.app.inject({ url: `${SESSION_URL}?access_token=x`, headers: { cookie } });
    expect(response.statusCode).toBe(403);
  });

  it('is required on every route of the API document except the unauthenticated ones', async () => {
    const document = (await service.app.inject({ url: '/docs/json' })).json();
    const openPaths: string[] = [];
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(methods as Record<string, { security?: unknown[] }>)) {
        const response = await service.app.inject({
          method: method.toUpperCase() as 'GET',
          url: path.replaceAll(/\{\w+\}/g, 'x'),
        });
        if (operation.security?.length === 0) openPaths.push(path);
        else expect(response.statusCode, `${method} ${path}`).toBe(403);
      }
    expect(openPaths.sort()).toEqual([
      '/api/v1/login',
      '/api/v1/logout',
      '/api/v1/session',
      '/healthz',
      '/login',
      '/readyz',
    ]);
  });
});

describe('guessing a token', () => {
  const guess = (url: string, token: string) =>
    service.app.inject({ url: `${url}?access_token=${encodeURIComponent(token)}` });

  it.each([SESSION_URL, API_URL, '/metrics', '/api/v1/events', '/api/v1/session'])(
    'at %s is soon blocked, while the correct token and the cookie of the page continue to work',
    async (url) => {
      const cookie = await loginCookie(service.app);
      for (let i = 0; i < 10; i++) expect((await guess(url, `guess ${i}`)).statusCode).not.toBe(429);
      expect((await guess(url, 'guess 10')).statusCode).toBe(429);
      expect((await guess(url, 'guess 0')).statusCode).toBe(429);
      // An event stream does not end.
      if (url !== '/api/v1/events') expect((await guess(url, TOKEN)).statusCode).toBe(200);
      expect((await service.app.inject({ url: API_URL, headers: { cookie } })).statusCode).toBe(200);
      expect(
        (await service.app.inject({ url: API_URL, headers: BEARER, remoteAddress: '10.0.0.9' })).statusCode,
      ).toBe(200);
    },
  );

  it('is counted per IPv6 network (/64), because a client can use any address in it', async () => {
    const requestFrom = (remoteAddress: string, token: string) =>
      service.app.inject({
        url: `${SESSION_URL}?access_token=${encodeURIComponent(token)}`,
        remoteAddress,
      });
    for (let i = 0; i < 10; i++)
      expect((await requestFrom(`2001:db8::${i}`, `guess ${i}`)).statusCode).toBe(403);
    expect((await requestFrom('2001:db8::ffff', 'guess 10')).statusCode).toBe(429);
    expect((await requestFrom('2001:db8::ffff', TOKEN)).statusCode).toBe(200);
    expect((await requestFrom('2001:db8:0:1::1', 'guess 10')).statusCode).toBe(403);
  });

  it('is blocked for a program on this machine, whatever client addresses it forwards', async () => {
    const requestFrom = (address: number, token: string) =>
      service.app.inject({
        url: `${SESSION_URL}?access_token=${encodeURIComponent(token)}`,
        headers: { 'x-forwarded-for': `10.0.${address >> 8}.${address & 255}` },
      });
    const statuses: number[] = [];
    for (let i = 0; i < 300; i++) statuses.push((await requestFrom(i, `guess ${i}`)).statusCode);
    expect(statuses.filter((status) => status === 403).length).toBeLessThanOrEqual(100);
    expect(statuses.at(-1)).toBe(429);
    expect((await requestFrom(7, TOKEN)).statusCode).toBe(200);
  });

  it('does not include repeating an outdated token, which blocks no client', async () => {
    for (let i = 0; i < 30; i++) expect((await guess(SESSION_URL, 'outdated')).statusCode).toBe(403);
    expect((await guess(SESSION_URL, TOKEN)).statusCode).toBe(200);
  });
});

describe('the cookie of the page', () => {
  it('is inaccessible to scripts and other sites, and secure behind https', async () => {
    const login = (headers: object) =>
      service.app.inject({
        method: 'POST',
        url: '/api/v1/login',
        payload: { token: TOKEN },
        headers: { ...headers },
      });
    const cookieOverHttp = String((await login({})).headers['set-cookie']);
    expect(cookieOverHttp).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect(cookieOverHttp).not.toContain(encodedToken);
    expect(String((await login({ 'x-forwarded-proto': 'https' })).headers['set-cookie'])).toContain(
      '; Secure',
    );
  });

  it('permits reading, even after a restart of the service', async () => {
    const cookie = await loginCookie(service.app);
    const restartedService = await serviceUnderTest();
    expect(
      (await restartedService.app.inject({ url: '/api/v1/sessions', headers: { cookie } })).statusCode,
    ).toBe(200);
    expect(
      (await restartedService.app.inject({ url: '/api/v1/session', headers: { cookie } })).json()
        .authenticated,
    ).toBe(true);
    await restartedService.close();
  });

  it('is invalid after a change of the token or of the cookie itself', async () => {
    const cookie = await loginCookie(service.app);
    const otherService = await serviceUnderTest({ token: 'another' });
    expect((await otherService.app.inject({ url: '/api/v1/sessions', headers: { cookie } })).statusCode).toBe(
      403,
    );
    await otherService.close();
    const extendedCookie = cookie.replace(/=(\d+)/, (_, seconds) => `=${Number(seconds) + 1}`);
    expect(
      (await service.app.inject({ url: '/api/v1/sessions', headers: { cookie: extendedCookie } })).statusCode,
    ).toBe(403);
  });

  it.each([
    ['GET of the original route', 'GET', START, ORIGIN],
    ['POST without an origin', 'POST', START, { host: ORIGIN.host }],
    ['POST from another origin', 'POST', START, { ...ORIGIN, origin: 'http://evil.example' }],
    ['POST from a sandboxed page', 'POST', START, { ...ORIGIN, origin: 'null' }],
    [
      'POST that the browser marks as cross-site',
      'POST',
      START,
      { ...ORIGIN, 'sec-fetch-site': 'cross-site' },
    ],
    ['POST from another port', 'POST', START, { ...ORIGIN, origin: 'http://cryoem.example:81' }],
  ] as const)('cannot start processing by %s', async (_how, method, url, headers) => {
    const cookie = await loginCookie(service.app);
    const response = await service.app.inject({ method, url, headers: { ...headers, cookie } });
    expect(response.statusCode).toBe(403);
    expect(response.json().error.code).toBe('CROSS_SITE');
    expect(service.sessions.calls).toEqual([]);
  });

  it.each([ORIGIN, { 'sec-fetch-site': 'same-origin' }])(
    'can start processing by a POST from its own page (%o)',
    async (headers) => {
      const cookie = await loginCookie(service.app);
      const response = await service.app.inject({
        method: 'POST',
        url: `${API_URL}/start`,
        payload: { apix: 1, kev: 300 },
        headers: { ...headers, cookie },
      });
      expect(response.statusCode).toBe(200);
      expect(service.sessions.calls).toHaveLength(1);
    },
  );

  it('is removed by a logout', async () => {
    const response = await service.app.inject({ method: 'POST', url: '/api/v1/logout' });
    expect(String(response.headers['set-cookie'])).toMatch(/^cryoem_login=; .*Max-Age=0/);
  });

  it('is invalid after the logout, in every copy and even after a restart, while other logins continue', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cryoem-logins-'));
    const options = { endedLogins: join(folder, 'ended-logins') };
    const first = await serviceUnderTest(options);
    const [copiedCookie, otherCookie] = [await loginCookie(first.app), await loginCookie(first.app)];
    const statusOf = async (app: typeof first.app, cookie: string) =>
      (await app.inject({ url: '/api/v1/sessions', headers: { cookie } })).statusCode;
    expect(await statusOf(first.app, copiedCookie)).toBe(200);
    await first.app.inject({ method: 'POST', url: '/api/v1/logout', headers: { cookie: copiedCookie } });
    expect(await statusOf(first.app, copiedCookie)).toBe(403);
    expect(await statusOf(first.app, otherCookie)).toBe(200);
    await first.close();
    const second = await serviceUnderTest(options);
    expect(await statusOf(second.app, copiedCookie)).toBe(403);
    expect(await statusOf(second.app, otherCookie)).toBe(200);
    await second.close();
    expect(await readFile(options.endedLogins, 'utf8')).not.toContain(
      copiedCookie.split('-')[1]?.split('.')[0],
    );
    await rm(folder, { recursive: true });
  });

  it('gives no access to live events after the logout, which ends open streams', async () => {
    const address = await service.listen();
    const cookie = await loginCookie(service.app);
    const stream = await fetch(`${address}/api/v1/events`, { headers: { cookie } });
    expect(stream.status).toBe(200);
    await service.app.inject({ method: 'POST', url: '/api/v1/logout', headers: { cookie } });
    expect(await stream.text()).toMatch(/^retry/);
    expect(service.sessions.listeners).toBe(0);
  });
});

describe('logging in', () => {
  it('with a wrong token is refused, and soon blocked', async () => {
    const attempt = (token: string) =>
      service.app.inject({ method: 'POST', url: '/api/v1/login', payload: { token } });
    for (let i = 0; i < 10; i++) expect((await attempt(`x${i}`)).statusCode).toBe(403);
    const response = await attempt('x10');
    expect(response.statusCode).toBe(429);
    expect((await attempt(TOKEN)).statusCode).toBe(200);
    expect(response.headers['retry-after']).toBe('60');
    expect(response.json().error.code).toBe('TOO_MANY_ATTEMPTS');
  });

  it('without a token is refused, with the name of the missing field', async () => {
    const response = await service.app.inject({ method: 'POST', url: '/api/v1/login', payload: {} });
    expect(response.statusCode).toBe(422);
    expect(response.json().error.faults[0].field).toBe('token');
  });

  it('with a link works once', async () => {
    const link = service.createLoginLink();
    const first = await service.app.inject({ url: link });
    expect([first.statusCode, first.headers.location]).toEqual([303, '/']);
    const cookie = String(first.headers['set-cookie']).split(';', 1)[0] ?? '';
    expect((await service.app.inject({ url: '/api/v1/sessions', headers: { cookie } })).statusCode).toBe(200);
    const second = await service.app.inject({ url: link });
    expect(second.statusCode).toBe(403);
    expect(second.headers['set-cookie']).toBeUndefined();
  });
});

describe('the log', () => {
  it('never contains the token or the key of a login link', async () => {
    const address = await service.listen();
    const link = service.createLoginLink();
    const query = `access_token=${encodedToken}`;
    for (const path of [
      `${START}&${query}`,
      `/nowhere?${query}`,
      `/nowhere/${encodedToken}`,
      `/%zz?${query}`,
      link,
    ])
      await fetch(address + path, { redirect: 'manual' }).then((response) => response.text());
    service.sessions.failure = new Error(`upstream replied ?access_token=${TOKEN} and Bearer ${TOKEN}`);
    const failedResponse = await fetch(`${address}/api/v1/sessions?${query}`);
    expect(failedResponse.status).toBe(500);
    expect(await failedResponse.text()).not.toContain(TOKEN);
    await expect.poll(() => service.log()).toContain('request failed');
    expect(service.log()).toContain('start-processing');
    for (const secret of [TOKEN, encodedToken, encodeURI(TOKEN), link.split('=')[1] ?? ''])
      expect(service.log()).not.toContain(secret);
  });
});
