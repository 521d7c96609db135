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
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (printed.out += chunk));
  child.stderr.on('data', (chunk) => (printed.err += chunk));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, printed, ended };
}

describe('cryoem demo', () => {
  it.each([
    ['--port', '99999'],
    ['--interval', 'soon'],
    ['--interval', '-1'],
    ['--movies', '1.5'],
    ['--prot', '1'],
  ])('reports incorrect usage for %s %s', async (...args) => {
    const { printed, ended } = demo(...args);
    expect(await ended).toBe(2);
    expect(printed.err).toContain(args[0]);
    expect(printed.err).not.toContain('node:');
  });

  it('reports that its port is in use and what to do, and leaves no files', async () => {
    const other = createServer();
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    const { port } = other.address() as AddressInfo;
    const { printed, ended } = demo('--port', String(port));
    expect(await ended).toBe(1);
    expect(printed.err).toMatch(new RegExp(`port ${port} .* is in use: .*--port`));
    expect(printed.err).not.toContain('    at ');
    expect(readdirSync(scratch).filter((name) => name.startsWith('cryoem-demo-'))).toEqual([]);
    other.close();
  });

  it('ends on Ctrl-C, even if it is pressed twice in a row, and removes its files', async () => {
    const { child, printed, ended } = demo('--port', '0', '--movies', '1');
    await expect.poll(() => printed.err).toContain('Ctrl-C stops the demo');
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(readdirSync(scratch).filter((name) => name.startsWith('cryoem-demo-'))).toEqual([]);
  });
});
