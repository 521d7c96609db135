import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  errorBodySchema,
  executorListSchema,
  movieDetailSchema,
  moviePageSchema,
  sessionDetailSchema,
  sessionGainCheckSchema,
} from '../../src/contract/api.ts';
import { CodedError } from '../../src/contract/errors.ts';
import { PARAMETER_TABLE } from '../../src/contract/parameters.ts';
import { MemorySessionService } from './memory-session-service.ts';
import { API_URL, BEARER, serviceUnderTest } from './service-under-test.ts';

const outputs = mkdtempSync(join(tmpdir(), 'cryoem-http-'));
writeFileSync(join(outputs, 'movie-1_thumb.jpg'), 'a picture');
writeFileSync(join(outputs, 'movie-1_DW.mrc'), 'a micrograph');
writeFileSync(join(outputs, 'movie-2_DW.mrc'), '');
afterAll(() => rmSync(outputs, { recursive: true, force: true }));

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
beforeEach(async () => {
  service = await serviceUnderTest({
    sessions: new MemorySessionService(outputs),
    parameterDefaults: { kev: 200 },
  });
});
afterEach(() => service.close());

const request = (url: string, headers = {}) =>
  service.app.inject({ url, headers: { ...BEARER, ...headers } });
const post = (url: string, payload?: object) =>
  service.app.inject({ method: 'POST', url, headers: BEARER, ...(payload ? { payload } : {}) });

describe('reading', () => {
  it('lists all sessions', async () => {
    expect((await request('/api/v1/sessions')).json()).toEqual([service.sessions.summary()]);
  });

  it('reports the executors and their health', async () => {
    const response = (await request('/api/v1/executors')).json();
    expect(executorListSchema.parse(response)).toEqual(await service.sessions.queries.executors());
  });

  it('suggests values of the config file, with lower priority than those of the session', async () => {
    service.sessions.suggested = { apix: { value: 0.8, source: 'EPU' } };
    const suggested = async () => sessionDetailSchema.parse((await request(API_URL)).json()).suggested;
    expect(await suggested()).toEqual({
      apix: { value: 0.8, source: 'EPU' },
      kev: { value: 200, source: 'config file' },
    });
    service.sessions.suggested = { kev: { value: 300, source: 'EPU' } };
    expect(await suggested()).toEqual({ kev: { value: 300, source: 'EPU' } });
  });

  it('returns a session in full, and 404 for a missing one', async () => {
    expect(sessionDetailSchema.parse((await request(API_URL)).json()).counts.total).toBe(25);
    expect((await request(API_URL)).json()).toMatchObject(service.sessions.summary());
    const none = await request('/api/v1/sessions/p/u/none');
    expect(none.statusCode).toBe(404);
    expect(errorBodySchema.parse(none.json()).error.code).toBe('NO_SUCH_SESSION');
  });

  it('returns the check of the gain orientation, and 404 for a missing session', async () => {
    expect(sessionGainCheckSchema.parse((await request(`${API_URL}/gain`)).json())).toEqual(
      service.sessions.gainCheck,
    );
    expect((await request('/api/v1/sessions/p/u/none/gain')).statusCode).toBe(404);
  });

  it('returns each movie once, page by page', async () => {
    const seqs: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = new URLSearchParams({ limit: '7', order: 'oldest', ...(cursor ? { cursor } : {}) });
      const page = moviePageSchema.parse((await request(`${API_URL}/movies?${query}`)).json());
      seqs.push(...page.movies.map((movie) => movie.seq));
      cursor = page.nextCursor;
    }
    expect(seqs).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
  });

  it('filters movies by state, newest first', async () => {
    const page = moviePageSchema.parse((await request(`${API_URL}/movies?state=failed`)).json());
    expect(page.movies.map((movie) => movie.seq)).toEqual([25, 20, 15, 10, 5]);
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'state=none', 'order=random'])('refuses %s', async (query) => {
    const response = await request(`${API_URL}/movies?${query}`);
    expect(response.statusCode).toBe(422);
    expect(response.json().error.faults[0].field).toBe(query.split('=')[0]);
  });

  it('returns the series after a row', async () => {
    const rows = (await request(`${API_URL}/series?after=20&limit=3`)).json();
    expect(rows.map((row: { seq: number }) => row.seq)).toEqual([21, 22, 23]);
    expect((await request(`${API_URL}/series`)).json()[0].seq).toBe(1);
  });

  it('returns one movie', async () => {
    expect(movieDetailSchema.parse((await request(`${API_URL}/movies/movie-3`)).json()).row.seq).toBe(3);
    expect((await request(`${API_URL}/movies/none`)).json().error.code).toBe('NO_SUCH_MOVIE');
    expect((await request(`${API_URL}/movies/..%2fx`)).json().error.code).toBe('BAD_NAME');
  });

  it('declares the parameters, with the defaults of the config file', async () => {
    const { parameters, defaults } = (await request('/api/v1/parameters')).json();
    // Only the fields that are part of the API; the other fields of a row are internal to the service.
    const declared = PARAMETER_TABLE.map(
      ({ recipe: _recipe, metadata: _metadata, lessThan: _upper, insteadOf: _other, ...shown }) => ({
        ...shown,
        affects: shown.affects === 'executor' ? 'place' : shown.affects,
      }),
    );
    expect(parameters).toEqual(JSON.parse(JSON.stringify(declared)));
    expect(defaults).toEqual({ kev: 200 });
  });
});

describe('outputs', () => {
  const PICTURE = `${API_URL}/movies/movie-1/pictures/thumbnail`;

  it('sends an image that only this client may cache', async () => {
    const response = await request(PICTURE);
    expect([response.statusCode, response.body]).toEqual([200, 'a picture']);
    expect(response.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': '9',
      'cache-control': 'private, no-cache',
    });
    expect((await request(`${PICTURE}?v=1`)).headers['cache-control']).toBe('private, max-age=86400');
  });

  it('causes no warning of Node.js in the terminal', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    await request(PICTURE);
    await setTimeout(0);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  it('does not resend a file that the client already has', async () => {
    const etag = (await request(PICTURE)).headers.etag;
    const response = await request(PICTURE, { 'if-none-match': etag });
    expect([response.statusCode, response.body]).toEqual([304, '']);
  });

  it('sends files as downloads, including empty ones', async () => {
    const response = await request(`${API_URL}/movies/movie-1/files/doseWeighted`);
    expect(response.body).toBe('a micrograph');
    expect(response.headers['content-disposition']).toContain('movie-1_DW.mrc');
    expect((await request(`${API_URL}/movies/movie-2/files/doseWeighted`)).body).toBe('');
  });

  it('sends the rest of an interrupted download, and the complete file if it has changed', async () => {
    const url = `${API_URL}/movies/movie-1/files/doseWeighted`;
    const { 'last-modified': modified, 'accept-ranges': ranges } = (await request(url)).headers;
    expect(ranges).toBe('bytes');
    const partial = await request(url, { range: 'bytes=2-', 'if-range': modified });
    expect([partial.statusCode, partial.body]).toEqual([206, 'micrograph']);
    expect(partial.headers['content-range']).toBe('bytes 2-11/12');
    const complete = await request(url, { range: 'bytes=2-', 'if-range': new Date(0).toUTCString() });
    expect([complete.statusCode, complete.body]).toEqual([200, 'a micrograph']);
    const outOfRange = await request(url, { range: 'bytes=20-' });
    expect([outOfRange.statusCode, outOfRange.json().error.code]).toEqual([416, 'BAD_REQUEST']);
  });

  it.each([
    ['pictures/nothing', 'of an unknown role'],
    ['pictures/doseWeighted', 'of a role that is not an image'],
    ['pictures/combined', 'that is not on disk'],
  ])('refuses the image %s (%s)', async (path) => {
    const response = await request(`${API_URL}/movies/movie-1/${path}`);
    expect(response.statusCode).toBe(404);
    expect(response.json().error.code).toBe('NO_SUCH_PICTURE');
  });
});

describe('actions', () => {
  it('prefer given values to those of the config file when a session is started', async () => {
    const response = await post(`${API_URL}/start`, { apix: 1.5 });
    expect(response.json().state).toBe('processing_start');
    expect(service.sessions.calls).toEqual([{ name: 'start', values: { apix: 1.5, kev: 200 } }]);
  });

  it('resume and stop without a body', async () => {
    expect((await post(`${API_URL}/resume`)).json().state).toBe('processing');
    expect((await post(`${API_URL}/stop`)).json().state).toBe('needs_processing');
    // A second stop has nothing to stop. This is not an error in the sessions layer either.
    expect((await post(`${API_URL}/stop`)).json().state).toBe('needs_processing');
  });

  it('retry one movie, or all', async () => {
    expect((await post(`${API_URL}/retry`, { base: 'movie-5' })).json()).toEqual({ retried: 1 });
    expect((await post(`${API_URL}/retry`)).json()).toEqual({ retried: 5 });
  });

  it('are refused with the reason if the disk of the state directory is full, and not as an internal error', async () => {
    service.sessions.commands.start = async () => {
      throw new CodedError('STATE_NOT_WRITABLE', 'Its disk is full.', { file: '/state' });
    };
    const response = await post(`${API_URL}/start`, { apix: 1 });
    expect(response.statusCode).toBe(507);
    const { code, message } = response.json().error;
    expect([code, message]).toEqual(['STATE_NOT_WRITABLE', expect.stringContaining('Its disk is full.')]);
  });

  it('report every invalid field', async () => {
    const response = await post(`${API_URL}/start`, { kev: 1, cs: 'x' });
    expect(response.statusCode).toBe(422);
    expect(errorBodySchema.parse(response.json()).error.faults.map((f) => f.field)).toEqual([
      'apix',
      'kev',
      'cs',
    ]);
  });

  it('are refused by GET', async () => {
    expect((await request(`${API_URL}/start?apix=1&kev=300`)).statusCode).toBe(404);
    expect(service.sessions.calls).toEqual([]);
  });
});
