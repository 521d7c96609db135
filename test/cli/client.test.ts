import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resumeCommand } from '../../src/cli/resume.ts';
import { sessionsCommand } from '../../src/cli/sessions.ts';
import { startCommand } from '../../src/cli/start.ts';
import { statusCommand } from '../../src/cli/status.ts';
import { stopCommand } from '../../src/cli/stop.ts';
import { KEY } from '../http/memory-session-service.ts';
import { serviceUnderTest, TOKEN } from '../http/service-under-test.ts';

const NAME = `${KEY.project}/${KEY.user}/${KEY.session}`;
const folder = mkdtempSync(join(tmpdir(), 'cryoem-client-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
let url: string;
beforeEach(async () => {
  service = await serviceUnderTest();
  url = await service.listen();
  vi.stubEnv('CRYOEM_URL', url);
  vi.stubEnv('CRYOEM_TOKEN', TOKEN);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await service.close();
});

/** Runs a command in this process; returns its output and its exit code. */
async function run(command: Command, ...args: string[]) {
  const output = { out: '', err: '' };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output.out += text;
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    output.err += text;
    return true;
  });
  const previousExitCode = process.exitCode;
  process.exitCode = 0;
  try {
    await command.parseAsync(args, { from: 'user' });
    return { ...output, code: process.exitCode };
  } finally {
    process.exitCode = previousExitCode;
    out.mockRestore();
    err.mockRestore();
  }
}

describe('commands that connect to a running service', () => {
  it('list sessions as a table, and as JSON', async () => {
    const table = await run(sessionsCommand());
    expect(table.out.split('\n')[0]).toMatch(/^SESSION +STATE +DONE +FAILED +MOVIES/);
    expect(table.out).toMatch(new RegExp(`${NAME} +needs_processing +20 +5 +25`));
    expect(JSON.parse((await run(sessionsCommand(), '--json')).out)).toEqual([service.sessions.summary()]);
  });

  it('show the status of a session', async () => {
    expect((await run(statusCommand(), NAME)).out).toContain('25: 20 done, 5 failed, 0 to do');
    expect(JSON.parse((await run(statusCommand(), NAME, '--json')).out)).toMatchObject({
      ...KEY,
      parameters: null,
    });
  });

  it('start a session with flags derived from the parameters, resume it and stop it', async () => {
    const flags = ['--apix', '0.813', '--kev', '300', '--superresolution', '--basename-prefix', 'a'];
    expect((await run(startCommand(), NAME, ...flags)).code).toBe(0);
    expect((await run(resumeCommand(), NAME, '--superresolution', 'False')).code).toBe(0);
    expect((await run(stopCommand(), NAME)).out).toContain('needs_processing');
    expect(service.sessions.calls).toEqual([
      { name: 'start', values: { apix: 0.813, kev: 300, superresolution: true, basename_prefix: 'a' } },
      { name: 'resume', values: { superresolution: false } },
      { name: 'stop', values: 'cancel' },
    ]);
  });

  it('print every invalid field if a start is refused, and exit with 1', async () => {
    const { err, code } = await run(startCommand(), NAME, '--apix', 'x');
    expect(code).toBe(1);
    expect(err).toContain('apix must be a number');
    expect(err).toContain('kev is missing');
  });

  it('exit with 1 if there is no such session, or the token is wrong', async () => {
    const missing = await run(statusCommand(), 'p/u/none');
    expect([missing.code, missing.err]).toEqual([1, expect.stringContaining('NO_SUCH_SESSION')]);
    vi.stubEnv('CRYOEM_TOKEN', 'wrong');
    expect((await run(sessionsCommand())).err).toContain('UNAUTHORIZED');
  });

  it('exit with 2 if the name of the session is incomplete', async () => {
    expect((await run(statusCommand(), 'p/u')).code).toBe(2);
  });

  it('exit with 3 if nothing responds, or if another program responds', async () => {
    await service.close();
    const unreachable = await run(sessionsCommand());
    expect([unreachable.code, unreachable.err]).toEqual([3, expect.stringContaining(url)]);
    const otherServer = createServer((_request, response) => response.end('<h1>hello</h1>'));
    await new Promise<void>((resolve) => otherServer.listen(0, '127.0.0.1', resolve));
    const { port } = otherServer.address() as AddressInfo;
    expect((await run(sessionsCommand(), '--url', `http://127.0.0.1:${port}`)).code).toBe(3);
    otherServer.close();
  });

  it('take the address and the token from the config file', async () => {
    vi.unstubAllEnvs();
    const path = join(folder, 'c.conf');
    const text = `[general]\nsession_dir = /d\n[api]\nport = ${new URL(url).port}\ntoken = ${TOKEN}\n`;
    writeFileSync(path, text, { mode: 0o600 });
    expect((await run(sessionsCommand(), '--config', path)).out).toContain(NAME);
  });

  it('print a sample and exit with 1 if there is no config file', async () => {
    vi.unstubAllEnvs();
    const { code, err } = await run(sessionsCommand(), '--config', join(folder, 'none.conf'));
    expect([code, err]).toEqual([1, expect.stringContaining('session_dir = /cryoem1')]);
  });
});
