import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { API_URL, BEARER, SESSION_URL, serviceUnderTest, TOKEN } from './service-under-test.ts';

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
beforeEach(async () => {
  service = await serviceUnderTest();
});
afterEach(() => service.close());

const MEBIBYTE = 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };

/** Sends the head of a request and nothing of its body. Resolves to the status of the response. */
function statusOfHead(address: string, head: string[]): Promise<number> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(`${head.join('\r\n')}\r\n\r\n`));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(String(data))?.[1]));
    });
    socket.once('error', reject);
  });
}

/** Every URL and method in the API document, with a name in place of each parameter. */
async function routes(): Promise<{ method: string; path: string; isUnauthenticated: boolean }[]> {
  const document = (await service.app.inject({ url: '/docs/json' })).json();
  return Object.entries<Record<string, { security?: unknown[] }>>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path: path.replaceAll(/\{\w+\}/g, 'x'),
      isUnauthenticated: security?.length === 0,
    })),
  );
}

describe('without a valid token', () => {
  it('a large body is refused on every route before it is read', async () => {
    const address = await service.listen();
    const allRoutes = await routes();
    expect(allRoutes.filter(({ method }) => method === 'POST').length).toBeGreaterThan(10);
    for (const { method, path, isUnauthenticated } of allRoutes) {
      const head = [`${method} ${path} HTTP/1.1`, 'host: x', 'content-type: application/json'];
      const status = await statusOfHead(address, [...head, `content-length: ${16 * MEBIBYTE}`]);
      if (!isUnauthenticated) expect(status, `${method} ${path}`).toBe(403);
      else if (method === 'POST') expect(status, `${method} ${path}`).toBe(413);
    }
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'the body of a %s to a URL that does not exist is not read',
    async (method) => {
      const address = await service.listen();
      const head = [`${method} /nowhere HTTP/1.1`, 'host: x', 'content-type: application/json'];
      expect(await statusOfHead(address, [...head, 'content-length: 1000'])).toBe(404);
    },
  );

  it.each([
    ['that does not end', Number.POSITIVE_INFINITY],
    ['that is larger than a token needs', 8],
  ])('a body of unknown length %s is read only up to the limit', async (_what, chunks) => {
    const address = await service.listen();
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (sent++ < chunks) controller.enqueue(new Uint8Array(1000).fill(0x20));
        else controller.close();
      },
    });
    const response = await fetch(`${address}${API_URL}/reviews`, {
      method: 'POST',
      headers: JSON_TYPE,
      body,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
  });

  it('a wrong token in the query is refused before the body is read', async () => {
    const address = await service.listen();
    const head = [
      `POST ${API_URL}/reviews?access_token=x HTTP/1.1`,
      'host: x',
      'content-type: application/json',
    ];
    expect(await statusOfHead(address, [...head, 'content-length: 1000'])).toBe(403);
  });
});

describe('a token in the body', () => {
  it('is accepted if the body is small', async () => {
    const payload = { apix: 1, kev: 300, access_token: TOKEN };
    const response = await service.app.inject({ method: 'POST', url: `${API_URL}/start`, payload });
    expect(response.statusCode).toBe(200);
  });

  it('that is wrong is refused, even if the header has the correct one', async () => {
    const payload = { apix: 1, kev: 300, access_token: 'x' };
    const response = await service.app.inject({
      method: 'POST',
      url: `${API_URL}/start`,
      headers: BEARER,
      payload,
    });
    expect(response.statusCode).toBe(403);
    expect(service.sessions.calls).toEqual([]);
  });

  it.each([
    [{ toString: 1 }],
    [{ toString: null, valueOf: null, toJSON: 1 }],
    [[TOKEN]],
    [[[]]],
    [12345],
    [true],
    [null],
    [{}],
  ])('that is not a string is refused: %j', async (access_token) => {
    for (const url of [`${SESSION_URL}/start-processing`, `${API_URL}/stop`, '/p/u/sessions']) {
      const response = await service.app.inject({ method: 'POST', url, payload: { access_token } });
      expect(response.statusCode, url).toBe(403);
      expect(response.json().error.message).toContain('access_token must be a string');
    }
    const login = await service.app.inject({
      method: 'POST',
      url: '/api/v1/login',
      payload: { token: access_token },
    });
    expect(login.statusCode).toBe(422);
  });
});

describe('with a token', () => {
  const review = (payload: string) =>
    service.app.inject({
      method: 'POST',
      url: `${API_URL}/reviews`,
      headers: { ...BEARER, ...JSON_TYPE },
      payload,
    });

  it.each([
    ['brackets', () => '['.repeat(8 * MEBIBYTE)],
    ['lists in lists', () => `{"bases":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['objects in objects', () => `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['millions of numbers', () => `{"bases":[${'1,'.repeat(4 * MEBIBYTE)}1]}`],
    ['millions of fields', () => `{${'"a":1,'.repeat(2 * MEBIBYTE)}"b":1}`],
  ])('a body of %s is refused before it is parsed', async (_what, body) => {
    const response = await review(body());
    expect(response.statusCode).toBe(400);
    expect(response.json().error.message).toMatch(/nests deeper|more than \d+ values/);
  });

  it('brackets and commas in strings do not count', async () => {
    const response = await review(JSON.stringify({ bases: ['x'], comment: `${'[,"\\'.repeat(400)}` }));
    expect(response.statusCode).toBe(404);
    expect(response.json().error.code).toBe('NO_SUCH_MOVIE');
  });

  it('a body with very many invalid fields gets a short response', async () => {
    const response = await review(`{"bases":[${'1,'.repeat(50_000)}1]}`);
    expect(response.statusCode).toBe(422);
    expect(response.json().error.faults.length).toBeLessThanOrEqual(100);
    expect(response.body.length).toBeLessThan(50_000);
  });
});
