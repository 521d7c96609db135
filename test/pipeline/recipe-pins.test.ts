import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PARAMETER_TABLE, type ParameterValues } from '../../src/contract/parameters.ts';
import { recipeFromParameters, recipeHash, stepHashes } from '../../src/pipeline/recipe.ts';

/**
 * Recipes and hashes as computed by commit 3d5df71, before the parameter table existed. Movies whose hashes
 * change are processed again: if this test fails, every facility would have to reprocess its movies.
 */
interface Pin {
  readonly name: string;
  readonly values: ParameterValues;
  readonly hasFiles?: true;
  readonly additionalArguments?: Readonly<Record<string, string | null>>;
  readonly recipeHash: string;
  readonly align: string;
  readonly ctf: string;
  readonly recipe: string;
}
const PINS: readonly Pin[] = JSON.parse(readFileSync(new URL('recipe-pins.json', import.meta.url), 'utf8'));
const FILES = { gainPath: '/nowhere/gain.tiff', defectMapPath: '/nowhere/Map.m1.dm4' };
const NO_FILES = { gainPath: null, defectMapPath: null };
const recipeOf = (values: ParameterValues, hasFiles = false) =>
  recipeFromParameters(values, hasFiles ? FILES : NO_FILES);

describe('recipes of earlier versions', () => {
  it.each(PINS)('are reproduced byte by byte: $name', (pin) => {
    const { values, hasFiles, additionalArguments, align, ctf } = pin;
    const recipe = recipeFromParameters(values, hasFiles ? FILES : NO_FILES, additionalArguments);
    expect(JSON.stringify(recipe)).toBe(pin.recipe);
    expect(recipeHash(recipe)).toBe(pin.recipeHash);
    expect(stepHashes(recipe)).toEqual({ align, ctf });
  });
});

describe('steps that must be repeated after a change', () => {
  const BASE: ParameterValues = { apix: 1, kev: 300, phase_shift: true };
  const OTHER_VALUES: Readonly<Record<string, unknown>> = {
    patch: '3x3',
    executor: 'slurm',
    rawgainref: 'other',
    rawdefectsmap: 'other',
    phase_shift: false,
    phase_max: 90,
    kev: 200,
  };
  const otherValue = (p: (typeof PARAMETER_TABLE)[number]) =>
    OTHER_VALUES[p.name] ??
    (p.kind === 'boolean' ? !p.default : (p.choices?.at(-1) ?? (p.kind === 'text' ? 'x' : p.maximum)));

  it.each(
    PARAMETER_TABLE.filter(
      ({ recipe }) => recipe?.field !== 'gain.path' && recipe?.field !== 'defectMapPath',
    ),
  )('follow the declaration: $name affects $affects', (p) => {
    const originalHashes = stepHashes(recipeOf(BASE, true));
    const changedHashes = stepHashes(recipeOf({ ...BASE, [p.name]: otherValue(p) }, true));
    expect({
      align: originalHashes.align !== changedHashes.align,
      ctf: originalHashes.ctf !== changedHashes.ctf,
    }).toEqual({
      align: p.affects === 'align' || p.affects === 'both',
      ctf: p.affects === 'ctf' || p.affects === 'both',
    });
  });
});
