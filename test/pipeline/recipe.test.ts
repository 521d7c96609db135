import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CTF_SEARCH, type Recipe, recipeSchema } from '../../src/contract/recipe.ts';
import { canonicalJson, recipeFromParameters, recipeHash, stepHashes } from '../../src/pipeline/recipe.ts';

const NO_FILES = { gainPath: null, defectMapPath: null };
const TYPICAL_VALUES = { apix: 0.813, fmdose: 1.224, kev: 300, superresolution: false };

describe('recipeFromParameters', () => {
  it('uses the declared defaults for missing values', () => {
    const recipe = recipeFromParameters(TYPICAL_VALUES, NO_FILES);
    expect(recipeSchema.parse(recipe)).toEqual(recipe);
    expect(recipe).toMatchObject({
      pixelSizeA: 0.813,
      voltageKv: 300,
      csMm: 2.7,
      amplitudeContrast: 0.1,
      dosePerFrameEA2: 1.224,
      totalDoseEA2: null,
      binning: 1,
      throwFrames: 0,
      truncFrames: 0,
      gain: null,
      defectMapPath: null,
    });
  });

  it('bins super-resolution movies by 2', () => {
    expect(recipeFromParameters({ ...TYPICAL_VALUES, superresolution: true }, NO_FILES).binning).toBe(2);
  });

  it('includes the phase shift in the fit only if a phase plate was used', () => {
    expect(recipeFromParameters({ ...TYPICAL_VALUES, phase_min: 20 }, NO_FILES).ctf).toEqual(
      DEFAULT_CTF_SEARCH,
    );
    const withPlate = { ...TYPICAL_VALUES, phase_shift: true, phase_min: 20, defocus_min: 5000 };
    expect(recipeFromParameters(withPlate, NO_FILES).ctf).toEqual({
      ...DEFAULT_CTF_SEARCH,
      minimumDefocusA: 5000,
      phaseShift: { minimumDeg: 20, maximumDeg: 180 },
    });
  });

  it('has EER settings only if they differ from the defaults', () => {
    expect(recipeFromParameters({ ...TYPICAL_VALUES, eer_upsampling: 1 }, NO_FILES)).not.toHaveProperty(
      'eer',
    );
    const withEer = { ...TYPICAL_VALUES, eer_fraction_dose: 1.5, eer_upsampling: 2 } as const;
    expect(recipeFromParameters(withEer, NO_FILES).eer).toEqual({
      framesPerFraction: null,
      dosePerFractionEA2: 1.5,
      upsampling: 2,
    });
  });

  it('contains the path, rotation and flip of the gain reference', () => {
    const recipe = recipeFromParameters(
      { ...TYPICAL_VALUES, rotgain: 3, flipgain: 1 },
      { ...NO_FILES, gainPath: '/g.tiff' },
    );
    expect(recipe.gain).toEqual({ path: '/g.tiff', rotate: 3, flip: 1 });
  });
});

describe('hashes', () => {
  let directory: string;
  const recipe = recipeFromParameters(TYPICAL_VALUES, NO_FILES);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'cryoem-recipe-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const changedSteps = (change: Partial<Recipe>) => {
    const [originalHashes, changedHashes] = [stepHashes(recipe), stepHashes({ ...recipe, ...change })];
    return {
      align: originalHashes.align !== changedHashes.align,
      ctf: originalHashes.ctf !== changedHashes.ctf,
    };
  };

  it('differ only for the steps that a change affects', () => {
    expect(changedSteps({ csMm: 2 })).toEqual({ align: false, ctf: true });
    expect(changedSteps({ throwFrames: 1 })).toEqual({ align: true, ctf: false });
    expect(changedSteps({ pixelSizeA: 1 })).toEqual({ align: true, ctf: true });
    expect(changedSteps({ particleSizeA: 100 })).toEqual({ align: false, ctf: false });
    expect(changedSteps({ programs: { align: 'other', ctf: 'builtin' } })).toEqual({
      align: true,
      ctf: false,
    });
    const withArguments = { align: 'builtin', ctf: 'builtin', alignArguments: '--bfactor 200' };
    expect(changedSteps({ programs: withArguments })).toEqual({ align: true, ctf: false });
  });

  it('depend on the program that is chosen at the start, and on additional arguments of that program only', () => {
    const files = { gainPath: null, defectMapPath: null };
    const additionalArguments = { relion: '--bfactor 200', motioncor2: null, motioncor3: ' ' };
    const programs = (align_program?: 'relion' | 'motioncor2' | 'motioncor3') =>
      recipeFromParameters(
        { apix: 1, kev: 300, ...(align_program && { align_program }) },
        files,
        additionalArguments,
      ).programs;
    expect(programs()).toEqual({ align: 'builtin', ctf: 'builtin' });
    expect(programs('relion')).toEqual({ align: 'relion', ctf: 'builtin', alignArguments: '--bfactor 200' });
    expect(programs('motioncor2')).toEqual({ align: 'motioncor2', ctf: 'builtin' });
    expect(programs('motioncor3')).toEqual({ align: 'motioncor3', ctf: 'builtin' });
  });

  it('change if the gain reference is replaced by another file of the same name', () => {
    const path = join(directory, 'gain.mrc');
    const withGain: Recipe = { ...recipe, gain: { path, rotate: 0, flip: 0 } };
    const hashesWithoutFile = stepHashes(withGain);
    writeFileSync(path, 'one');
    const firstHashes = stepHashes(withGain);
    utimesSync(path, 1000, 1000);
    const touchedHashes = stepHashes(withGain);
    expect(new Set([hashesWithoutFile.align, firstHashes.align, touchedHashes.align]).size).toBe(3);
    expect(firstHashes.ctf).toBe(touchedHashes.ctf);
  });

  it('do not depend on the order of keys', () => {
    const reversed = Object.fromEntries(Object.entries(recipe).reverse()) as Recipe;
    expect(recipeHash(reversed)).toBe(recipeHash(recipe));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reordered = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reordered)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
