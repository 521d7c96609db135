import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorBodySchema } from '../../src/contract/api.ts';
import { previewSchema, trialResponseSchema } from '../../src/contract/preview.ts';
import { MemorySessionService } from './memory-session-service.ts';
import { API_URL, BEARER, serviceUnderTest } from './service-under-test.ts';

const outputs = mkdtempSync(join(tmpdir(), 'cryoem-http-'));
writeFileSync(join(outputs, 'movie-1_thumb.jpg'), 'a picture');
afterAll(() => rmSync(outputs, { recursive: true, force: true }));

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
beforeEach(async () => {
  service = await serviceUnderTest({
    sessions: new MemorySessionService(outputs),
    parameterDefaults: { kev: 200 },
  });
});
afterEach(() => service.close());

const request = (url: string) => service.app.inject({ url, headers: BEARER });
const post = (url: string, payload: object) =>
  service.app.inject({ method: 'POST', url, headers: BEARER, payload });
const lastCall = () => service.sessions.calls.at(-1)?.values;

describe('the preview', () => {
  it('prefers the parameters of the query to those of the config file', async () => {
    const response = await request(`${API_URL}/preview?apix=0.8&fmdose=1.2`);
    expect(previewSchema.safeParse(response.json()).success).toBe(true);
    expect(lastCall()).toEqual({ values: { apix: 0.8, fmdose: 1.2, kev: 200 }, isComplete: true });
  });

  it('of a resume ignores the values of the config file', async () => {
    await request(`${API_URL}/preview?apix=0.8&kev=300&for=resume`);
    expect(lastCall()).toEqual({ values: { apix: 0.8, kev: 300 }, isComplete: true });
    await request(`${API_URL}/preview?apix=0.8&for=resume`);
    expect(lastCall()).toEqual({ values: { apix: 0.8 }, isComplete: false });
  });

  it('omits missing or invalid values, and reports to the sessions layer that values are incomplete', async () => {
    await request(`${API_URL}/preview?fmdose=much&ac=0.1&apix=`);
    expect(lastCall()).toEqual({ values: { ac: 0.1, kev: 200 }, isComplete: false });
  });

  it('is ended when its client disconnects', async () => {
    const received = Promise.withResolvers<AbortSignal | undefined>();
    service.sessions.trials.preview = (_key, _values, _isComplete, signal) => {
      received.resolve(signal);
      return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error())));
    };
    const address = await service.listen();
    const client = new AbortController();
    const response = fetch(`${address}${API_URL}/preview?apix=1`, { headers: BEARER, signal: client.signal });
    const signal = await received.promise;
    expect(signal?.aborted).toBe(false);
    client.abort();
    await expect(response).rejects.toThrow();
    await expect.poll(() => signal?.aborted).toBe(true);
  });
});

describe('a trial', () => {
  it('is started with validated parameters, on the given movie', async () => {
    const response = await post(`${API_URL}/trial?base=movie-3`, { apix: '0.8' });
    expect(trialResponseSchema.parse(response.json()).trial?.base).toBe('movie-3');
    expect(lastCall()).toEqual({ values: { apix: 0.8, kev: 200 }, base: 'movie-3' });
    const refusedResponse = await post(`${API_URL}/trial`, {});
    expect(refusedResponse.statusCode).toBe(422);
    expect(errorBodySchema.parse(refusedResponse.json()).error.faults[0]?.field).toBe('apix');
  });

  it('is reported, cancelled, and shown', async () => {
    expect((await request(`${API_URL}/trial`)).json()).toEqual({ trial: null });
    expect((await post(`${API_URL}/trial/cancel`, {})).json()).toEqual({ trial: null });
    const picture = await request(`${API_URL}/trial/trial-1/pictures/thumbnail`);
    expect([picture.headers['content-type'], picture.body]).toEqual(['image/jpeg', 'a picture']);
    expect((await request(`${API_URL}/trial/trial-1/pictures/sum`)).statusCode).toBe(404);
  });
});

describe('a resume', () => {
  it('resets values that are empty in the body, except required ones', async () => {
    await post(`${API_URL}/start`, { apix: 1, fmdose: 2 });
    await post(`${API_URL}/resume`, { fmdose: '', cs: null, apix: '', kev: 200 });
    expect(lastCall()).toStrictEqual({ kev: 200, fmdose: undefined, cs: undefined });
  });
});

describe('a stop', () => {
  it('passes on what to do with movies in progress', async () => {
    await post(`${API_URL}/start`, { apix: 1 });
    await post(`${API_URL}/stop`, { running: 'finish' });
    expect(lastCall()).toBe('finish');
    await post(`${API_URL}/start`, { apix: 1 });
    await post(`${API_URL}/stop`, {});
    expect(lastCall()).toBe('cancel');
    expect((await post(`${API_URL}/stop`, { running: 'maybe' })).statusCode).toBe(422);
  });
});
