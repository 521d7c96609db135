import type { Recipe } from '../contract/recipe.ts';
import type { ResultRecord } from '../contract/record.ts';
import { type MovieValues, readMovieValues } from './movie-values.ts';
import { ownGain, refuseHalfSizeGain } from './own-gain.ts';
import { type OwnFields, ownRecipe } from './own-recipe.ts';
import { type BatchSettings, boundariesOf, type Run, warn } from './run.ts';

/**
 * A run with the recipe for its movie, which differs from that of the batch if the movie differs from its
 * session.
 * @param old - a record whose alignment is still valid: the values that were used for it are kept; null: none
 * @throws CodedError MOVIE_DIFFERS, GAIN_SIZE_MISMATCH
 */
export function applyOwnRecipe(run: Run, old: ResultRecord | null): Run {
  const { batch, movie } = run;
  if (old !== null) return withRecipe(run, { ...batch.recipe, ...ownFieldsOf(old.recipe) });
  const own = readMovieValues(batch.rawDir, movie.path, boundariesOf(batch).movie);
  if (own === null) return run;
  const peers = peersOf(batch).flatMap(({ path, values }) => (path === movie.path ? [] : values));
  const { recipe, warnings } = ownRecipe(batch.recipe, own, peers);
  const gain = ownGain(run, own);
  warn(run, 'align', [...warnings, ...gain.warnings]);
  const changed = withRecipe(run, { ...recipe, gain: gain.setting });
  if (batch.halfSizeGain === 'refuse') refuseHalfSizeGain(changed, own);
  return changed;
}

const withRecipe = (run: Run, recipe: Recipe): Run => ({ ...run, batch: { ...run.batch, recipe } });

function ownFieldsOf(recipe: Recipe): OwnFields & Pick<Recipe, 'gain'> {
  const { pixelSizeA, voltageKv, binning, dosePerFrameEA2, totalDoseEA2, gain } = recipe;
  return { pixelSizeA, voltageKv, binning, dosePerFrameEA2, totalDoseEA2, gain };
}

/** A movie of the session with which others are compared. */
interface Peer {
  readonly path: string;
  /** Empty: the movie cannot be read. */
  readonly values: readonly MovieValues[];
}

/** The headers of these movies are read once per batch. */
const peersByBatch = new WeakMap<BatchSettings, readonly Peer[]>();

function peersOf(batch: BatchSettings): readonly Peer[] {
  const known = peersByBatch.get(batch);
  if (known !== undefined) return known;
  const within = boundariesOf(batch).movie;
  const peers = (batch.peers ?? []).map((path) => {
    const values = readMovieValues(batch.rawDir, path, within);
    return { path, values: values === null ? [] : [values] };
  });
  peersByBatch.set(batch, peers);
  return peers;
}
