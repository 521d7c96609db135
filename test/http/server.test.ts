import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PARAMETER_TABLE } from '../../src/contract/parameters.ts';
import { BEARER, serviceUnderTest } from './service-under-test.ts';

const webRoot = mkdtempSync(join(tmpdir(), 'cryoem-web-'));
mkdirSync(join(webRoot, 'assets'));
writeFileSync(join(webRoot, 'index.html'), '<title>the page</title>');
writeFileSync(join(webRoot, 'assets', 'a-1234.js'), 'let a');
afterAll(() => rmSync(webRoot, { recursive: true, force: true }));

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
beforeEach(async () => {
  service = await serviceUnderTest({ webRoot });
});
afterEach(() => service.close());

const request = (url: string, headers = {}) => service.app.inject({ url, headers });
const HTML = { accept: 'text/html,*/*' };

describe('the page', () => {
  it('is at the root, and always revalidated', async () => {
    const response = await request('/', HTML);
    expect(response.body).toContain('the page');
    expect(response.headers['cache-control']).toBe('no-cache');
  });

  it('has files that are cached forever, because their names change with the content', async () => {
    const response = await request('/assets/a-1234.js');
    expect(response.body).toBe('let a');
    expect(response.headers['cache-control']).toContain('immutable');
  });

  it('is returned at the URLs of its views', async () => {
    expect((await request('/some/view', HTML)).body).toContain('the page');
  });

  it('is not returned to API clients', async () => {
    for (const url of ['/nowhere', '/api/v1/nowhere', '/assets/none.js', '/..%2fetc%2fpasswd']) {
      const response = await request(url);
      expect(response.statusCode, url).toBe(404);
      expect(response.json().error.code, url).toBe('NO_SUCH_ROUTE');
    }
    expect((await request('/api/v1/nowhere', HTML)).statusCode).toBe(404);
  });

  it('is replaced by instructions for building it if it has not been built', async () => {
    const bare = await serviceUnderTest({ webRoot: join(webRoot, 'none') });
    expect((await bare.app.inject({ url: '/', headers: HTML })).body).toContain('npm run web');
    await bare.close();
  });
});

describe('headers', () => {
  it.each(['/', '/healthz', '/api/v1/sessions', '/nowhere', '/docs/'])(
    'of %s exclude other sites',
    async (url) => {
      const { headers } = await request(url, HTML);
      expect(headers['content-security-policy']).toContain("default-src 'self'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
    },
  );
});

describe('operation', () => {
  it('reports health and readiness without authentication', async () => {
    expect((await request('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await request('/readyz')).statusCode).toBe(200);
    service.sessions.isReady = false;
    expect((await request('/readyz')).statusCode).toBe(503);
  });

  it('reports file systems that do not respond; names of sessions only with the token', async () => {
    service.sessions.stuckFolders = [{ folder: '/raid/p/sessions/u/s', fileSystem: '/raid' }];
    const expected = { status: 'degraded', fileSystems: ['/raid'] };
    expect((await request('/healthz')).json()).toEqual(expected);
    expect((await request('/healthz?access_token=wrong')).json()).toEqual(expected);
    const known = await request('/healthz', BEARER);
    expect(known.json()).toEqual({ ...expected, folders: ['/raid/p/sessions/u/s'] });
    expect((await request('/readyz')).statusCode).toBe(200);
    service.sessions.stuckFolders = [];
  });

  it('reports metrics with the token', async () => {
    expect((await request('/metrics')).statusCode).toBe(403);
    const { body } = await request('/metrics', BEARER);
    expect(body).toContain('cryoem_sessions{state="needs_processing"} 1');
    expect(body).toContain('cryoem_movies{state="failed"} 5');
    expect(body).toContain('cryoem_lag_seconds 0');
    expect(body).toMatch(/duration_seconds_count\{method="GET",route="\/metrics",status="403"\} 1/);
  });

  it('reports only the code of an internal error', async () => {
    service.sessions.failure = new Error('secret detail at /some/path');
    const response = await request('/api/v1/sessions', BEARER);
    expect(response.statusCode).toBe(500);
    expect(response.json().error.code).toBe('INTERNAL');
    expect(response.body).not.toContain('secret detail');
    expect(service.log()).toContain('secret detail');
  });
});

describe('the API document', () => {
  it('contains every route, and only references that can be resolved', async () => {
    const document = (await request('/docs/json')).json();
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/v1/events',
      '/api/v1/executors',
      '/api/v1/login',
      '/api/v1/logout',
      '/api/v1/parameters',
      '/api/v1/session',
      '/api/v1/sessions',
      '/api/v1/sessions/{project}/{user}/{session}',
      '/api/v1/sessions/{project}/{user}/{session}/columns',
      '/api/v1/sessions/{project}/{user}/{session}/failures',
      '/api/v1/sessions/{project}/{user}/{session}/failures/{code}',
      '/api/v1/sessions/{project}/{user}/{session}/gain',
      '/api/v1/sessions/{project}/{user}/{session}/grid',
      '/api/v1/sessions/{project}/{user}/{session}/grid/{square}',
      '/api/v1/sessions/{project}/{user}/{session}/movies',
      '/api/v1/sessions/{project}/{user}/{session}/movies/{base}',
      '/api/v1/sessions/{project}/{user}/{session}/movies/{base}/files/{role}',
      '/api/v1/sessions/{project}/{user}/{session}/movies/{base}/log',
      '/api/v1/sessions/{project}/{user}/{session}/movies/{base}/pictures/{role}',
      '/api/v1/sessions/{project}/{user}/{session}/movies/{base}/tiles/{role}',
      '/api/v1/sessions/{project}/{user}/{session}/movies/{base}/tiles/{role}/{power}/{column}/{row}',
      '/api/v1/sessions/{project}/{user}/{session}/preview',
      '/api/v1/sessions/{project}/{user}/{session}/resume',
      '/api/v1/sessions/{project}/{user}/{session}/retry',
      '/api/v1/sessions/{project}/{user}/{session}/reviews',
      '/api/v1/sessions/{project}/{user}/{session}/series',
      '/api/v1/sessions/{project}/{user}/{session}/start',
      '/api/v1/sessions/{project}/{user}/{session}/stop',
      '/api/v1/sessions/{project}/{user}/{session}/timeline',
      '/api/v1/sessions/{project}/{user}/{session}/trial',
      '/api/v1/sessions/{project}/{user}/{session}/trial/cancel',
      '/api/v1/sessions/{project}/{user}/{session}/trial/{id}/pictures/{role}',
      '/healthz',
      '/login',
      '/metrics',
      '/readyz',
      '/{project_id}/{user}/session/{session_id}',
      '/{project_id}/{user}/session/{session_id}/resume-processing',
      '/{project_id}/{user}/session/{session_id}/start-processing',
      '/{project_id}/{user}/session/{session_id}/stop-processing',
      '/{project_id}/{user}/sessions',
    ]);
    const references = JSON.stringify(document).match(/"\$ref":"#([^"]+)"/g) ?? [];
    for (const reference of references) {
      const path = reference.slice('"$ref":"#/'.length, -1).split('/');
      expect(
        path.reduce((part, name) => part?.[name], document),
        reference,
      ).toBeDefined();
    }
  });

  it('declares each start parameter, with its range', async () => {
    const document = (await request('/docs/json')).json();
    const { parameters } = document.paths['/{project_id}/{user}/session/{session_id}/start-processing'].get;
    const byName = new Map(parameters.map((p: { name: string }) => [p.name, p]));
    for (const { name } of PARAMETER_TABLE) expect(byName.has(name), name).toBe(true);
    expect(byName.get('kev')).toMatchObject({
      in: 'query',
      schema: { type: 'number', minimum: 40, maximum: 1300 },
    });
  });

  it('is shown by a page that makes no request to other hosts', async () => {
    const pages = ['/docs/', '/docs/static/swagger-initializer.js', '/docs/static/index.css'];
    for (const url of pages) {
      const response = await request(url, HTML);
      expect(response.statusCode, url).toBe(200);
      expect(response.body.match(/(?:src|href)="(?:https?:)?\/\//g), url).toBeNull();
    }
    expect((await request('/docs/static/swagger-initializer.js')).body).toContain('"validatorUrl":null');
  });
});
