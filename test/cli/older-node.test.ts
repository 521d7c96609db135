import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ORIGINAL_CONFIG } from '../fixtures/original.ts';

const BIN = fileURLToPath(new URL('../../bin/cryoem', import.meta.url));
const SYSTEM_NODE = '/usr/bin/node';

/** Whether the machine has an older Node.js, under which `bin/cryoem` starts the pinned one. */
const hasOlderNode =
  existsSync(SYSTEM_NODE) &&
  Number(execFileSync(SYSTEM_NODE, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' })) < 24;

let top: string;
let child: ChildProcess;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'cryoem-older-node-'));
  mkdirSync(join(top, 'cryoem1'));
});
afterEach(() => {
  child.kill('SIGKILL');
  rmSync(top, { recursive: true, force: true });
});

/** Starts `cryoem serve`, with the channel that an older Node.js opens to it, and waits until it responds. */
async function serve(node: string, channel: 'ipc' | 'ignore'): Promise<ChildProcess> {
  const path = join(top, 'cryoem.conf');
  writeFileSync(
    path,
    ORIGINAL_CONFIG.replace('session_dir = /cryoem1', `session_dir = ${join(top, 'cryoem1')}`),
    { mode: 0o600 },
  );
  const env = { PATH: process.env.PATH, HOME: top, XDG_STATE_HOME: join(top, 'state') };
  const args = [BIN, 'serve', '--config', path, '--port', '0'];
  child = spawn(node, args, { env, stdio: ['ignore', 'ignore', 'pipe', channel] });
  let printed = '';
  child.stderr?.on('data', (chunk) => (printed += chunk));
  await expect.poll(() => printed).toContain('CryoEM Service: http');
  return child;
}

/** Processes whose command line contains the folder of this test. */
const processesOfTest = (): string[] =>
  readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(top);
    } catch {
      return false; // it has ended
    }
  });

describe('a service that another Node.js started', () => {
  it('stops properly when the channel to that process closes', async () => {
    const started = await serve(process.execPath, 'ipc');
    const ended = new Promise((resolve) => started.once('exit', resolve));
    started.disconnect();
    expect(await ended).toBe(0);
  });

  it.skipIf(!hasOlderNode)('ends when that process is killed, even with SIGKILL', async () => {
    const started = await serve(SYSTEM_NODE, 'ignore');
    expect(processesOfTest().length).toBeGreaterThan(1);
    started.kill('SIGKILL');
    await expect.poll(processesOfTest).toEqual([]);
  });
});
