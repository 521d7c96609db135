import { appendFile, copyFile, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultRecord } from '../../src/contract/record.ts';
import {
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
} from '../support/e2e/harness.ts';

describe('bad movies in a live session', () => {
  let testSession: TestSession;
  let source: TestSession;
  let service: RunningService;
  let movieBytes: Buffer;
  let target: string;

  beforeAll(async () => {
    testSession = await makeTestSession(
      '[discovery]\nscan_seconds = 0.2\nquiet_seconds = 0.5\ncomplete_seconds = 3\npatience_seconds = 3\n[retry]\nattempts = 2\ndelay_seconds = 0\n',
    );
    source = await makeTestSession();
    await simulate(source, '--movies', '1', '--size', '384x384', '--frames', '8', '--seed', '11');
    await simulate(testSession, '--movies', '2', '--size', '384x384', '--frames', '8', '--seed', '12');
    const movie = (await filesBelow(source.raw)).find((f) => f.endsWith('_fractions.tiff')) ?? '';
    movieBytes = await readFile(join(source.raw, movie));
    target = join(testSession.raw, dirname(movie));
    await mkdir(target, { recursive: true });
    service = await startServe(testSession);
    await fetch(
      `${service.url}${testSession.route}/start-processing?apix=1&fmdose=1.5&kev=300&access_token=${TOKEN}`,
    );
  });
  afterAll(async () => {
    await service?.stop();
    await Promise.all([testSession.remove(), source.remove()]);
  });

  const recordOf = async (name: string): Promise<ResultRecord | undefined> =>
    (await readRecords(testSession).catch(() => [])).find((r) => basename(r.movie.path) === name);

  it('a growing movie is read only when it is complete and has not changed for `quiet_seconds`', async () => {
    const name = 'FoilHole_1_Data_1_1_20260101_000000_fractions.tiff';
    const step = Math.ceil(movieBytes.length / 12);
    for (let offset = 0; offset < movieBytes.length; offset += step) {
      await appendFile(join(target, name), movieBytes.subarray(offset, offset + step));
      const appendedAt = performance.now();
      // Longer than the scan interval, shorter than `quiet_seconds`: every scan finds the file larger.
      await until(() => performance.now() - appendedAt > 300, 'the next chunk');
      if (offset + step < movieBytes.length) expect(await recordOf(name)).toBeUndefined();
    }
    await until(async () => (await recordOf(name)) !== undefined, 'the movie to be done');
    const record = await recordOf(name);
    expect(record?.outcome.status).toBe('ok');
    expect(record?.attempt).toBe(1);
    expect(record?.movie.sizeBytes).toBe(movieBytes.length);
  });

  it('empty, truncated, corrupt and wrong-size movies each fail with their own error; the session still completes', async () => {
    const name = (n: number) => `FoilHole_1_Data_1_${n}_20260101_000000_fractions.tiff`;
    await writeFile(join(target, name(2)), '');
    await writeFile(join(target, name(3)), movieBytes);
    await truncate(join(target, name(3)), Math.floor(movieBytes.length * 0.6));
    await writeFile(join(target, name(4)), Buffer.alloc(movieBytes.length, 0x5a));
    const smallSession = await makeTestSession();
    await simulate(smallSession, '--movies', '1', '--size', '256x320', '--frames', '8', '--seed', '13');
    const wrongSizeMovie =
      (await filesBelow(smallSession.raw)).find((f) => f.endsWith('_fractions.tiff')) ?? '';
    await copyFile(join(smallSession.raw, wrongSizeMovie), join(target, name(5)));
    await smallSession.remove();
    const expected = new Map([
      [name(2), 'MOVIE_EMPTY'],
      [name(3), 'MOVIE_TRUNCATED'],
      [name(4), 'MOVIE_CORRUPT'],
    ]);
    await until(
      async () => {
        const { state, raw_files } = await status(service, testSession);
        return state === 'processing_complete' && raw_files === 7;
      },
      'the session to complete',
      240_000,
    );
    const records = await readRecords(testSession);
    for (const [file, code] of expected) {
      const outcome = records.find((r) => basename(r.movie.path) === file)?.outcome;
      expect(outcome, file).toMatchObject({ status: 'failed', code });
    }
    const wrongSize = records.find((r) => basename(r.movie.path) === name(5));
    expect(wrongSize?.outcome).toMatchObject({ code: 'MOVIE_DIFFERS' });
    expect(wrongSize?.outcome.status === 'failed' && wrongSize.outcome.message).toMatch(
      /256 x 320 pixels, other movies 384 x 384/,
    );
    expect(await status(service, testSession)).toMatchObject({
      raw_files: 7,
      processed_files: 3,
      failed_jobs: 4,
    });
  }, 300_000);

  it('a movie that was copied again is processed automatically', async () => {
    const name = 'FoilHole_1_Data_1_3_20260101_000000_fractions.tiff';
    await writeFile(join(target, name), movieBytes);
    await until(
      async () => (await recordOf(name))?.outcome.status === 'ok',
      'the result of the repaired movie',
    );
  });
});
