import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerOptions } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Discovery } from '../../../src/sessions/discovery/discovery.ts';
import type { ScanReport, WatchRequest } from '../../../src/sessions/discovery/messages.ts';
import { until } from '../support.ts';

/** The operating system cannot end a thread while one of its file calls hangs. */
const fileCall = vi.hoisted(() => ({ isHanging: false }));
vi.mock('node:worker_threads', async (original) => {
  const real = await original<typeof import('node:worker_threads')>();
  const script = new URL('./hanging-thread.mjs', import.meta.url);
  class HangingThread extends real.Worker {
    constructor(_url: URL, options: WorkerOptions) {
      super(script, options);
    }

    override terminate(): Promise<number> {
      return fileCall.isHanging ? new Promise(() => undefined) : super.terminate();
    }
  }
  return { ...real, Worker: HangingThread };
});

const HANG_MS = 600;
const times = { scanMs: 50, quietMs: 0, hotMs: 10, fullMs: 1000, incompleteTimeoutMs: 1000 };

let top: string;
let discovery: Discovery;
let reports: ScanReport[];
let scans: number;
let released: number[];
const watchRequests = new Map<number, WatchRequest>();

function open(sessionDir: string): void {
  discovery = new Discovery(
    { sessionDir, sessionsMs: 20, times, hangMs: HANG_MS },
    {
      sessions: () => scans++,
      scanned: (report) => reports.push(report),
      // As the registry does.
      restarted: () => {
        for (const request of watchRequests.values()) discovery.watch(request);
      },
      released(id) {
        released.push(id);
        const request = watchRequests.get(id);
        if (request) discovery.watch(request);
      },
    },
  );
}

function watch(id: number, name: string): WatchRequest {
  const root = join(top, name);
  mkdirSync(root, { recursive: true });
  const request = { id, root, raw: join(root, 'raw'), fileNameFilter: {}, known: [] };
  watchRequests.set(id, request);
  discovery.watch(request);
  return request;
}

const expectNextReport = (id: number, problem: unknown) => {
  const from = reports.length;
  return until(`session ${id} is reported`, () => reports.slice(from).find((r) => r.id === id)).then(
    (found) => expect(found.problem).toEqual(problem),
  );
};

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'cryoem-discovery-'));
  reports = [];
  released = [];
  scans = 0;
  watchRequests.clear();
});
afterEach(async () => {
  fileCall.isHanging = false;
  writeFileSync(join(top, 'release'), '');
  for (const { root } of watchRequests.values()) writeFileSync(join(root, 'release'), '');
  await discovery.close();
  rmSync(top, { recursive: true });
});

describe('a scan that never returns', () => {
  it('is reported with its session; scans of other sessions and the list of sessions continue', async () => {
    open(top);
    watch(1, 'good');
    const hung = watch(2, 'hung');
    await until('the hang is noticed', () => discovery.hungFolders.length > 0);
    expect(discovery.hungFolders).toEqual([hung.raw]);
    expect(reports.findLast(({ id }) => id === 2)?.problem).toContain(`${hung.raw} does not respond`);
    await expectNextReport(1, null);
    const before = scans;
    await until('the sessions are listed', () => scans > before);
    await expect(discovery.request('suggest', { raw: hung.raw, movie: 'a' })).rejects.toThrow('not respond');
  });

  it('does not affect a session that is watched later, and the session is scanned again when it responds', async () => {
    open(top);
    const hung = watch(2, 'hung');
    await until('the hang is noticed', () => discovery.hungFolders.length > 0);
    watch(3, 'later');
    await expectNextReport(3, null);
    writeFileSync(join(hung.root, 'release'), '');
    await until('it is released', () => released.includes(2));
    expect(discovery.hungFolders).toEqual([]);
    await expectNextReport(2, null);
  });

  it('that belongs to a request makes the request fail; sessions continue to be scanned', async () => {
    open(top);
    watch(1, 'good');
    await expectNextReport(1, null);
    mkdirSync(join(top, 'hung-request'));
    const request = discovery.request('suggest', { raw: join(top, 'hung-request/raw'), movie: 'a' });
    await expect(request).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await expectNextReport(1, null);
    writeFileSync(join(top, 'hung-request/release'), '');
    await until('it has returned', () => discovery.hungFolders.length === 0);
  });

  it('does not affect requests about other sessions: the next thread responds to them', async () => {
    open(top);
    watch(1, 'hung');
    const request = discovery.request('suggest', { raw: join(top, 'good/raw'), movie: 'a' });
    await until('the hang is noticed', () => discovery.hungFolders.length > 0);
    expect(await request).toEqual({ values: {}, instrument: null });
  });

  it('that lists the sessions does not stop the scans of known sessions', async () => {
    const sessionDir = join(top, 'hung-list');
    mkdirSync(sessionDir);
    open(sessionDir);
    await until('the hang is noticed', () => discovery.hungFolders.length > 0);
    watch(1, 'good');
    await expectNextReport(1, null);
    expect(scans).toBe(0);
    writeFileSync(join(sessionDir, 'release'), '');
    await until('the sessions are listed', () => scans > 0);
  });

  it('does not prevent the service from closing', async () => {
    open(top);
    watch(2, 'hung');
    await until('the hang is noticed', () => discovery.hungFolders.length > 0);
    fileCall.isHanging = true;
    await discovery.close();
    expect(discovery.hungFolders).toHaveLength(1);
  });
});
