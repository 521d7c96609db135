import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inspectFile } from '../../../src/sessions/discovery/inspect.ts';
import type { KnownFile } from '../../../src/sessions/discovery/messages.ts';
import type { FileNameFilter } from '../../../src/sessions/discovery/patterns.ts';
import { SessionWatch } from '../../../src/sessions/discovery/watch.ts';
import { mrcMovie } from '../support.ts';

const TIMES = { scanMs: 2000, quietMs: 1000, hotMs: 250, fullMs: 60_000, incompleteTimeoutMs: 60_000 };
const NAME = 'FoilHole_1_fractions.mrc';

let root: string;
let now: number;
let inspections: number;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cryoem-watch-'));
  mkdirSync(join(root, 'raw'));
  now = 1e6;
  inspections = 0;
});
afterEach(() => rmSync(root, { recursive: true }));

const inRaw = (path: string) => join(root, 'raw', path);
function write(path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(inRaw(path)), { recursive: true });
  writeFileSync(inRaw(path), bytes);
}
function watch(fileNameFilter: FileNameFilter = {}, known: KnownFile[] = []): SessionWatch {
  const inspect = (path: string) => {
    inspections++;
    return inspectFile(path);
  };
  return new SessionWatch(
    { id: 1, root, raw: join(root, 'raw'), fileNameFilter, known },
    TIMES,
    inspect,
    () => now,
  );
}
/** Scans for `ms`, every `stepMs`, on the test's clock. Returns the reports, as `kind path @ms`. */
async function scanFor(session: SessionWatch, ms: number, stepMs = 250): Promise<string[]> {
  const start = now;
  const reported: string[] = [];
  for (; now - start <= ms; now += stepMs)
    for (const { kind, path } of (await session.scan()).changes)
      reported.push(`${kind} ${path} @${now - start}`);
  return reported;
}

test('movies that exist when watching begins are backlog, even if a slow scan reports them later', async () => {
  for (let i = 0; i < 4; i++) write(`FoilHole_${i}_fractions.mrc`, mrcMovie());
  const slow = () => (now += 150);
  const watchRequest = { id: 1, root, raw: join(root, 'raw'), fileNameFilter: {}, known: [] };
  const session = new SessionWatch(watchRequest, TIMES, inspectFile, slow);
  const seen: boolean[][] = [];
  const scan = async () => {
    const { changes } = await session.scan();
    seen.push(changes.flatMap(({ kind, isBacklog = false }) => (kind === 'seen' ? isBacklog : [])));
  };
  await scan();
  expect(seen[0]?.length).toBeLessThan(4);
  for (let i = 0; i < 8; i++) await scan();
  expect(seen.flat()).toEqual([true, true, true, true]);
  write('FoilHole_9_fractions.mrc', mrcMovie());
  for (let i = 0; i < 20; i++) await scan();
  expect(seen.flat().slice(4)).toEqual([false]);
});

describe('watching the movies of a session', () => {
  test('a complete movie is ready after `quietMs`, not before', async () => {
    write(NAME, mrcMovie());
    expect(await scanFor(watch(), 3000)).toEqual([`seen ${NAME} @0`, `ready ${NAME} @1000`]);
  });

  test('a slowly growing movie is not ready during pauses, however long, but soon after its last byte', async () => {
    const bytes = mrcMovie(20);
    write(NAME, bytes.subarray(0, 700));
    const session = watch();
    expect(await scanFor(session, 5000)).toEqual([`seen ${NAME} @0`]);
    for (let offset = 700; offset < bytes.length; offset += 100) {
      appendFileSync(inRaw(NAME), bytes.subarray(offset, offset + 100));
      const isLast = offset + 100 >= bytes.length;
      if (!isLast) expect(await scanFor(session, offset % 300 === 0 ? 2500 : 250)).toEqual([]);
    }
    expect(await scanFor(session, 3000)).toEqual([`ready ${NAME} @1000`]);
  });

  test('a complete movie that is still being written to waits for `quietMs`', async () => {
    write(NAME, mrcMovie());
    const session = watch();
    await scanFor(session, 500);
    for (let i = 0; i < 10; i++) {
      utimesSync(inRaw(NAME), 1000 + i, 1000 + i);
      expect(await scanFor(session, 500)).toEqual([]);
    }
    expect(await scanFor(session, 2000)).toHaveLength(1);
  });

  test('modification times in the future or long ago have no effect', async () => {
    write(NAME, mrcMovie());
    write(NAME.replace('1', '2'), mrcMovie());
    utimesSync(inRaw(NAME), 4e9, 4e9);
    utimesSync(inRaw(NAME.replace('1', '2')), 5, 5);
    const reported = await scanFor(watch(), 2000);
    expect(reported.filter((line) => line.startsWith('ready')).every((line) => line.endsWith('@1000'))).toBe(
      true,
    );
    expect(reported).toHaveLength(4);
  });

  test('a file with invalid content is passed on after `quietMs`, so that it is reported', async () => {
    write(NAME, Buffer.alloc(3000, 'garbage'));
    expect(await scanFor(watch(), 3000)).toEqual([`seen ${NAME} @0`, `ready ${NAME} @1000`]);
  });

  test.each([
    ['empty', 0],
    ['truncated', 1050],
  ])(
    'a movie that stays %s is passed on after the timeout, and watched again when it changes',
    async (_description, size) => {
      write(NAME, mrcMovie());
      truncateSync(inRaw(NAME), size);
      const session = watch();
      const reported = await scanFor(session, 62_000, 1000);
      expect(reported[0]).toBe(`seen ${NAME} @0`);
      expect(reported).toHaveLength(2);
      expect(Number(reported[1]!.split('@')[1])).toBeGreaterThanOrEqual(60_000);
      write(NAME, mrcMovie());
      const laterReports = await scanFor(session, 5000);
      expect(laterReports.map((line) => line.split(' ')[0])).toEqual(['seen', 'ready']);
    },
  );

  test('a ready movie that changes is reported as seen again, at the latest by the full scan', async () => {
    write(NAME, mrcMovie());
    const session = watch();
    await scanFor(session, 70_000, 2000);
    write(NAME, mrcMovie(5));
    const reported = await scanFor(session, 65_000, 2000);
    expect(reported.map((line) => line.split(' ')[0])).toEqual(['seen', 'ready']);
  });

  test('a known movie is reported again only if it was changed or removed', async () => {
    write(NAME, mrcMovie());
    write('a/FoilHole_2_fractions.mrc', mrcMovie());
    const first = watch();
    await scanFor(first, 2000);
    const known = [NAME, 'a/FoilHole_2_fractions.mrc'].map((path) => {
      const { size, mtimeMs } = statSync(inRaw(path));
      return { path, sizeBytes: size, mtimeMs, isSettled: true };
    });
    inspections = 0;
    expect(await scanFor(watch({}, known), 5000)).toEqual([]);
    expect(inspections).toBe(0);
    rmSync(inRaw(NAME));
    write('a/FoilHole_2_fractions.mrc', mrcMovie(4));
    const reported = await scanFor(watch({}, known), 5000);
    expect(reported.map((line) => line.split(' @')[0]).sort()).toEqual([
      'ready a/FoilHole_2_fractions.mrc',
      'seen a/FoilHole_2_fractions.mrc',
      `vanished ${NAME}`,
    ]);
  });

  test('movies in nested folders that appear later are found, even if the movies are renamed', async () => {
    const session = watch();
    expect(await scanFor(session, 10_000)).toEqual([]);
    write('Images-Disc1/GridSquare_1/Data/FoilHole_1_fractions.tiff.part', 'x');
    await scanFor(session, 1000);
    writeFileSync(inRaw('Images-Disc1/GridSquare_1/Data/FoilHole_1_fractions.tiff.part'), mrcMovie());
    renameSync(
      inRaw('Images-Disc1/GridSquare_1/Data/FoilHole_1_fractions.tiff.part'),
      inRaw('Images-Disc1/GridSquare_1/Data/FoilHole_1_fractions.tiff'),
    );
    const reported = await scanFor(session, 3000);
    expect(reported.map((line) => line.split(' ')[0])).toEqual(['seen', 'ready']);
  });

  test('symbolic links that point outside the session are reported, not followed', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'cryoem-outside-'));
    try {
      writeFileSync(join(outside, NAME), mrcMovie());
      symlinkSync(join(outside, NAME), inRaw('FoilHole_9_fractions.mrc'));
      symlinkSync(outside, inRaw('folder'));
      symlinkSync(root, inRaw('loop'));
      write(NAME, mrcMovie());
      const session = watch();
      expect(await scanFor(session, 2000)).toEqual([`seen ${NAME} @0`, `ready ${NAME} @1000`]);
      expect((await session.scan()).warnings).toEqual([
        'A symbolic link points outside the session and is not followed: FoilHole_9_fractions.mrc',
        'A symbolic link points outside the session and is not followed: folder',
      ]);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  test('compressed movies are reported until they are removed', async () => {
    write(`${NAME}.bz2`, 'BZh9');
    write('FoilHole_2_fractions.tiff.zst', 'x');
    write('notes.txt.gz', 'x');
    const session = watch();
    expect(await scanFor(session, 2000)).toEqual([]);
    expect((await session.scan()).warnings).toEqual([
      expect.stringMatching(/^Compressed movies are not supported; decompress them: .* and 1 more\.$/),
    ]);
    rmSync(inRaw(`${NAME}.bz2`));
    rmSync(inRaw('FoilHole_2_fractions.tiff.zst'));
    await scanFor(session, 61_000);
    expect((await session.scan()).warnings).toEqual([]);
  });

  test('an unreadable raw folder is reported as a problem, and no movie counts as removed', async () => {
    write(NAME, mrcMovie());
    const session = watch();
    await scanFor(session, 2000);
    renameSync(join(root, 'raw'), join(root, 'away'));
    const report = await session.scan();
    expect(report.problem).toMatch(/raw cannot be read/);
    expect(report.changes).toEqual([]);
    renameSync(join(root, 'away'), join(root, 'raw'));
    expect(await scanFor(session, 3000)).toEqual([]);
  });

  test('EPU names take precedence over other names as soon as a movie with an EPU name appears', async () => {
    write('frames_001.mrc', mrcMovie());
    const session = watch();
    expect(await scanFor(session, 2000)).toHaveLength(2);
    write(NAME, mrcMovie());
    const reported = await scanFor(session, 3000);
    expect(reported.map((line) => line.split(' @')[0])).toEqual([
      'withdrawn frames_001.mrc',
      `seen ${NAME}`,
      `ready ${NAME}`,
    ]);
  });

  test('a file that appeared less than `quietMs` ago is checked once per scan', async () => {
    write(NAME, mrcMovie());
    let clockReads = 0;
    const clock = () => {
      clockReads++;
      return now;
    };
    const watchRequest = { id: 1, root, raw: join(root, 'raw'), fileNameFilter: {}, known: [] };
    const session = new SessionWatch(watchRequest, TIMES, inspectFile, clock);
    await session.scan();
    now += 250;
    clockReads = 0;
    await session.scan();
    expect(clockReads).toBeLessThan(20);
  });

  test('an unreadable file does not prevent other files from becoming ready', async () => {
    const path = `${'x'.repeat(300)}_fractions.mrc`; // no file system accepts such a name
    write(NAME, mrcMovie());
    const session = watch({}, [{ path, sizeBytes: 1, mtimeMs: 1, isSettled: false }]);
    expect(await scanFor(session, 3000)).toContain(`ready ${NAME} @1000`);
  });

  test('a gain reference that was replaced by a file of the same name is reported again', async () => {
    write('20260101_gain.tiff', mrcMovie(1));
    const session = watch();
    const gains: string[] = [];
    const scanLater = async () => {
      for (let i = 0; i < 8; i++, now += 250) gains.push(...(await session.scan()).gains);
    };
    await scanLater();
    write('20260101_gain.tiff', mrcMovie(2));
    await scanLater();
    expect(gains).toEqual([inRaw('20260101_gain.tiff'), inRaw('20260101_gain.tiff')]);
  });

  test('a gain reference is reported once, when it is complete and unchanged', async () => {
    const session = watch();
    await session.scan();
    const gain = mrcMovie(1); // recognised by its content, not by its extension
    write('20260101_gain.tiff', gain.subarray(0, 1030));
    const gains: string[] = [];
    for (let i = 0; i < 8; i++, now += 250) gains.push(...(await session.scan()).gains);
    expect(gains).toEqual([]);
    write('20260101_gain.tiff', gain);
    for (let i = 0; i < 12; i++, now += 250) gains.push(...(await session.scan()).gains);
    expect(gains).toEqual([inRaw('20260101_gain.tiff')]);
  });
});
