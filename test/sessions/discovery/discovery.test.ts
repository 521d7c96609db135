import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Discovery } from '../../../src/sessions/discovery/discovery.ts';
import { until } from '../support.ts';

let top: string;
let discovery: Discovery;
let scans: number;
let restarts: string[];
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'cryoem-discovery-'));
  mkdirSync(join(top, 'raw'));
  scans = 0;
  restarts = [];
  const times = { scanMs: 50, quietMs: 0, hotMs: 10, fullMs: 1000, incompleteTimeoutMs: 1000 };
  discovery = new Discovery(
    { sessionDir: top, sessionsMs: 20, times },
    { sessions: () => scans++, scanned: () => undefined, restarted: (reason) => restarts.push(reason) },
  );
});
afterEach(async () => {
  await discovery.close();
  rmSync(top, { recursive: true });
});

test('a thread that ended is restarted, and requests that are made in the meantime get a response', async () => {
  await until('the thread scans', () => scans > 0);
  writeFileSync(join(top, 'raw', 'K3_gain.tiff'), 'gain');
  const { worker } = (discovery as unknown as { thread: { worker: Worker } }).thread;
  await worker.terminate();
  const request = { raw: join(top, 'raw'), gain: null, defects: null };
  const response = await discovery.request('references', request);
  expect(response.gainPath).toBe(join(top, 'raw', 'K3_gain.tiff'));
  expect(restarts).toHaveLength(1);
  const before = scans;
  await until('the thread scans again', () => scans > before);
});

test('a request that is cancelled is rejected, and the thread ends its search and continues', async () => {
  const { worker } = (discovery as unknown as { thread: { worker: Worker } }).thread;
  const post = vi.spyOn(worker, 'postMessage');
  const controller = new AbortController();
  const request = { raw: join(top, 'raw'), gain: '**/*', defects: null };
  const response = discovery.request('references', request, controller.signal);
  controller.abort();
  await expect(response).rejects.toThrow('no longer waits');
  expect(post.mock.calls.map(([message]) => message)).toMatchObject([
    { type: 'request', number: 1 },
    { type: 'cancel', number: 1 },
  ]);
  expect((await discovery.request('references', { ...request, gain: 'a' })).gainPath).toBe(
    join(top, 'raw/a'),
  );
});
