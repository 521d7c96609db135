import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { settingsFrom } from '../../src/cli/config-settings.ts';
import type { SessionKey } from '../../src/contract/api.ts';
import type { ServiceSettings } from '../../src/contract/settings.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { Executors } from '../../src/executors/registry.ts';
import { createSessionService } from '../../src/sessions/create-service.ts';
import { pathsOf } from '../../src/sessions/names.ts';
import type { SessionService } from '../../src/sessions/service.ts';
import type { Tuning } from '../../src/sessions/tuning.ts';
import { TEST_TIMEOUT_MS } from '../support/test-timeout.ts';

export const KEY: SessionKey = { project: 'ttrojan_123', user: 'ttrojan', session: '20210427_k3_sample' };
export const VALUES = { apix: 0.8, kev: 300, fmdose: 1.2 } as const;

/**
 * Bytes of a complete MRC movie with 8x4 pixels and this number of frames: mode 0 (one byte per pixel), with
 * an MRC2014 header.
 */
export function mrcMovie(frames = 2): Buffer {
  const header = Buffer.alloc(1024);
  for (const [word, value] of [8, 4, frames, 0, 0, 0, 0, 8, 4, frames].entries())
    header.writeInt32LE(value, 4 * word);
  for (const [word, cellA] of [6.4, 3.2, 0.8 * frames, 90, 90, 90].entries())
    header.writeFloatLE(cellA, 40 + 4 * word);
  for (const [word, axis] of [1, 2, 3].entries()) header.writeInt32LE(axis, 64 + 4 * word);
  header.writeInt32LE(20140, 108);
  header.write('MAP ', 208, 'latin1');
  header.set([0x44, 0x44, 0, 0], 212);
  return Buffer.concat([header, Buffer.alloc(32 * frames, 1)]);
}

/** Waits until the condition holds. */
export async function until<T>(
  description: string,
  condition: () => T | Promise<T>,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + TEST_TIMEOUT_MS;
  for (;;) {
    const value = await condition();
    if (value) return value as NonNullable<T>;
    if (performance.now() > deadline) throw new Error(`not reached in time: ${description}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const QUICK: Partial<Tuning> = {
  hotMs: 10,
  fullMs: 200,
  sessionsMs: 30,
  incompleteTimeoutMs: 400,
  resultsMs: 15,
  idleMs: 15,
  pollMs: 50,
  diskFullMs: 50,
  summaryMs: 5,
};

/** A session directory and a state directory, and the services that use them. */
export class World {
  readonly top = mkdtempSync(join(tmpdir(), 'cryoem-sessions-'));
  readonly sessionDir = join(this.top, 'data');
  readonly stateDir = join(this.top, 'state');
  readonly paths = pathsOf(this.sessionDir, KEY);
  settings: ServiceSettings = {
    ...settingsFrom({
      general: { session_dir: this.sessionDir, state_dir: this.stateDir },
      api: { token: 'secret' },
      params: {},
      local: {},
      discovery: { scan_seconds: 0.1, quiet_seconds: 0.05, complete_seconds: 1 },
      retry: { attempts: 3, delay_seconds: 0 },
    }),
    batches: { cycleSize: 10, batchesPerGpu: 3, gpusPerNode: 1, maxJobs: 100 },
  };
  readonly runningServices: SessionService[] = [];

  constructor() {
    mkdirSync(this.paths.raw, { recursive: true });
  }

  write(path: string, bytes: Uint8Array | string): string {
    const full = join(this.paths.raw, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, bytes);
    return full;
  }

  /** Writes movies with EPU names into one grid square, numbered from `from`. Returns their base names. */
  writeMovies(count: number, from = 0): string[] {
    const names = Array.from({ length: count }, (_, i) => `FoilHole_${String(from + i).padStart(4, '0')}`);
    for (const name of names) this.write(`GridSquare_1/Data/${name}_fractions.mrc`, mrcMovie());
    return names;
  }

  /** Changes settings of a section; they apply to the next service. */
  set<Section extends keyof ServiceSettings>(
    section: Section,
    changes: Partial<ServiceSettings[Section]>,
  ): void {
    this.settings = { ...this.settings, [section]: { ...Object(this.settings[section]), ...changes } };
  }

  async serve(
    executor: Executor | Executor[],
    tuning: Partial<Tuning> = {},
    clock: Clock = systemClock,
  ): Promise<SessionService> {
    const logger = pino({ level: process.env.TEST_LOG ?? 'silent' });
    const service = await createSessionService({
      settings: this.settings,
      executors: new Executors([executor].flat()),
      logger,
      clock,
      tuning: { ...QUICK, ...tuning },
    });
    this.runningServices.push(service);
    await until('the service is ready', () => service.ready());
    return service;
  }

  /** Closes the services and starts another one. */
  async serveAgain(executor: Executor | Executor[]): Promise<SessionService> {
    await this.endServices();
    return this.serve(executor);
  }

  async endServices(): Promise<void> {
    for (const service of this.runningServices.splice(0)) await service.close();
  }

  async close(): Promise<void> {
    await this.endServices();
    rmSync(this.top, { recursive: true, force: true });
  }
}
