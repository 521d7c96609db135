import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import type { Skipped } from '../../../src/contract/skipped.ts';
import { findSessions } from '../../../src/sessions/discovery/find-sessions.ts';
import { inspectFile } from '../../../src/sessions/discovery/inspect.ts';
import { LinkRules } from '../../../src/sessions/discovery/link-rules.ts';
import type { FileNameFilter } from '../../../src/sessions/discovery/patterns.ts';
import { surveyOf } from '../../../src/sessions/discovery/survey.ts';
import { SessionWatch } from '../../../src/sessions/discovery/watch.ts';
import { mrcMovie } from '../support.ts';
import { randomName, tryCreate } from './random-names.ts';

// Every file below raw that could be a movie must be processed, or counted with a reason, and a preview must
// count the same files as the session.

const TIMES = { scanMs: 2000, quietMs: 1000, hotMs: 250, fullMs: 60_000, incompleteTimeoutMs: 60_000 };
const MOVIE = mrcMovie();

let root: string;
let outsideDir: string;
beforeEach(() => {
  root = mkdtempSync(join(realpathSync(tmpdir()), 'cryoem-all-'));
  outsideDir = mkdtempSync(join(realpathSync(tmpdir()), 'cryoem-all-outside-'));
  mkdirSync(join(root, 'raw'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
  rmSync(outsideDir, { recursive: true });
});

const inRaw = (path: string) => join(root, 'raw', path);
function write(path: string): void {
  mkdirSync(dirname(inRaw(path)), { recursive: true });
  writeFileSync(inRaw(path), MOVIE);
}

interface Options {
  fileNameFilter?: FileNameFilter;
  references?: string[];
  linkRoots?: string[];
}

/** Counts the files of a session after its first scans, and checks that a preview has the same counts. */
async function countFiles({ fileNameFilter = {}, references = [], linkRoots = [] }: Options = {}) {
  let now = 0;
  const raw = join(root, 'raw');
  const watchRequest = { id: 1, root, raw, fileNameFilter, known: [], references, linkRoots };
  const session = new SessionWatch(
    watchRequest,
    TIMES,
    (path) => inspectFile(path),
    () => now,
  );
  const movies = new Set<string>();
  let report = await session.scan();
  for (
    let unchangedScans = 0;
    unchangedScans < 4;
    unchangedScans = report.changes.length === 0 ? unchangedScans + 1 : 0
  ) {
    for (const { kind, path } of report.changes) {
      if (kind === 'seen') movies.add(path);
      if (kind === 'vanished' || kind === 'excluded' || kind === 'withdrawn') movies.delete(path);
    }
    now += 500;
    report = await session.scan();
  }
  const surveyRequest = {
    raw,
    fileNameFilter,
    gain: references[0] ?? 'none',
    defects: 'none',
    needsPaths: true,
  };
  const survey = await surveyOf(surveyRequest, { linkRoots });
  const known = [...movies].sort();
  expect(survey.paths).toEqual(known);
  expect(survey.found).toBe(known.length);
  expect(byReason(survey.skipped)).toEqual(byReason(report.skipped));
  return { movies: known, skipped: byReason(report.skipped), warnings: report.warnings };
}

const byReason = (skipped: readonly Skipped[]) =>
  Object.fromEntries(skipped.map(({ reason, count }) => [reason, count]));
const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);

describe('every file below raw that could be a movie is processed, or counted with a reason', () => {
  test('movies written by relion_convert_to_tiff keep their EPU names', async () => {
    write('FoilHole_1_Data_2_0_20240101_100000_EER.tif');
    write('FoilHole_1_Data_3_0_20240101_100000_fractions.tif');
    expect((await countFiles()).movies).toHaveLength(2);
  });

  test('a sample is not skipped because its name contains a word such as ref or gain', async () => {
    const names = ['Atlastin_grid2_0001', 'membrane_ref_0001', 'dark_state_0001', 'sum_GPCR_0001'];
    const otherNames = ['wt-reference-0001', 'gain_of_function_7', 'defective_mutant_3', 'Tile_protein_1'];
    for (const name of [...names, ...otherNames]) write(`${name}.tif`);
    expect((await countFiles()).movies).toHaveLength(names.length + otherNames.length);
  });

  test.each([
    'a_gain.tif',
    'a_gain.mrc',
    'gain.mrc',
    'K3_gainref_x1.mrc',
    'SuperRef_a.mrc',
    'dark.tif',
    'x_sum.mrc',
  ])('a reference or sum is counted: %s', async (name) => {
    write(name);
    write('b_001.tif');
    expect(await countFiles()).toMatchObject({ movies: ['b_001.tif'], skipped: { reference: 1 } });
  });

  test('a file that the session uses as a reference is not a movie, whatever its name', async () => {
    write('mine.tif');
    write('b_001.tif');
    const references = [inRaw('mine.tif')];
    expect(await countFiles({ references })).toMatchObject({
      movies: ['b_001.tif'],
      skipped: { reference: 1 },
    });
    symlinkSync(join(root, 'raw'), join(root, 'other'));
    expect((await countFiles({ references: [join(root, 'other', 'mine.tif')] })).movies).toEqual([
      'b_001.tif',
    ]);
  });

  test('movies with another name pattern or format are counted, with a warning', async () => {
    write('FoilHole_1_fractions.tiff');
    write('FoilHole_2_EER.eer');
    write('frames_001.mrc');
    const { skipped, warnings } = await countFiles();
    expect(skipped).toEqual({ other_kind: 2 });
    expect(warnings.join()).toMatch(/another name pattern or format .* and 1 more/);
  });

  test('hidden files, other names, pipes and broken links are counted', async () => {
    for (const name of ['.a.tif', 'my_1.tif', 'other_1.tif', 'my_2.mrc', 'x.mrc.gz']) write(name);
    symlinkSync(inRaw('nowhere'), inRaw('my_3.tif'));
    execFileSync('mkfifo', [inRaw('my_4.tif')]);
    const { movies, skipped } = await countFiles({ fileNameFilter: { prefix: 'my_', extension: 'tif' } });
    expect(movies).toEqual(['my_1.tif']);
    expect(skipped).toEqual({ hidden: 1, other_name: 2, other_extension: 1, link: 1, not_a_file: 1 });
  });

  test('formats that are not read as movies are counted', async () => {
    for (const name of ['a_001.dm4', 'b.h5', 'a_gain.dm4', 'K3-Map.m1.dm4']) write(name);
    const { skipped, warnings } = await countFiles();
    expect(skipped).toEqual({ format: 2, reference: 2 });
    expect(warnings.join()).toMatch(/No movies were found/);
  });

  test('if there are no movies at all, a warning states what was skipped', async () => {
    for (let i = 0; i < 6; i++) write(`FoilHole_1_Data_${i}.mrc`);
    expect((await countFiles()).warnings.join()).toMatch(/No movies were found: 6 files were skipped/);
  });

  test('links out of the session are counted, and followed only below follow_links_to', async () => {
    mkdirSync(join(outsideDir, 'disc'));
    writeFileSync(join(outsideDir, 'disc', 'a.tif'), MOVIE);
    writeFileSync(join(outsideDir, 'b.tif'), MOVIE);
    symlinkSync(join(outsideDir, 'b.tif'), inRaw('b.tif'));
    symlinkSync(join(outsideDir, 'disc'), inRaw('disc'));
    symlinkSync(outsideDir, join(outsideDir, 'disc', 'loop'));
    write('c.tif');
    const withoutLinkRoots = await countFiles();
    expect(withoutLinkRoots).toMatchObject({ movies: ['c.tif'], skipped: { link: 2 } });
    const withLinkRoots = await countFiles({ linkRoots: [outsideDir] });
    expect(withLinkRoots).toMatchObject({ movies: ['b.tif', 'c.tif', 'disc/a.tif'], skipped: { link: 1 } });
    expect(withLinkRoots.warnings.join()).toMatch(
      /that contains raw or the target of another link.*disc\/loop/,
    );
    expect((await countFiles({ linkRoots: [join(outsideDir, 'disc')] })).movies).toEqual([
      'c.tif',
      'disc/a.tif',
    ]);
    expect((await countFiles({ linkRoots: [`${outsideDir}-not`] })).movies).toEqual(['c.tif']);
  });

  test('a link below follow_links_to is not followed if its real target is elsewhere', async () => {
    const [allowed, similar] = [join(outsideDir, 'disc'), join(outsideDir, 'disc-2')];
    for (const folder of [allowed, similar]) mkdirSync(folder);
    writeFileSync(join(similar, 'a.tif'), MOVIE);
    symlinkSync(similar, join(allowed, 'elsewhere'));
    symlinkSync(join(similar, 'a.tif'), join(allowed, 'b.tif'));
    for (const name of ['elsewhere', 'b.tif']) symlinkSync(join(allowed, name), inRaw(name));
    expect(await countFiles({ linkRoots: [allowed] })).toMatchObject({ movies: [], skipped: { link: 2 } });
  });

  test('raw itself may be a link below follow_links_to', async () => {
    rmSync(join(root, 'raw'), { recursive: true });
    writeFileSync(join(outsideDir, 'b.tif'), MOVIE);
    symlinkSync(outsideDir, join(root, 'raw'));
    expect((await countFiles()).movies).toEqual([]);
    expect((await countFiles({ linkRoots: [outsideDir] })).movies).toEqual(['b.tif']);
  });

  test('outputs are not movies: links to them are counted, and raw cannot be used if it is a link to them', async () => {
    mkdirSync(join(root, 'processed', 'old'), { recursive: true });
    for (const name of ['a.mrc', 'old/b.mrc']) writeFileSync(join(root, 'processed', name), MOVIE);
    symlinkSync('../processed/a.mrc', inRaw('a.mrc'));
    symlinkSync('../processed/old', inRaw('old'));
    const { movies, skipped, warnings } = await countFiles();
    expect([movies, skipped]).toEqual([[], { link: 2 }]);
    expect(warnings.join()).toMatch(/points to an output directory/);
    rmSync(join(root, 'raw'), { recursive: true });
    symlinkSync('processed', join(root, 'raw'));
    const rules = new LinkRules({ raw: join(root, 'raw'), root }, () => true);
    expect(rules.rawProblem(true)).toBe('raw is a link to the outputs');
  });

  test('a link inside raw is a movie even if the name of its target is not that of a movie', async () => {
    write('objects/5f3a');
    symlinkSync('objects/5f3a', inRaw('a.tif'));
    write('b.tif');
    symlinkSync('b.tif', inRaw('c.tif'));
    expect((await countFiles()).movies).toEqual(['a.tif', 'b.tif']);
  });

  test.each([['back\\slash.tif'], ['blank 1.tif'], [`${'x'.repeat(251)}.tif`], ['-rf.tif'], ['..a.b.tif']])(
    'a file with an unusual name is processed, or counted if it is hidden: %s',
    async (name) => {
      write(name);
      const { movies, skipped } = await countFiles();
      expect(movies.length + sum(skipped)).toBe(1);
    },
  );

  test.each(['new\nline.tif', 'tab\t.tif', 'a\u007f.mrc', 'folder\n/a.tif'])(
    'a file whose path has a control character is counted, with a warning: %j',
    async (name) => {
      write(name);
      const { skipped, warnings } = await countFiles();
      expect(skipped).toEqual({ name: 1 });
      expect(warnings.join()).toMatch(/not UTF-8 or have control characters/);
    },
  );

  test('files are counted if their names, or the names of their folders, are not UTF-8', async () => {
    const path = (...bytes: number[]) => Buffer.concat([Buffer.from(`${root}/raw/`), Buffer.from(bytes)]);
    const tif = Buffer.from('.tif');
    writeFileSync(path(0xff, ...tif), MOVIE);
    writeFileSync(path(0xfe, ...tif), MOVIE);
    mkdirSync(path(0xc3));
    writeFileSync(Buffer.concat([path(0xc3), Buffer.from('/a.tif')]), MOVIE);
    write('\ufffd.tif');
    const { movies, skipped, warnings } = await countFiles();
    expect(movies).toEqual(['\ufffd.tif']);
    expect(skipped).toEqual({ name: 3 });
    expect(warnings.join()).toMatch(/tif and 2 more/);
  });
});

test('each of 10,000 files with random byte strings as names is processed or counted', async () => {
  const random = createRandom(1);
  const top = Buffer.from(`${root}/raw/`);
  const extensions = ['.tif', '.mrc', '.eer', '.tiff', '.mrcs'].map((text) => Buffer.from(text));
  let files = 0;
  let folder = top;
  for (let i = 0; i < 10_000; i++) {
    const name = randomName(random);
    if (i % 100 === 0) {
      folder = Buffer.concat([top, name, Buffer.from('/')]);
      mkdirSync(folder, { recursive: true });
    }
    const extension = extensions[i % extensions.length] ?? Buffer.from('');
    const path = Buffer.concat([folder, name.subarray(0, 255 - extension.length), extension]);
    if (!tryCreate(path)) continue;
    writeFileSync(path, '');
    files++;
  }
  const { movies, skipped } = await countFiles();
  expect(movies.length + sum(skipped)).toBe(files);
}, 300_000);

test('each of 1,000 folders with random byte strings as names is a session, is hidden, or is reported as unusable', () => {
  const random = createRandom(2);
  const sessions = join(root, 'project_1/sessions/user');
  mkdirSync(sessions, { recursive: true });
  for (let i = 0; i < 1000; i++)
    mkdirSync(Buffer.concat([Buffer.from(`${sessions}/`), randomName(random)]), { recursive: true });
  const hiddenCount = readdirSync(sessions).filter((name) => name.startsWith('.')).length;
  const { sessions: served, unusable } = findSessions(root);
  expect(served.length + unusable.length + hiddenCount).toBe(readdirSync(sessions).length);
  expect(unusable.every(({ key }) => key !== null)).toBe(true);
});
