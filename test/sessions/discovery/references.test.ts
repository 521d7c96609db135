import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resolveReferences } from '../../../src/sessions/discovery/references.ts';

let raw: string;
beforeEach(() => {
  raw = mkdtempSync(join(tmpdir(), 'cryoem-references-'));
  mkdirSync(join(raw, 'refs'));
});
afterEach(() => rmSync(raw, { recursive: true }));
const put = (name: string) => writeFileSync(join(raw, name), '');

describe('gain reference and defect map', () => {
  test('a gain reference is found by name, in raw or a folder of it', () => {
    put('refs/20210427_gain.tiff');
    expect(resolveReferences(raw, null, null)).toMatchObject({
      gainPath: join(raw, 'refs/20210427_gain.tiff'),
      notes: [],
    });
  });

  test('a warning is given if no gain reference is found by name', () => {
    const { gainPath, notes } = resolveReferences(raw, null, null);
    expect(gainPath).toBeNull();
    expect(notes.join()).toMatch(/No gain reference was found/);
  });

  test('the newest of several matches is used, with a note', () => {
    put('refs/a_gain.tiff');
    put('refs/b_gain.tiff');
    utimesSync(join(raw, 'refs/b_gain.tiff'), 1000, 1000);
    const { gainPath, notes } = resolveReferences(raw, 'refs/*_gain.tiff', null);
    expect(gainPath).toBe(join(raw, 'refs/a_gain.tiff'));
    expect(notes.join()).toMatch(/2 files match/);
  });

  test('a requested gain reference that is missing keeps its path, so that every movie reports it', () => {
    expect(resolveReferences(raw, 'gone.mrc', '/nowhere/map.tif')).toMatchObject({
      gainPath: join(raw, 'gone.mrc'),
      defectMapPath: '/nowhere/map.tif',
    });
  });

  test('a defect map is found by name, in raw or a folder of it', () => {
    put('refs/K3-Map.m1.dm4');
    expect(resolveReferences(raw, null, null)).toMatchObject({
      defectMapPath: join(raw, 'refs/K3-Map.m1.dm4'),
    });
  });

  test('the value "none" disables the gain reference', () => {
    put('K3-Map.m1.dm4');
    put('a_gain.tiff');
    expect(resolveReferences(raw, 'none', 'None')).toEqual({
      gainPath: null,
      defectMapPath: null,
      notes: [],
    });
  });
});
