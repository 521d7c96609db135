import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settingsFrom } from '../../src/cli/config-settings.ts';
import { type RunningService, startService } from '../../src/cli/service.ts';
import { sessionDetailSchema, sessionListSchema } from '../../src/contract/api.ts';
import { CodedError } from '../../src/contract/errors.ts';

const KEY = 'ttrojan_123/sessions/ttrojan/20210427113_usc_ttrojan_k3_mysample1';
const logger = pino({ level: 'silent' });

let top: string;
let services: RunningService[];
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'cryoem-service-'));
  services = [];
});
afterEach(async () => {
  for (const service of services) await service.close();
  rmSync(top, { recursive: true, force: true });
});

const settingsOf = (general: object = {}, api: object = {}) =>
  settingsFrom({
    general: { session_dir: join(top, 'data'), state_dir: join(top, 'state'), ...general },
    api: { port: 0, token: 'somesecret', ...api },
    params: {},
    local: { slots: 1, threads: 1 },
    discovery: { scan_seconds: 0.1, quiet_seconds: 0 },
    retry: {},
  });

async function start(settings = settingsOf()) {
  const service = await startService({ settings, logger });
  services.push(service);
  return service;
}

describe('startService', () => {
  it('serves the sessions in the directory tree of the original service', async () => {
    mkdirSync(join(top, 'data', KEY, 'raw'), { recursive: true });
    const { address } = await start();
    const headers = { authorization: 'Bearer somesecret' };
    const sessions = async () =>
      sessionListSchema.parse(await (await fetch(`${address}/api/v1/sessions`, { headers })).json());
    await expect.poll(async () => (await sessions()).map((s) => s.session)).toHaveLength(1);

    const name = 'ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1';
    const detail = await fetch(`${address}/api/v1/sessions/${name}`, { headers });
    expect(sessionDetailSchema.parse(await detail.json()).counts.total).toBe(0);

    const status = await fetch(
      `${address}/${name.replace(/\/([^/]+)$/, '/session/$1')}?access_token=somesecret`,
    );
    expect(await status.json()).toMatchObject({ raw_files: 0, processed_files: 0, failed_jobs: 0 });
    const list = await fetch(`${address}/ttrojan_123/ttrojan/sessions?access_token=somesecret`);
    expect(await list.json()).toMatchObject({
      sessions: [{ session: name.split('/').at(-1), raw_files: 0 }],
    });
    const none = await fetch(`${address}/ttrojan_123/ttrojan/session/none?access_token=somesecret`);
    expect([none.status, await none.json()]).toMatchObject([200, { state: 'no_such_session' }]);
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
  });

  it('uses the program from the config file if none is given when a session is started', async () => {
    mkdirSync(join(top, 'data'));
    const settings = settingsOf();
    const paths = {
      ...settings.programs.paths,
      ctffind: process.execPath,
      motioncor2: process.execPath,
    };
    const programs = { ...settings.programs, ctf: 'ctffind', align: 'motioncor2', paths } as const;
    const { address } = await start({ ...settings, programs });
    const response = await fetch(`${address}/api/v1/parameters?access_token=somesecret`);
    expect(await response.json()).toMatchObject({
      defaults: { ctf_program: 'ctffind', align_program: 'motioncor2' },
    });
  });

  it('logs in with the one-time link', async () => {
    mkdirSync(join(top, 'data'));
    const service = await start();
    expect(service.loginLink()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/login\?key=/);
    const response = await fetch(service.loginLink(), { redirect: 'manual' });
    expect(response.status).toBe(303);
  });

  it('can be closed and started again with the same state directory', async () => {
    mkdirSync(join(top, 'data'));
    const first = await start();
    await first.close();
    await expect(fetch(`${first.address}/healthz`)).rejects.toThrow();
    const second = await start();
    expect((await fetch(`${second.address}/healthz`)).status).toBe(200);
  });

  it('lists all problems with the machine at once, each with its remedy', async () => {
    writeFileSync(join(top, 'state'), 'a file where a directory should be');
    const otherServer = createServer();
    await new Promise<void>((resolve) => otherServer.listen(0, '127.0.0.1', resolve));
    const { port } = otherServer.address() as { port: number };
    const settings = settingsOf({}, { port });
    const programs = {
      ...settings.programs,
      align: 'relion' as const,
      paths: { ...settings.programs.paths, relion: '/opt/no/relion_run_motioncorr' },
    };
    const refusal: unknown = await start({ ...settings, programs }).catch((error: unknown) => error);
    otherServer.close();
    expect(refusal).toBeInstanceOf(CodedError);
    const { code, message } = refusal as CodedError;
    expect(code).toBe('CANNOT_START');
    expect(message).toMatch(/mount or create it, or correct session_dir/);
    expect(message).toMatch(/state cannot be written.*set state_dir/);
    expect(message).toMatch(
      /align = relion in \[programs\] is missing: install it, set relion .* to its path, or align = builtin .*\/opt\/no/,
    );
    expect(message).toMatch(new RegExp(`port ${port} of 127.0.0.1 is in use.*--port`));
  });
});
