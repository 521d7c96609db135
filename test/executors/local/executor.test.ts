import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLocalExecutor } from '../../../src/executors/local/executor.ts';
import { TEST_TIMEOUT_MS } from '../../support/test-timeout.ts';
import { describeExecutor } from '../conformance.ts';
import { isRunning } from '../process-fixture.ts';

const GRACE_MS = 300;
const STUB_WORKER = fileURLToPath(new URL('../stub-worker.mjs', import.meta.url));
const EXECUTOR = new URL('../../../src/executors/local/executor.ts', import.meta.url).href;
const WAIT = { timeout: TEST_TIMEOUT_MS, interval: 20 };

describeExecutor('local', {
  outlivesService: false,
  create: async ({ slots, command }) =>
    createLocalExecutor({ slots, threads: 1, graceMs: GRACE_MS, ...(command ? { command } : {}) }),
});

describe('local executor after a restart of the service', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cryoem-local-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /**
   * Starts a service that submits a batch for the stub worker, and then kills the service. Returns the pid of
   * the worker.
   */
  async function abandonWorker(token: string): Promise<number> {
    const batchPath = join(directory, `${token}.json`);
    writeFileSync(batchPath, JSON.stringify({ stub: { folder: directory, action: 'stubborn' } }));
    const submission = { batchPath, token, logPath: join(directory, 'log') };
    const script = `import { createLocalExecutor } from ${JSON.stringify(EXECUTOR)};
      const executor = createLocalExecutor({ slots: 1, command: ${JSON.stringify([process.execPath, STUB_WORKER])} });
      await executor.submit(${JSON.stringify(submission)});
      setInterval(() => {}, 1e6);`;
    const service = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    const events = join(directory, 'events');
    await vi.waitFor(
      () => expect(existsSync(events) && readFileSync(events, 'utf8')).toContain('start'),
      WAIT,
    );
    const exited = new Promise((resolve) => service.once('exit', resolve));
    service.kill('SIGKILL');
    await exited;
    return Number(readFileSync(join(directory, `${token}.pid`), 'utf8'));
  }

  it('finds a worker of the earlier service process, and can stop it', async () => {
    const token = `abandoned-${process.pid}`;
    const pid = await abandonWorker(token);
    const executor = createLocalExecutor({ slots: 1, graceMs: GRACE_MS });
    const handle = { executor: 'local', token, id: token };
    expect((await executor.poll([handle])).get(token)).toEqual({ state: 'running' });
    await executor.cancel([handle]);
    expect(isRunning(pid)).toBe(false);
    expect((await executor.poll([handle])).get(token)).toMatchObject({
      state: 'ended',
      ending: { how: 'lost' },
    });
  });
});

describe('local executor', () => {
  it('reports failed for a worker command that does not exist', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'cryoem-local-'));
    const executor = createLocalExecutor({ slots: 1, command: [join(directory, 'no-such-program')] });
    const ending = await new Promise((resolve) => {
      executor.onEnded((_token, ending) => resolve(ending));
      void executor.submit({ batchPath: 'none.json', token: 'no-command', logPath: join(directory, 'log') });
    });
    expect(ending).toMatchObject({ how: 'failed', detail: expect.stringContaining('ENOENT') });
    await executor.close();
    rmSync(directory, { recursive: true });
  });

  it('runs a batch only once, even if it is submitted again', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'cryoem-local-'));
    const batchPath = join(directory, 'twice.json');
    writeFileSync(batchPath, JSON.stringify({ stub: { folder: directory, action: 'exit' } }));
    const executor = createLocalExecutor({ slots: 2, command: [process.execPath, STUB_WORKER] });
    const submission = { batchPath, token: 'twice', logPath: join(directory, 'log') };
    const ended = new Promise<void>((resolve) => executor.onEnded(() => resolve()));
    await executor.submit(submission);
    await executor.submit(submission);
    await ended;
    await executor.submit(submission);
    await executor.close();
    expect(readFileSync(join(directory, 'events'), 'utf8')).toBe('start twice\nend twice\n');
    rmSync(directory, { recursive: true });
  });
});
