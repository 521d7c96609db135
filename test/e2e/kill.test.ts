import { randomInt } from 'node:crypto';
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasErrorCode } from '../../src/base/errors.ts';
import {
  checkOutputs,
  checksums,
  filesBelow,
  makeTestSession,
  type RunningService,
  readRecords,
  simulate,
  startServe,
  status,
  type TestSession,
  TOKEN,
  until,
  workersOf,
} from '../support/e2e/harness.ts';

/** A round takes several seconds; KILL_ROUNDS=200 makes a long run. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 16);

/**
 * Copies the gain reference from the microscope to the session. Each call of `copyNext` then copies a movie,
 * under a unique name.
 */
async function prepareArrivals(microscope: TestSession, testSession: TestSession) {
  const files = await filesBelow(microscope.raw);
  const sources = files.filter((f) => f.endsWith('_fractions.tiff'));
  const gain = files.find((f) => f.endsWith('_gain.tiff'));
  if (gain) await cp(join(microscope.raw, gain), join(testSession.raw, gain));
  let movieCount = 0;
  return {
    count: () => movieCount,
    async copyNext(): Promise<void> {
      const source = sources[movieCount % sources.length] ?? '';
      const target = join(testSession.raw, source.replace(/_fractions/, `_${movieCount++}_fractions`));
      await mkdir(dirname(target), { recursive: true });
      await cp(join(microscope.raw, source), `${target}.part`);
      await rename(`${target}.part`, target);
    },
  };
}

async function killWorkersOf(testSession: TestSession): Promise<void> {
  for (const pid of await workersOf(testSession)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // The process may have ended before the signal was sent.
      if (!hasErrorCode(error, 'ESRCH')) throw error;
    }
  }
}

/** Expects one successful record for each movie, outputs that can be opened, and no other file. */
async function expectCompleteOutputs(testSession: TestSession): Promise<void> {
  const records = await readRecords(testSession);
  const movies = (await filesBelow(testSession.raw)).filter((f) => f.endsWith('_fractions.tiff'));
  expect(records.map((r) => r.movie.path).sort()).toEqual(movies);
  expect(records.filter((r) => r.outcome.status !== 'ok')).toEqual([]);
  for (const record of records) await checkOutputs(testSession, record);
  const expectedFiles = new Set([
    'corrected_micrographs.star', // of the whole session
    'micrographs_ctf.star',
    ...records.flatMap((r) => Object.values(r.files)),
    ...records.map((r) => `results/${r.movie.base}.json`),
  ]);
  expect((await filesBelow(testSession.processed)).filter((f) => !expectedFiles.has(f))).toEqual([]);
  expect((await readdir(testSession.processed)).filter((name) => name.startsWith('.'))).toEqual([]);
}

describe('kill -9 at random moments', () => {
  let testSession: TestSession;
  let microscope: TestSession;
  let service: RunningService | null = null;

  beforeAll(async () => {
    testSession = await makeTestSession(
      '[discovery]\nscan_seconds = 0.2\nquiet_seconds = 0.1\ncomplete_seconds = 2\n[retry]\nattempts = 20\ndelay_seconds = 0\n',
    );
    microscope = await makeTestSession();
    await simulate(microscope, '--movies', '6', '--size', '384x384', '--frames', '8', '--seed', '7');
  });
  afterAll(async () => {
    await service?.kill();
    await Promise.all([testSession.remove(), microscope.remove()]);
  });

  it(`loses nothing, processes nothing twice and damages no file in ${ROUNDS} rounds, with the ledger deleted in some`, async () => {
    const arrivals = await prepareArrivals(microscope, testSession);
    for (let i = 0; i < 4; i++) await arrivals.copyNext();

    service = await startServe(testSession);
    const startResponse = await fetch(
      `${service.url}${testSession.route}/start-processing?apix=1.0&fmdose=1.5&kev=300&access_token=${TOKEN}`,
    );
    expect(startResponse.status).toBe(200);

    for (let round = 0; round < ROUNDS; round++) {
      await arrivals.copyNext();
      if (round % 2 === 0) await arrivals.copyNext(); // so that some movies are always waiting
      await delay(randomInt(20, 1200)); // the service or its workers are killed at a random moment
      if (round % 3 === 2) {
        await killWorkersOf(testSession);
        continue;
      }
      await service.kill();
      if (round % 5 === 1) await rm(testSession.stateDir, { recursive: true, force: true });
      service = await startServe(testSession);
    }

    const runningService = service;
    await until(
      async () => (await status(runningService, testSession)).state === 'processing_complete',
      'the session to complete',
      240_000,
    );
    const finalStatus = await status(service, testSession);
    expect(finalStatus).toMatchObject({
      raw_files: arrivals.count(),
      processed_files: arrivals.count(),
      failed_jobs: 0,
      percent_done_total: 100,
    });

    await expectCompleteOutputs(testSession);
    // raw has the original files, byte for byte, and nothing else.
    const originals = await checksums(microscope.raw);
    for (const [file, checksum] of await checksums(testSession.raw)) {
      expect(originals.get(file.replace(/_\d+_fractions/, '_fractions')), file).toBe(checksum);
    }
    expect(await workersOf(testSession)).toEqual([]);
    await service.stop();
    service = null;
  }, 900_000);
});
