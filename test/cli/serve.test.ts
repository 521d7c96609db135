import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ORIGINAL_CONFIG } from '../fixtures/original.ts';

const BIN = fileURLToPath(new URL('../../bin/cryoem', import.meta.url));

let top: string;
let children: ChildProcess[];
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'cryoem-serve-'));
  mkdirSync(join(top, 'cryoem1'));
  children = [];
});
afterEach(() => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  rmSync(top, { recursive: true, force: true });
});

function serve(config: string, ...args: string[]) {
  const path = join(top, 'cryoem.conf');
  writeFileSync(path, config, { mode: 0o600 });
  const env = { PATH: process.env.PATH, HOME: top, XDG_STATE_HOME: join(top, 'state') };
  const child = spawn(process.execPath, [BIN, 'serve', '--config', path, ...args], { env, stdio: 'pipe' });
  children.push(child);
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (output.out += chunk));
  child.stderr.on('data', (chunk) => (output.err += chunk));
  const exitCode = new Promise<number | null>((resolve) => child.once('close', resolve));
  const address = () => /CryoEM Service: (http:\S+)/.exec(output.err)?.[1];
  return { child, output, exitCode, address };
}

/** The original config file, with its session directory moved into the directory of this test. */
const config = () =>
  ORIGINAL_CONFIG.replace('session_dir = /cryoem1', `session_dir = ${join(top, 'cryoem1')}`);

describe('cryoem serve', () => {
  it('runs with the original config file, keeps the token out of its log, and shuts down properly on SIGTERM', async () => {
    const { child, output, exitCode, address } = serve(config(), '--port', '0');
    await expect.poll(address).toBeDefined();
    const url = `${address()}/ttrojan_123/ttrojan/sessions?access_token=somesecret`;
    expect(await (await fetch(url)).json()).toEqual({ sessions: [] });
    const start = `${address()}/p/u/session/none/start-processing?apix=1&kev=300&access_token=somesecret`;
    expect(await (await fetch(start)).json()).toMatchObject({ results: 'no_such_session' });
    child.kill('SIGTERM');
    expect(await exitCode).toBe(0);
    expect(output.out).toContain('"msg":"the service has stopped"');
    expect(output.out).toContain('/p/u/session/none/start-processing"');
    // Only the warning that the token is the published example may contain the token.
    const lines = output.out.split('\n').filter((line) => !line.includes('is the published example'));
    expect(lines.join('\n')).not.toContain('somesecret');
    for (const line of output.out.trim().split('\n')) expect(() => JSON.parse(line), line).not.toThrow();
  });

  it('lists all errors in its config file with their lines, and exits with 1', async () => {
    const { output, exitCode } = serve(
      config().replace('port = 8115', 'port = no').replace('= 50', '= fifty'),
    );
    expect(await exitCode).toBe(1);
    expect(output.err).toMatch(/line 9: \[api\] port: expected a whole number/);
    expect(output.err).toMatch(/line 15: \[params\] debug_maxjobs/);
  });

  it('with the public example token, refuses to listen on any address except loopback', async () => {
    const { output, exitCode } = serve(config(), '--host', '0.0.0.0');
    expect(await exitCode).toBe(1);
    expect(output.err).toContain('needs its own token');
  });

  it('refuses a second service with the same state directory', async () => {
    const first = serve(config(), '--port', '0');
    await expect.poll(first.address).toBeDefined();
    const second = serve(config(), '--port', '0');
    expect(await second.exitCode).toBe(1);
    expect(second.output.err).toContain('Another service uses the state directory');
    first.child.kill('SIGINT');
    expect(await first.exitCode).toBe(0);
  });

  it('exits with 2 on incorrect usage', async () => {
    expect(await serve(config(), '--port', 'x').exitCode).toBe(2);
  });
});
