import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseOf, chooseBase, distinctBases } from '../../src/pipeline/names.ts';

describe('baseOf', () => {
  it.each([
    ['FoilHole_1_Data_2_3_20240101_120000_fractions.tiff', 'FoilHole_1_Data_2_3_20240101_120000'],
    ['FoilHole_1_Data_2_3_Fractions.mrc', 'FoilHole_1_Data_2_3'],
    ['FoilHole_1_Data_2_3_EER.eer', 'FoilHole_1_Data_2_3'],
    ['a/b/grid.square.12.tif', 'grid.square.12'],
    ['no-extension', 'no-extension'],
    ['_fractions.tiff', '_fractions'],
  ])('%s -> %s', (name, base) => expect(baseOf(name)).toBe(base));
});

describe('chooseBase', () => {
  const noOwner = () => null;

  it('keeps the plain base if it is free, or belongs to the same movie', () => {
    expect(chooseBase('a/X_fractions.tiff', noOwner)).toBe('X');
    expect(chooseBase('a/X_fractions.tiff', () => 'a/X_fractions.tiff')).toBe('X');
  });

  it('gives a second movie with the same name a different base, and the same one at each call', () => {
    const ownerOf = (base: string) => (base === 'X' ? 'a/X.tiff' : null);
    const second = chooseBase('b/X.tiff', ownerOf);
    expect(second).toMatch(/^X-[0-9a-f]{8}$/);
    expect(chooseBase('b/X.tiff', ownerOf)).toBe(second);
    expect(chooseBase('c/X.tiff', ownerOf)).not.toBe(second);
  });

  it('never names a sum like the dose-weighted sum of another movie', () => {
    expect(chooseBase('X_DW.tiff', noOwner)).toMatch(/^X_DW-[0-9a-f]{8}$/);
    expect(chooseBase('X_EVN.tiff', noOwner)).toMatch(/^X_EVN-[0-9a-f]{8}$/);
    expect(chooseBase('X_ODD.tiff', noOwner)).toMatch(/^X_ODD-[0-9a-f]{8}$/);
  });

  it('avoids the file names of the session itself', () => {
    expect(chooseBase('micrographs_ctf.tiff', noOwner)).toMatch(/^micrographs_ctf-/);
  });

  it.each([
    ['back\\slash.tif', /^back_slash-[0-9a-f]{8}$/],
    [`${'x'.repeat(251)}.tif`, /^x{200}-[0-9a-f]{8}$/],
    [`${'µ'.repeat(125)}.tif`, /^µ{100}-[0-9a-f]{8}$/],
    ['tab\t.tif', /^tab_-[0-9a-f]{8}$/],
    ['..a.tif', /^a-[0-9a-f]{8}$/],
  ])(
    'replaces characters that names of outputs must not contain, and leaves room for suffixes: %j',
    (name, base) => {
      expect(chooseBase(name, noOwner)).toMatch(base);
    },
  );

  it('uses a longer hash if even the base with the short hash belongs to another movie', () => {
    const takenBases = new Set(['X', chooseBase('b/X.tiff', (base) => (base === 'X' ? 'a/X.tiff' : null))]);
    const base = chooseBase('b/X.tiff', (candidate) => (takenBases.has(candidate) ? 'another' : null));
    expect(base).toMatch(/^X-[0-9a-f]{32}$/);
  });

  it('never gives two paths the same base', () => {
    const name = fc.constantFrom('X.tiff', 'X_fractions.mrc', 'X_EER.eer', 'Y.mrc', 'X_DW.mrc', '.X.mrc');
    const path = fc.tuple(fc.constantFrom('', 'a/', 'b/c/'), name).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.uniqueArray(path), (paths) => {
        const bases = distinctBases(paths);
        expect(new Set(bases).size).toBe(paths.length);
        for (const base of bases) expect(base.startsWith('.')).toBe(false);
      }),
    );
  });
});
