import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/cryoem', import.meta.url));

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'cryoem-demo-test-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function demo(...args: string[]) {
  const env = { PATH: process.env.PATH, HOME: scratch, TMPDIR: scratch };
  const child = spawn(process.execPath, [BIN, 'demo', ...args], { env, stdio: 'pipe' });
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (output.out += chunk));
  child.stderr.on('data', (chunk) => (output.err += chunk));
  const exitCode = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, output, exitCode };
}

describe('cryoem demo', () => {
  it.each([
    ['--port', '99999'],
    ['--interval', 'soon'],
    ['--interval', '-1'],
    ['--movies', '1.5'],
    ['--prot', '1'],
  ])('reports incorrect usage for %s %s', async (...args) => {
    const { output, exitCode } = demo(...args);
    expect(await exitCode).toBe(2);
    expect(output.err).toContain(args[0]);
    expect(output.err).not.toContain('node:');
  });

  it('reports that its port is in use and what to do, and leaves no files', async () => {
    const otherServer = createServer();
    await new Promise<void>((resolve) => otherServer.listen(0, '127.0.0.1', resolve));
    const { port } = otherServer.address() as AddressInfo;
    const { output, exitCode } = demo('--port', String(port));
    expect(await exitCode).toBe(1);
    expect(output.err).toMatch(new RegExp(`port ${port} .* is in use: .*--port`));
    expect(output.err).not.toContain('    at ');
    expect(readdirSync(scratch).filter((name) => name.startsWith('cryoem-demo-'))).toEqual([]);
    otherServer.close();
  });

  it('ends on Ctrl-C, even if it is pressed twice in a row, and removes its files', async () => {
    const { child, output, exitCode } = demo('--port', '0', '--movies', '1');
    await expect.poll(() => output.err).toContain('Ctrl-C stops the demo');
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await exitCode).toBe(0);
    expect(readdirSync(scratch).filter((name) => name.startsWith('cryoem-demo-'))).toEqual([]);
  });
});
