import { CodedError } from '../contract/errors.ts';
import type { Recipe } from '../contract/recipe.ts';
import type { MovieValues, SourcedValue } from './movie-values.ts';
import { areNear, formatNumber, type OwnChange } from './own-change.ts';
import { ownDose } from './own-dose.ts';

/** Maximum relative difference between calibrations of the same pixel size. */
const PIXEL_TOLERANCE = 0.03;
const VOLTAGE_TOLERANCE = 0.01;

/** The part of a recipe that a movie may replace by its own values. */
export type OwnFields = Pick<
  Recipe,
  'pixelSizeA' | 'voltageKv' | 'binning' | 'dosePerFrameEA2' | 'totalDoseEA2'
>;

interface OwnRecipe {
  readonly recipe: Recipe;
  readonly warnings: readonly string[];
}

/**
 * The recipe for one movie: that of its session, with the values of the movie itself where it differs. The
 * values of a header are believed if those of another movie agree with the recipe. If all movies contradict
 * the recipe in the same way, the values that a user gave are used, and there is a warning.
 * @param peers - values of other movies of the session; empty: the movie is compared only with the recipe
 * @throws CodedError MOVIE_DIFFERS if the movie differs and its own values are not known
 */
export function ownRecipe(recipe: Recipe, own: MovieValues, peers: readonly MovieValues[]): OwnRecipe {
  const pixelSize = choose(recipe.pixelSizeA, PIXEL_TOLERANCE, own, peers, (movie) => movie.pixelSizesA);
  const voltage = choose(recipe.voltageKv, VOLTAGE_TOLERANCE, own, peers, (movie) =>
    movie.voltageKv === null ? [] : [movie.voltageKv],
  );
  const changes = [
    changeOf('pixelSizeA', 'A per pixel', recipe.pixelSizeA, pixelSize),
    changeOf('voltageKv', 'kV', recipe.voltageKv, voltage),
    modeChange(recipe, own, peers, pixelSize),
    sizeChange(own, peers, pixelSize),
    ownDose(recipe, own, peers),
  ];
  return {
    recipe: Object.assign({ ...recipe }, ...changes.map(({ fields }) => fields)),
    warnings: changes.flatMap(({ warning }) => warning ?? []),
  };
}

/**
 * `agrees`: the recipe has this value. `own`: only this movie differs. `all`: other movies differ from the
 * recipe in the same way, or there are none. `unclear`: other movies have neither the value of the recipe nor
 * that of this movie. `none`: the movie has no value.
 */
type Choice =
  | { readonly verdict: 'agrees' | 'none' }
  | { readonly verdict: 'own' | 'all' | 'unclear'; readonly found: SourcedValue };

function choose(
  given: number,
  tolerance: number,
  own: MovieValues,
  peers: readonly MovieValues[],
  valuesOf: (movie: MovieValues) => readonly SourcedValue[],
): Choice {
  const isNear = (a: number) => (b: SourcedValue) => areNear(a, b.value, tolerance);
  const [found, ...further] = valuesOf(own);
  if (found === undefined) return { verdict: 'none' };
  if ([found, ...further].some(isNear(given))) return { verdict: 'agrees' };
  const known = peers.map(valuesOf).filter((values) => values.length > 0);
  const alike = known.filter((values) => values.some(isNear(found.value)));
  const agreeing = known.filter((values) => values.some(isNear(given)));
  // If the header of another movie gives the same value, although the metadata of that movie agree with the
  // recipe, the value is not believed.
  const isBelieved = !agreeing.some((values) => alike.includes(values));
  if (agreeing.length > 0 && isBelieved) return { verdict: 'own', found };
  return { verdict: known.length === 0 || alike.length > 0 ? 'all' : 'unclear', found };
}

const NO_CHANGE: OwnChange<OwnFields> = { fields: {}, warning: null };

function changeOf(
  field: 'pixelSizeA' | 'voltageKv',
  unit: string,
  given: number,
  choice: Choice,
): OwnChange<OwnFields> {
  if (!('found' in choice)) return NO_CHANGE;
  const { value, source } = choice.found;
  const found = `${source} gives ${formatNumber(value)} ${unit}`;
  switch (choice.verdict) {
    case 'own':
      return {
        fields: { [field]: value },
        warning: `The movie differs from its session: ${found}, which is used instead of ${given} ${unit}.`,
      };
    case 'all':
      return { fields: {}, warning: `${capitalized(found)}, but ${given} ${unit} was given and is used.` };
    case 'unclear':
      throw differsError(`${found}, ${given} ${unit} was given, and other movies have other values`);
  }
}

/**
 * The change for a movie that was recorded in another mode (super-resolution or not). If no other movie has
 * the mode of the recipe, a user has chosen the binning, and it is kept.
 */
function modeChange(
  { binning }: Recipe,
  own: MovieValues,
  peers: readonly MovieValues[],
  pixelSize: Choice,
): OwnChange<OwnFields> {
  const isGiven = binning > 1;
  const { isSuperResolution } = own;
  if (isSuperResolution === null || isSuperResolution === isGiven) return NO_CHANGE;
  if (!peers.some((peer) => peer.isSuperResolution === isGiven)) return NO_CHANGE;
  const mode = isSuperResolution ? 'in super-resolution' : 'without super-resolution';
  if (!isKnown(pixelSize)) throw differsError(`it was recorded ${mode}, and its pixel size is not known`);
  return {
    fields: { binning: isSuperResolution ? 2 : 1 },
    warning: `The movie differs from its session: it was recorded ${mode}.`,
  };
}

/** A movie of another size has the pixel size of the session only if its header or metadata say so. */
function sizeChange(
  own: MovieValues,
  peers: readonly MovieValues[],
  pixelSize: Choice,
): OwnChange<OwnFields> {
  const sizeOf = ({ width, height }: MovieValues) => `${width} x ${height}`;
  const sizes = new Set(peers.map(sizeOf));
  const [usual] = sizes;
  if (usual === undefined || sizes.has(sizeOf(own)) || isKnown(pixelSize)) return NO_CHANGE;
  const found = `it has ${sizeOf(own)} pixels, other movies ${usual}`;
  if (peers.length > 1 && sizes.size === 1) throw differsError(`${found}, and its pixel size is not known`);
  return {
    fields: {},
    warning: `The movie may differ from its session: ${found}. The pixel size that was given is used.`,
  };
}

/** Whether the header or metadata of the movie itself confirm or replace the pixel size of the recipe. */
const isKnown = ({ verdict }: Choice): boolean => verdict === 'agrees' || verdict === 'own';

const differsError = (reason: string): CodedError =>
  new CodedError('MOVIE_DIFFERS', `${capitalized(reason)}.`);

/** Begins a sentence; names of files are not changed. */
const capitalized = (text: string): string => text.replace(/^it/, 'It');
