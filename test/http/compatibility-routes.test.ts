import { execFile, spawnSync } from 'node:child_process';
import { get } from 'node:http';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ORIGINAL_CURL_LINES } from '../fixtures/original.ts';
import { serviceUnderTest } from './service-under-test.ts';

const TOKEN = 'somesecret';
const SESSION = '/ttrojan_123/ttrojan/session/20210427113_usc_ttrojan_k3_mysample1';
const FIELDS = [
  'failed_jobs',
  'percent_current_cycle',
  'percent_done_total',
  'processed_files',
  'raw_files',
  'state',
];
const hasProgram = (program: string) => spawnSync(program, ['--version']).status === 0;

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
beforeEach(async () => {
  service = await serviceUnderTest({ token: TOKEN });
});
afterEach(() => service.close());

const request = (url: string, method: 'GET' | 'POST' = 'GET', payload?: string | object, headers = {}) =>
  service.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });

describe.skipIf(!hasProgram('curl') || !hasProgram('python3'))(
  'the original curl commands (skipped without curl or python3)',
  () => {
    it('start, start again and show the status as written, except for the port', async () => {
      const port = new URL(await service.listen()).port;
      const shell = promisify(execFile);
      const responses: Record<string, unknown>[] = [];
      for (const line of ORIGINAL_CURL_LINES) {
        const command = line
          .replace('localhost:8112', `127.0.0.1:${port}`)
          .replace('python -m', 'python3 -m');
        const { stdout } = await shell('bash', ['-c', command]);
        responses.push(JSON.parse(stdout));
      }
      expect(responses).toHaveLength(3);
      const [start, startAgain, status] = responses.map((response) => Object.keys(response));
      expect(start).toEqual([...FIELDS, 'result']);
      expect(startAgain).toEqual([...FIELDS, 'result']);
      expect(status).toEqual(FIELDS);
      const values = { apix: 0.813, fmdose: 1.224, kev: 300, superresolution: false };
      expect(service.sessions.calls).toEqual([
        { name: 'start', values },
        { name: 'start', values },
      ]);
      expect(responses[2]?.state).toBe('processing_start');
    });
  },
);

describe.each(['GET', 'POST'] as const)('by %s', (method) => {
  it('the list contains each session with its status', async () => {
    const response = await request(`/ttrojan_123/ttrojan/sessions?access_token=${TOKEN}`, method);
    expect(response.statusCode).toBe(200);
    const { sessions, ...otherFields } = response.json();
    expect(otherFields).toEqual({});
    expect(sessions).toHaveLength(1);
    const { session } = service.sessions.summary();
    expect(sessions[0]).toMatchObject({ session_id: session, session, raw_files: 25 });
  });

  it('the status has exactly the six fields', async () => {
    const response = await request(`${SESSION}?access_token=${TOKEN}`, method);
    expect(response.statusCode).toBe(200);
    expect(Object.keys(response.json())).toEqual(FIELDS);
  });

  it('a missing session has the state no_such_session and zeros, on every route', async () => {
    for (const action of ['', '/start-processing', '/stop-processing', '/resume-processing']) {
      const url = `/p/u/session/none${action}?apix=1&kev=300&access_token=${TOKEN}`;
      const response = await request(url, method);
      expect(response.statusCode).toBe(200);
      expect(response.json()).toEqual({
        ...(action === '' ? {} : { results: 'no_such_session' }),
        failed_jobs: 0,
        percent_current_cycle: 0,
        percent_done_total: 0,
        processed_files: 0,
        raw_files: 0,
        state: 'no_such_session',
      });
    }
  });

  it('stop and resume work', async () => {
    await request(`${SESSION}/resume-processing?fmdose=2&access_token=${TOKEN}`, method);
    const response = await request(`${SESSION}/stop-processing?access_token=${TOKEN}`, method);
    expect(response.json().state).toBe('needs_processing');
    expect(service.sessions.calls).toEqual([
      { name: 'resume', values: { fmdose: 2 } },
      { name: 'stop', values: undefined },
    ]);
  });

  it('all invalid parameters are reported at once, and nothing is started', async () => {
    const response = await request(
      `${SESSION}/start-processing?apix=x&superresolution=perhaps&access_token=${TOKEN}`,
      method,
    );
    expect(response.statusCode).toBe(422);
    const { error } = response.json();
    expect(error.code).toBe('BAD_PARAMETERS');
    expect(error.faults.map((fault: { field: string }) => fault.field)).toEqual([
      'apix',
      'kev',
      'superresolution',
    ]);
    expect(service.sessions.calls).toEqual([]);
  });

  it('an unknown parameter is named in a header and has no effect', async () => {
    const response = await request(
      `${SESSION}/start-processing?apix=1&kev=300&gain%0d=1&access_token=${TOKEN}`,
      method,
    );
    expect(response.statusCode).toBe(200);
    expect(response.headers['x-cryoem-ignored']).toBe('gain%0D');
    expect(service.sessions.calls[0]?.values).toEqual({ apix: 1, kev: 300 });
  });

  it('a resume in a state that does not allow one is a conflict', async () => {
    service.sessions.wasStarted = false;
    const response = await request(`${SESSION}/resume-processing?access_token=${TOKEN}`, method);
    expect(response.statusCode).toBe(409);
    expect(response.json().error.code).toBe('WRONG_STATE');
  });
});

describe('parameters', () => {
  const expected = { apix: 0.813, kev: 300, superresolution: true };

  it('are read from a form', async () => {
    const form = `apix=0.813&kev=300&superresolution=True&access_token=${TOKEN}`;
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await request(`${SESSION}/start-processing`, 'POST', form, type);
    expect(response.statusCode).toBe(200);
    expect(service.sessions.calls[0]?.values).toEqual(expected);
  });

  it('are read from JSON, merged with the query', async () => {
    const response = await request(
      `${SESSION}/start-processing?kev=200&apix=0.813&access_token=${TOKEN}`,
      'POST',
      {
        kev: 300,
        superresolution: true,
      },
    );
    expect(response.statusCode).toBe(200);
    expect(service.sessions.calls[0]?.values).toEqual(expected);
  });

  it('are completed from the config file', async () => {
    const otherService = await serviceUnderTest({ token: TOKEN, parameterDefaults: { kev: 300, cs: 2.7 } });
    await otherService.app.inject({ url: `${SESSION}/start-processing?apix=1&cs=&access_token=${TOKEN}` });
    await otherService.close();
    expect(otherService.sessions.calls[0]?.values).toEqual({ apix: 1, kev: 300, cs: 2.7 });
  });

  it('given twice are an error', async () => {
    const response = await request(`${SESSION}/start-processing?apix=1&apix=2&kev=300&access_token=${TOKEN}`);
    expect(response.statusCode).toBe(422);
  });
});

describe('a body', () => {
  it.each([
    ['that is not JSON', 'application/json', '{"apix":', 400],
    ['that is a list', 'application/json', '[1]', 400],
    ['of another type', 'text/xml', '<a/>', 415],
    ['larger than the limit', 'application/json', JSON.stringify({ apix: 'x'.repeat(70_000) }), 413],
    ['with a __proto__ key', 'application/json', '{"__proto__":{"kev":300}}', 400],
  ])('%s is refused as a bad request', async (_name, type, body, status) => {
    const response = await request(`${SESSION}/start-processing?access_token=${TOKEN}`, 'POST', body, {
      'content-type': type,
    });
    expect(response.statusCode).toBe(status);
    expect(response.json().error.code).toBe('BAD_REQUEST');
  });
});

describe('names in the path', () => {
  const names = [
    '..',
    '.',
    '..%2f..',
    '%2e%2e',
    '%2e',
    '..%5c..',
    'a%00b',
    '%2fetc',
    'a%0ab',
    '%c0%af',
    '%zz',
  ];
  it.each([...names, 'x'.repeat(256), '%e2%82%ac'.repeat(90)])('%s is not a valid name', async (name) => {
    const address = await service.listen();
    for (const path of [`/${name}/u/sessions`, `/p/${name}/sessions`, `/p/u/session/${name}`]) {
      const response = await requestVerbatim(address, `${path}?access_token=${TOKEN}`);
      expect(response.status, path).toBe(404);
      expect(response.json.error?.code, path).toBe('BAD_NAME');
    }
  });
});

/** Requests a path unchanged: `fetch` and `inject` would resolve dots in it. */
function requestVerbatim(address: string, path: string) {
  return new Promise<{ status: number | undefined; json: { error?: { code: string } } }>(
    (resolve, reject) => {
      const { hostname, port } = new URL(address);
      get({ hostname, port, path, agent: false }, (response) => {
        let body = '';
        response.on('data', (chunk) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode, json: JSON.parse(body) }));
      }).on('error', reject);
    },
  );
}
