import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { API_URL, BEARER, serviceUnderTest, TOKEN } from '../http/service-under-test.ts';
import { TEST_TIMEOUT_MS } from '../support/test-timeout.ts';

const NGINX = '/usr/sbin/nginx';
const missingPrograms = [NGINX, '/usr/bin/openssl'].filter((path) => !existsSync(path));
const reason =
  missingPrograms.length === 0 ? '' : ` [skipped: ${missingPrograms.join(' and ')} not installed]`;
const MEBIBYTE = 1024 * 1024;

interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

describe.skipIf(missingPrograms.length > 0)(`deploy/nginx.conf in nginx${reason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cryoem-nginx-'));
  const errorLog = join(folder, 'error.log');
  let service: Awaited<ReturnType<typeof serviceUnderTest>>;
  let port = 0;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    service = await serviceUnderTest();
    const upstream = new URL(await service.listen()).port;
    port = await freePort();
    ({ stop } = startNginx(folder, port, upstream, errorLog));
    await vi.waitFor(async () => expect((await sendRequest('/healthz')).status).toBe(200), {
      timeout: TEST_TIMEOUT_MS,
      interval: 200,
    });
  });
  afterAll(async () => {
    await service.close();
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function sendRequest(
    path: string,
    { headers = {}, body, method = 'GET' }: { headers?: object; body?: string; method?: string } = {},
  ): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      const options = {
        port,
        path,
        method,
        headers: { ...headers },
        rejectUnauthorized: false,
        agent: false,
      };
      const outgoing = request(options, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  it.each(['/api/v1/events', API_URL, '/ttrojan_123/ttrojan/sessions', '/api/v1/sessions/p/u/s/reviews'])(
    'replaces the X-Forwarded-For address that a client sends: %s',
    async (path) => {
      await sendRequest(`${path}?access_token=x`, { headers: { 'x-forwarded-for': '6.6.6.6' } });
      await expect.poll(() => service.log()).toContain(`"path":"${path}"`);
      expect(service.log()).not.toContain('6.6.6.6');
    },
  );

  it('passes the header access_token and large reviews, and refuses other large bodies', async () => {
    expect((await sendRequest(API_URL, { headers: { access_token: TOKEN } })).status).toBe(200);
    const largeBody = JSON.stringify({ bases: ['x'.repeat(2 * MEBIBYTE)] });
    const postRequest = {
      method: 'POST',
      headers: { ...BEARER, 'content-type': 'application/json' },
      body: largeBody,
    };
    const reviewResponse = await sendRequest(`${API_URL}/reviews`, postRequest);
    expect([reviewResponse.status, JSON.parse(reviewResponse.body).error.code]).toEqual([
      404,
      'NO_SUCH_MOVIE',
    ]);
    expect((await sendRequest(`${API_URL}/start`, postRequest).catch(() => ({ status: 413 }))).status).toBe(
      413,
    );
    // The review reached the service; nginx itself refused the start request.
    expect(service.log()).toContain(`"path":"${API_URL}/reviews"`);
    expect(service.log()).not.toContain(`"path":"${API_URL}/start"`);
  });

  it('writes no token into a log, even if the service is down or a request is refused', async () => {
    const query = `access_token=${encodeURIComponent(TOKEN)}`;
    await sendRequest(`${API_URL}/start?${query}`, { method: 'POST', body: 'x'.repeat(MEBIBYTE) }).catch(
      () => null,
    );
    await service.close();
    expect((await sendRequest(`${API_URL}?${query}`)).status).toBe(502);
    expect((await sendRequest(`/api/v1/events?${query}`)).status).toBe(502);
    expect(existsSync(errorLog) ? readFileSync(errorLog, 'utf8') : '').not.toContain('access_token');
  });
});

/** Runs nginx with the file in `deploy/`, in which only ports and paths are replaced. */
function startNginx(folder: string, port: number, upstream: string, errorLog: string) {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=localhost', '-days', '1'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, '-keyout', key, '-out', certificate],
    { stdio: 'ignore' },
  );
  const site = readFileSync(new URL('../../deploy/nginx.conf', import.meta.url), 'utf8')
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace(/ssl_certificate .*;/, `ssl_certificate ${certificate};`)
    .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${key};`)
    .replaceAll('127.0.0.1:8112', `127.0.0.1:${upstream}`)
    .replace(/\/var\/log\/nginx\/[\w-]+\.log/, errorLog);
  const temporaryPaths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join(' ');
  const mainConfig = join(folder, 'nginx.conf');
  writeFileSync(
    mainConfig,
    `daemon off; master_process off; pid ${join(folder, 'pid')};
events {}
http { error_log ${errorLog}; access_log off; ${temporaryPaths}
${site}
}
`,
  );
  const child = spawn(NGINX, ['-e', errorLog, '-p', folder, '-c', mainConfig], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}
