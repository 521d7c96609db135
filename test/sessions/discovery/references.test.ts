import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findMatching } from '../../../src/sessions/discovery/find-matching.ts';
import { nameMatcher } from '../../../src/sessions/discovery/name-pattern.ts';
import { resolveReferences } from '../../../src/sessions/discovery/references.ts';

let raw: string;
beforeEach(() => {
  raw = mkdtempSync(join(tmpdir(), 'cryoem-references-'));
  mkdirSync(join(raw, 'refs'));
});
afterEach(() => rmSync(raw, { recursive: true }));
const put = (name: string) => writeFileSync(join(raw, name), '');

describe('gain reference and defect map', () => {
  test.each(['tiff', 'tif', 'mrc'])(
    'a gain reference is found by name, in raw or a folder below it: *_gain.%s',
    async (extension) => {
      put(`refs/20210427_gain.${extension}`);
      expect(await resolveReferences(raw, null, null)).toMatchObject({
        gainPath: join(raw, `refs/20210427_gain.${extension}`),
        notes: [],
      });
    },
  );

  test('a file whose name has control characters is not used, because names are shown and written to tables', async () => {
    put('refs/\u001b[2J_gain.tiff');
    put('refs/a\nb_gain.tiff');
    expect((await resolveReferences(raw, null, null)).gainPath).toBeNull();
    const { gainPath, notes } = await resolveReferences(raw, 'refs/*_gain.tiff', null);
    expect(gainPath).toBe(join(raw, 'refs/*_gain.tiff'));
    expect(notes).toEqual([]);
  });

  test('a warning is given if no gain reference is found by name', async () => {
    const { gainPath, notes } = await resolveReferences(raw, null, null);
    expect(gainPath).toBeNull();
    expect(notes.join()).toMatch(/No gain reference was found/);
  });

  test('the newest of several matches is used, with a note', async () => {
    put('refs/a_gain.tiff');
    put('refs/b_gain.tiff');
    utimesSync(join(raw, 'refs/b_gain.tiff'), 1000, 1000);
    const { gainPath, notes } = await resolveReferences(raw, 'refs/*_gain.tiff', null);
    expect(gainPath).toBe(join(raw, 'refs/a_gain.tiff'));
    expect(notes.join()).toMatch(/2 files match/);
  });

  test('a requested gain reference that is missing keeps its path, so that every movie reports it', async () => {
    expect(await resolveReferences(raw, 'missing.mrc', '/nowhere/map.tif')).toMatchObject({
      gainPath: join(raw, 'missing.mrc'),
      defectMapPath: '/nowhere/map.tif',
    });
  });

  test('a defect map is found by name, in raw or a folder below it', async () => {
    put('refs/K3-Map.m1.dm4');
    expect(await resolveReferences(raw, null, null)).toMatchObject({
      defectMapPath: join(raw, 'refs/K3-Map.m1.dm4'),
    });
  });

  test('the value "none" disables the gain reference or the defect map', async () => {
    put('K3-Map.m1.dm4');
    put('a_gain.tiff');
    expect(await resolveReferences(raw, 'none', 'None')).toEqual({
      gainPath: null,
      defectMapPath: null,
      notes: [],
    });
  });
});

describe('the search for files that match a pattern', () => {
  const createOutsideDir = () => mkdtempSync(join(tmpdir(), 'cryoem-references-outside-'));

  test.each(['/**/nope*', '/etc/host*', '../../*/host*', '/*'])(
    'does not leave the session: %s',
    async (pattern) => {
      const { gainPath, notes } = await resolveReferences(raw, pattern, 'none');
      expect(gainPath).toBe(resolve(raw, pattern));
      expect(notes.join()).toMatch(/may only match files in the session/);
    },
  );

  test('includes the additional folders that are allowed', async () => {
    const top = createOutsideDir();
    writeFileSync(join(top, 'K3_gain.mrc'), '');
    const references = await resolveReferences(raw, join(top, '*_gain.mrc'), 'none', { roots: [top] });
    expect(references).toEqual({ gainPath: join(top, 'K3_gain.mrc'), defectMapPath: null, notes: [] });
    const { gainPath } = await resolveReferences(raw, join(`${top}2`, '*.mrc'), 'none', { roots: [top] });
    expect(gainPath).toBe(join(`${top}2`, '*.mrc'));
    rmSync(top, { recursive: true });
  });

  test('does not follow links that leave the session', async () => {
    const top = createOutsideDir();
    writeFileSync(join(top, 'x_gain.mrc'), '');
    const sessionRaw = join(raw, 'raw');
    mkdirSync(join(sessionRaw, 'refs'), { recursive: true });
    symlinkSync(top, join(sessionRaw, 'link'));
    symlinkSync(join(top, 'x_gain.mrc'), join(sessionRaw, 'refs', 'y_gain.mrc'));
    for (const pattern of ['**/*_gain.mrc', 'link/*_gain.mrc', 'refs/*_gain.mrc'])
      expect((await resolveReferences(sessionRaw, pattern, 'none')).gainPath).toBe(join(sessionRaw, pattern));
    rmSync(top, { recursive: true });
  });

  test('ends after too many entries, with an error that states the maximum', async () => {
    for (let i = 0; i < 20; i++) put(`refs/${i}.mrc`);
    await expect(findMatching(raw, join(raw, '**/nope*'), { maxEntries: 10 })).rejects.toThrow(
      'more than 10',
    );
    await expect(findMatching(raw, join(raw, '**/**/**/nope*'), { maxEntries: 100 })).resolves.toEqual([]);
  });

  test('lets other work of the thread, such as scans, continue', async () => {
    for (let i = 0; i < 2000; i++) put(`refs/${i}.mrc`);
    let turns = 0;
    const count = setInterval(() => turns++, 0);
    await findMatching(raw, join(raw, '**/nope*'));
    clearInterval(count);
    expect(turns).toBeGreaterThan(3);
  });

  test('ends when its result is no longer needed', async () => {
    put('refs/a_gain.mrc');
    const { notes } = await resolveReferences(raw, '**/*_gain.mrc', 'none', { signal: AbortSignal.abort() });
    expect(notes.join()).toMatch(/was ended/);
  });
});

test.each([
  ['*_gain.mrc', 'a_gain.mrc', true],
  ['*', '.hidden', false],
  ['.*', '.hidden', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['[ab]*[0-9]', 'b-7', true],
  ['[!ab]*', 'b-7', false],
  ['[^ab]*', 'c', true],
  ['a[', 'a[', true],
  ['[z-a]', 'z', false],
  ['*a*b*c*', 'xxaxxbxxcxx', true],
  ['*a*b*c', 'abcabcab', false],
  [`${'*a'.repeat(300)}b`, 'a'.repeat(255), false],
])('the name pattern %s and the name %s match: %s', (pattern, name, expected) => {
  expect(nameMatcher(pattern)(name)).toBe(expected);
});
