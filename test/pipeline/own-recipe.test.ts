import { describe, expect, it } from 'vitest';
import { CodedError } from '../../src/contract/errors.ts';
import type { MovieValues } from '../../src/pipeline/movie-values.ts';
import { ownRecipe } from '../../src/pipeline/own-recipe.ts';
import { recipeFromParameters } from '../../src/pipeline/recipe.ts';

/**
 * What must hold: a movie that differs from its session is processed with its own values, as its header and
 * metadata give them, or fails with the reason; the values of the session are never used for it silently.
 */
const NO_FILES = { gainPath: null, defectMapPath: null };
const recipe = (values: Record<string, unknown> = {}) =>
  recipeFromParameters({ apix: 1, kev: 300, ...values }, NO_FILES);
const header = (value: number) => [{ value, source: 'its header' }];
const inMdoc = (value: number) => ({ value, source: 'a.mdoc' });
const movie = (values: Partial<MovieValues> = {}): MovieValues => ({
  format: 'mrc',
  width: 4096,
  height: 4096,
  frames: 40,
  pixelSizesA: header(1),
  voltageKv: null,
  doseEA2: null,
  exposureSeconds: null,
  isSuperResolution: null,
  gainReference: null,
  ...values,
});
const PEERS = [movie(), movie(), movie()];

function errorOf(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    return error instanceof CodedError ? `${error.code}: ${error.message}` : String(error);
  }
}

describe('a movie like the others', () => {
  it('gets the recipe of its session, without a warning', () => {
    expect(ownRecipe(recipe(), movie(), PEERS)).toEqual({ recipe: recipe(), warnings: [] });
  });

  it('gets the calibrated pixel size that a user gave', () => {
    expect(ownRecipe(recipe({ apix: 1.02 }), movie(), PEERS).recipe.pixelSizeA).toBe(1.02);
  });

  it('gets the values that were given if all headers contradict them in the same way, with a warning', () => {
    const { recipe: used, warnings } = ownRecipe(recipe({ apix: 2 }), movie(), PEERS);
    expect(used.pixelSizeA).toBe(2);
    expect(warnings).toEqual(['Its header gives 1 A per pixel, but 2 A per pixel was given and is used.']);
  });
});

it('a header value is not believed if it contradicts the metadata of other movies with the same header value', () => {
  const peer = movie({ pixelSizesA: [inMdoc(1), ...header(4)] });
  const { recipe: used, warnings } = ownRecipe(recipe(), movie({ pixelSizesA: header(4) }), [peer, peer]);
  expect(used.pixelSizeA).toBe(1);
  expect(warnings.join()).toMatch(/^Its header gives 4 A per pixel, but 1 A per pixel was given/);
});

describe('a movie that differs from its session', () => {
  it.each([
    ['pixel size in its header', { pixelSizesA: header(2) }, { pixelSizeA: 2 }],
    ['voltage in its metadata', { voltageKv: inMdoc(200) }, { voltageKv: 200 }],
    [
      'mode: super-resolution',
      { pixelSizesA: [inMdoc(0.5)], isSuperResolution: true, width: 8192, height: 8192 },
      { pixelSizeA: 0.5, binning: 2 },
    ],
    ['dose in its metadata', { doseEA2: inMdoc(20) }, { dosePerFrameEA2: 0.5 }],
    ['dose and frames', { doseEA2: inMdoc(20), frames: 20 }, { dosePerFrameEA2: 1 }],
  ] as const)('in %s is processed with its own value, with a warning', (_name, values, expected) => {
    const peer = movie({ voltageKv: inMdoc(300), doseEA2: inMdoc(40), isSuperResolution: false });
    const result = ownRecipe(recipe({ dose: 40 }), { ...peer, ...values }, [peer, peer]);
    expect(result.recipe).toMatchObject(expected);
    if (!('frames' in values)) expect(result.warnings.join()).toMatch(/differs from its session/);
  });

  it('is compared with the others even if the first movie of the session is the unusual one', () => {
    const peers = [movie({ pixelSizesA: header(2) }), movie()];
    expect(ownRecipe(recipe(), movie(), peers)).toEqual({ recipe: recipe(), warnings: [] });
    expect(ownRecipe(recipe(), movie({ pixelSizesA: header(2) }), [movie()]).recipe.pixelSizeA).toBe(2);
  });

  it.each<[string, Partial<MovieValues>]>([
    ['size, without a pixel size of its own', { width: 2048, height: 2048, pixelSizesA: [] }],
    ['size, if the headers of all movies contradict the recipe', { width: 2048, height: 2048 }],
    ['pixel size, if those of the others contradict the recipe', { pixelSizesA: header(4) }],
    ['mode, without a pixel size of its own', { isSuperResolution: true, pixelSizesA: [] }],
  ])('in %s fails with the reason', (_name, values) => {
    const peer = movie({ isSuperResolution: false });
    const given = recipe({ apix: values.pixelSizesA?.length === 0 ? 1 : 1.5 });
    expect(errorOf(() => ownRecipe(given, { ...peer, ...values }, [peer, peer]))).toMatch(/^MOVIE_DIFFERS/);
  });

  it('in size causes a warning if there is only one other movie: it is not known which size is the usual one', () => {
    const { warnings } = ownRecipe(recipe(), movie({ width: 2048, pixelSizesA: [] }), [movie()]);
    expect(warnings.join()).toMatch(/may differ .* 2048 x 4096 pixels, other movies 4096 x 4096/);
  });

  it('in size, with a pixel size of its own, is processed', () => {
    const own = movie({ width: 2048, height: 2048, pixelSizesA: header(2) });
    expect(ownRecipe(recipe(), own, PEERS).recipe.pixelSizeA).toBe(2);
  });
});

describe('if a total dose is given, a movie whose number of frames differs from that of the others', () => {
  const total = recipe({ dose: 40 });
  const dosesAndWarnings = (own: MovieValues, peers = PEERS, given = total) => {
    const { recipe: used, warnings } = ownRecipe(given, own, peers);
    return [used.dosePerFrameEA2, used.totalDoseEA2, warnings.join()];
  };

  it('has the dose per frame of the others, with a warning that it is uncertain', () => {
    const expected = [
      1,
      null,
      expect.stringMatching(/not certain: the movie has 20 frames, other movies have 40/),
    ];
    expect(dosesAndWarnings(movie({ frames: 20 }))).toEqual(expected);
  });

  it('has a dose per frame that is derived from its exposure time', () => {
    const timed = (frames: number, exposureSeconds: number) => movie({ frames, exposureSeconds });
    const peers = [timed(40, 4), timed(40, 4)];
    expect(dosesAndWarnings(timed(20, 2), peers).slice(0, 2)).toEqual([1, null]);
    expect(dosesAndWarnings(timed(20, 4), peers).slice(0, 2)).toEqual([2, null]);
  });

  it('has the dose of its metadata, scaled by the ratio of given to recorded dose of the others, without a warning', () => {
    const dosed = (frames: number, dose: number) => movie({ frames, doseEA2: inMdoc(dose) });
    expect(dosesAndWarnings(dosed(44, 41.8), [dosed(40, 38)])).toEqual([1, null, '']);
  });

  it('keeps the total dose if there is only one other movie, with a warning that the dose per frame is uncertain', () => {
    const result = dosesAndWarnings(movie({ frames: 20 }), [movie()]);
    expect(result).toEqual([null, 40, expect.stringMatching(/not certain/)]);
  });

  it('has the given dose per frame, and not the total dose, if both are given', () => {
    const both = recipe({ dose: 40, fmdose: 1 });
    expect(dosesAndWarnings(movie({ frames: 20 }), PEERS, both).slice(0, 2)).toEqual([1, null]);
  });

  it('has the given total dose if it is an EER file with a few frames more or less', () => {
    const eer = (frames: number) => movie({ format: 'eer', frames });
    expect(dosesAndWarnings(eer(1008), [eer(1000), eer(1003)])).toEqual([null, 40, '']);
  });
});
