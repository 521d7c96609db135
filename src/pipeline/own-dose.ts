import type { Recipe } from '../contract/recipe.ts';
import type { MovieValues } from './movie-values.ts';
import { areNear, formatNumber, type OwnChange } from './own-change.ts';

/** Maximum relative difference between doses: estimates of cameras and programs differ by less. */
const DOSE_TOLERANCE = 0.15;
/** Maximum relative difference between dose per frame and total dose: users round both. */
const ROUNDING_TOLERANCE = 0.05;
/** EER files of the same exposure time differ by a few camera frames. */
const EER_FRAMES_TOLERANCE = 0.02;
/** Maximum relative difference between exposure times per frame of the same mode. */
const TIME_TOLERANCE = 0.02;

type Doses = Pick<Recipe, 'dosePerFrameEA2' | 'totalDoseEA2'>;
type DoseChange = OwnChange<Doses>;

const NO_CHANGE: DoseChange = { fields: {}, warning: null };

/**
 * The dose of a movie that differs from its session: that in its metadata or, if they contain none, a dose
 * derived from its number of frames and its exposure time.
 */
export function ownDose(recipe: Doses, own: MovieValues, peers: readonly MovieValues[]): DoseChange {
  if (recipe.dosePerFrameEA2 === null && recipe.totalDoseEA2 === null) return NO_CHANGE;
  const isOfOtherMovies = isTotalOfOthers(recipe, own, peers);
  const doses = isOfOtherMovies ? { ...recipe, totalDoseEA2: null } : recipe;
  const change = own.doseEA2 === null ? doseByFrames(doses, own, peers) : doseByMetadata(doses, own, peers);
  return isOfOtherMovies ? { ...change, fields: { totalDoseEA2: null, ...change.fields } } : change;
}

/** Whether both doses were given, and the total is that of movies with another number of frames. */
function isTotalOfOthers(recipe: Doses, own: MovieValues, peers: readonly MovieValues[]): boolean {
  const { dosePerFrameEA2, totalDoseEA2 } = recipe;
  if (dosePerFrameEA2 === null || totalDoseEA2 === null) return false;
  const hasTotal = ({ frames }: MovieValues) =>
    areNear(dosePerFrameEA2 * frames, totalDoseEA2, ROUNDING_TOLERANCE);
  return !hasTotal(own) && peers.some(hasTotal);
}

/** The dose of a movie according to the recipe, e/A^2. */
const givenDose = ({ dosePerFrameEA2, totalDoseEA2 }: Doses, { frames }: MovieValues): number =>
  dosePerFrameEA2 === null ? (totalDoseEA2 ?? 0) : dosePerFrameEA2 * frames;

function doseByMetadata(recipe: Doses, own: MovieValues, peers: readonly MovieValues[]): DoseChange {
  const agrees = (movie: MovieValues) =>
    movie.doseEA2 !== null && areNear(movie.doseEA2.value, givenDose(recipe, movie), DOSE_TOLERANCE);
  if (own.doseEA2 === null) return NO_CHANGE;
  if (agrees(own)) return scaledTotal(recipe, own.doseEA2.value, own, peers.filter(agrees));
  const { value, source } = own.doseEA2;
  const given = `${formatNumber(givenDose(recipe, own))} e/A^2`;
  if (peers.some(agrees))
    return {
      fields: { dosePerFrameEA2: value / own.frames, totalDoseEA2: null },
      warning: `The movie differs from its session: ${source} gives a dose of ${formatNumber(value)} e/A^2, which is used instead of ${given}.`,
    };
  return {
    fields: {},
    warning: `According to ${source} the dose is ${formatNumber(value)} e/A^2, but ${given} was given and is used.`,
  };
}

/**
 * If the number of frames differs, a given total dose is that of the other movies: it is multiplied by the
 * ratio of the doses in the metadata.
 */
function scaledTotal(
  { dosePerFrameEA2, totalDoseEA2 }: Doses,
  ownEA2: number,
  own: MovieValues,
  peers: readonly MovieValues[],
): DoseChange {
  const usualEA2 = peers[0]?.doseEA2?.value;
  if (dosePerFrameEA2 !== null || totalDoseEA2 === null || usualEA2 === undefined) return NO_CHANGE;
  if (peers.some((peer) => haveSameFrameCount(own, peer))) return NO_CHANGE;
  const perFrame = (totalDoseEA2 * ownEA2) / usualEA2 / own.frames;
  return { fields: { dosePerFrameEA2: perFrame, totalDoseEA2: null }, warning: null };
}

function doseByFrames(recipe: Doses, own: MovieValues, peers: readonly MovieValues[]): DoseChange {
  const usual = peers.find((peer) => peers.length === 1 || peers.some((other) => isAlike(peer, other)));
  if (usual === undefined || peers.some((peer) => haveSameFrameCount(own, peer))) return NO_CHANGE;
  const found = `${own.frames} frames, other movies have ${usual.frames}`;
  const perFrame = recipe.dosePerFrameEA2 ?? (recipe.totalDoseEA2 ?? 0) / usual.frames;
  const times = timesPerFrame(own, usual);
  if (times !== null) {
    const isSame = areNear(times.own, times.usual, TIME_TOLERANCE);
    const dosePerFrameEA2 = isSame ? perFrame : (perFrame * times.own) / times.usual;
    return {
      fields: { dosePerFrameEA2, totalDoseEA2: null },
      warning: `The movie differs from its session: it has ${found}. By its exposure time, the dose per frame is ${formatNumber(dosePerFrameEA2)} e/A^2.`,
    };
  }
  // With only one other movie, it is not known which of the two is the usual one.
  if (peers.length === 1 && recipe.dosePerFrameEA2 === null)
    return {
      fields: {},
      warning: `The dose per frame is not certain: the movie has ${found}. The total dose that was given is divided by ${own.frames}.`,
    };
  return {
    fields: { dosePerFrameEA2: perFrame, totalDoseEA2: null },
    warning: `The dose per frame is not certain: the movie has ${found}. ${formatNumber(perFrame)} e/A^2 per frame is used, as for the others.`,
  };
}

/** Two different movies with the same number of frames. */
const isAlike = (a: MovieValues, b: MovieValues): boolean => a !== b && haveSameFrameCount(a, b);

const haveSameFrameCount = (a: MovieValues, b: MovieValues): boolean =>
  a.frames === b.frames ||
  (a.format === 'eer' && b.format === 'eer' && areNear(a.frames, b.frames, EER_FRAMES_TOLERANCE));

/** Exposure times per frame in seconds; null if one is not known. */
function timesPerFrame(own: MovieValues, usual: MovieValues): { own: number; usual: number } | null {
  if (own.exposureSeconds === null || usual.exposureSeconds === null) return null;
  return { own: own.exposureSeconds / own.frames, usual: usual.exposureSeconds / usual.frames };
}
