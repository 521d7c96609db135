import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeColumns } from '../../src/contract/columns.ts';
import { API_URL, BEARER, serviceUnderTest } from './service-under-test.ts';

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
beforeEach(async () => {
  service = await serviceUnderTest();
});
afterEach(() => service.close());

const request = (url: string) => service.app.inject({ url, headers: BEARER });
const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
  service.app.inject({ method: 'POST', url, headers: { ...BEARER, ...headers }, payload });

describe('columns', () => {
  it('contain only successful results, and are returned page by page', async () => {
    const first = await request(`${API_URL}/columns?limit=15`);
    const page = decodeColumns(Uint8Array.from(first.rawPayload).buffer);
    expect([page.rows, page.hasMore, page.bases[0]]).toEqual([15, true, 'movie-1']);
    const second = await request(`${API_URL}/columns?limit=15&after=${page.seq[14]}`);
    const lastPage = decodeColumns(Uint8Array.from(second.rawPayload).buffer);
    expect([lastPage.rows, lastPage.hasMore, lastPage.bases.at(-1)]).toEqual([5, false, 'movie-24']);
  });
});

describe('reviews', () => {
  it('record who decided, with the given name and the client', async () => {
    const body = { bases: ['movie-1'], verdict: 'rejected' };
    const response = await post(`${API_URL}/reviews`, body, { 'x-cryoem-by': encodeURIComponent('Zoë\n1') });
    expect(response.json()).toEqual({ reviewed: 1 });
    expect(service.sessions.calls).toEqual([
      {
        name: 'review',
        values: { bases: ['movie-1'], change: { verdict: 'rejected' }, by: 'Zoë 1 (API, 127.0.0.1)' },
      },
    ]);
  });

  it('accept many names at once', async () => {
    const bases = Array.from(
      { length: 50_000 },
      (_, i) => `FoilHole_${i}_Data_31924013_31924015_20240101_120000`,
    );
    service.sessions.additionalBases = new Set(bases);
    expect((await post(`${API_URL}/reviews`, { bases, verdict: null })).json()).toEqual({ reviewed: 50_000 });
  });

  it.each([
    {},
    { bases: [] },
    { bases: ['a'], verdict: 'maybe' },
    { bases: ['a'], comment: 'x'.repeat(2001) },
  ])('are refused if they are invalid (case %#)', async (body) => {
    expect((await post(`${API_URL}/reviews`, body)).statusCode).toBe(422);
    expect(service.sessions.calls).toEqual([]);
  });

  it('are refused by GET', async () => {
    expect((await request(`${API_URL}/reviews`)).statusCode).toBe(404);
  });
});

describe('the routes for failures, log and timeline', () => {
  it('count failed movies by cause, and list those with one cause', async () => {
    expect((await request(`${API_URL}/failures`)).json()).toEqual([
      { code: 'MOVIE_TRUNCATED', count: 5, aside: 0 },
    ]);
    const page = (await request(`${API_URL}/failures/MOVIE_TRUNCATED?limit=2`)).json();
    expect(page.movies).toHaveLength(2);
    expect((await request(`${API_URL}/failures/MOVIE_TRUNCATED?aside=true`)).json().movies).toEqual([]);
    expect((await request(`${API_URL}/failures/NO_SUCH_CODE`)).statusCode).toBe(422);
  });

  it('retry failed movies with one cause', async () => {
    expect((await post(`${API_URL}/retry`, { code: 'MOVIE_TRUNCATED' })).json()).toEqual({ retried: 5 });
    expect(service.sessions.calls).toEqual([{ name: 'retry', values: { code: 'MOVIE_TRUNCATED' } }]);
  });

  it('return the log of a movie, and report a missing one', async () => {
    expect((await request(`${API_URL}/movies/movie-1/log`)).json()).toMatchObject({ text: 'all well\n' });
    expect((await request(`${API_URL}/movies/movie-2/log`)).statusCode).toBe(404);
  });

  it('return the entries of the timeline', async () => {
    expect((await request(`${API_URL}/timeline`)).json()).toMatchObject([
      { what: 'started', by: 'somebody' },
    ]);
  });
});
