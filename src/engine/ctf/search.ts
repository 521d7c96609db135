import { removeSmooth, type SmoothBasis, smoothBasis, smoothPart } from './background.ts';
import { type CtfOptics, type DefocusVector, defocusAlong, ringsInto } from './model.ts';
import { type PolarSpectrum, sectorAngle } from './polar.ts';

/**
 * Rings without background, ready to be compared with models. `data[sector*bins + bin]` is the amplitude divided by
 * its smooth radial course, less what is smooth in each direction by itself (drift makes the background uneven).
 */
export interface RingData {
  readonly polar: PolarSpectrum;
  readonly basis: SmoothBasis;
  readonly data: Float64Array;
}

export interface Candidate {
  readonly defocus: DefocusVector;
  /** exp(-bFactorA2 s / 4): how fast the rings fade. */
  readonly bFactorA2: number;
  /** Matched-filter sum: proportional to signal over noise, comparable between all models. */
  readonly score: number;
}

/** Pieces of the background spline over the fitted range: too stiff to follow the rings of 0.3 um. */
const BACKGROUND_PIECES = 4;
/** Fading of rings that is tried, A^2: from a fresh field-emission image to a thick or drifting one. */
export const B_FACTORS_A2 = [40, 200, 800] as const;
const LARGEST_HALF_ASTIGMATISM_A = 2500;
/** Change of ring phase at the finest frequency from one model to the next, radians: loses under 2 % of the score. */
const PHASE_STEP = 0.6;
/** Steps of the half astigmatism, in steps of defocus: it acts on few directions in full. */
const ASTIGMATISM_STEP = 2.5;
/** Directions tried per step of astigmatism: circles that grow evenly, with points as far apart as the circles are. */
const DIRECTIONS_PER_STEP = 6;

export function ringData(polar: PolarSpectrum): RingData {
  const { bins, sectors, frequency, counts, radial } = polar;
  const abscissa = frequency.map((f) => Math.sqrt(f));
  const basis = smoothBasis(abscissa, counts, BACKGROUND_PIECES);
  const course = smoothPart(basis, radial.map(Math.log));
  const data = polar.amplitude.map((a, i) => a * Math.exp(-(course[i % bins] ?? 0)) - 1);
  for (let sector = 0; sector < sectors; sector++) removeSmooth(basis, data, sector * bins);
  return { polar, basis, data };
}

/** Writes the rings of one defocus, without their smooth part, into `out`. */
export function modelRings(
  optics: CtfOptics,
  rings: RingData,
  defocusA: number,
  fade: Float64Array,
  out: Float64Array,
): void {
  ringsInto(optics, defocusA, rings.polar.s, out);
  for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) * (fade[i] as number);
  removeSmooth(rings.basis, out);
}

export function fading(polar: PolarSpectrum, bFactorA2: number): Float64Array {
  return polar.s.map((s) => Math.exp((-bFactorA2 * s) / 4));
}

/**
 * Tries every mean defocus, astigmatism and direction on a grid. The comparison of a direction's rings with those of
 * a defocus is made once per sector and defocus; a model with astigmatism then only adds up one number per sector.
 * @returns the best candidate of each fading, best first
 */
export function coarseSearch(
  optics: CtfOptics,
  rings: RingData,
  range: { readonly minimumDefocusA: number; readonly maximumDefocusA: number },
  signal?: AbortSignal,
): Candidate[] {
  const { s } = rings.polar;
  const finest = s[s.length - 1] ?? 0;
  const stepA = PHASE_STEP / (2 * Math.PI * optics.wavelengthA * finest);
  const lowest = Math.max(500, range.minimumDefocusA * 0.6);
  const highest = range.maximumDefocusA + LARGEST_HALF_ASTIGMATISM_A;
  const grid = {
    lowest,
    stepA,
    count: Math.ceil((highest - lowest) / stepA) + 1,
    from: Math.ceil((range.minimumDefocusA - lowest) / stepA),
    to: Math.floor((range.maximumDefocusA - lowest) / stepA),
  };
  const found = B_FACTORS_A2.map((bFactorA2) => {
    signal?.throwIfAborted();
    return bestOnGrid(optics, rings, grid, bFactorA2);
  });
  return found.sort((a, b) => b.score - a.score);
}

interface Grid {
  readonly lowest: number;
  readonly stepA: number;
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

function bestOnGrid(optics: CtfOptics, rings: RingData, grid: Grid, bFactorA2: number): Candidate {
  const { sectors } = rings.polar;
  const { overlap, norm } = compareSectors(optics, rings, grid, bFactorA2);
  let best: Candidate = { defocus: { mean: grid.lowest, cosine: 0, sine: 0 }, bFactorA2, score: -Infinity };
  const offsets = new Int32Array(sectors);
  const largest = Math.min(LARGEST_HALF_ASTIGMATISM_A, (grid.to * grid.stepA + grid.lowest) / 2);
  for (let circle = 0; circle * grid.stepA * ASTIGMATISM_STEP <= largest; circle++) {
    const half = circle * grid.stepA * ASTIGMATISM_STEP;
    const directions = Math.max(1, circle * DIRECTIONS_PER_STEP);
    for (let d = 0; d < directions; d++) {
      const alpha = (d * Math.PI) / directions;
      const vector = { mean: 0, cosine: half * Math.cos(2 * alpha), sine: half * Math.sin(2 * alpha) };
      for (let j = 0; j < sectors; j++) {
        offsets[j] = Math.round(defocusAlong(vector, sectorAngle(j)) / grid.stepA);
      }
      const reach = Math.ceil(half / grid.stepA);
      for (let k = Math.max(grid.from, reach); k <= Math.min(grid.to, grid.count - 1 - reach); k++) {
        const mean = grid.lowest + k * grid.stepA;
        if (half > 0.4 * mean) continue;
        let top = 0;
        let bottom = 0;
        for (let j = 0; j < sectors; j++) {
          const at = k + (offsets[j] as number);
          top += overlap[at * sectors + j] as number;
          bottom += norm[at] as number;
        }
        const score = top / Math.sqrt(bottom);
        if (score > best.score) best = { defocus: { ...vector, mean }, bFactorA2, score };
      }
    }
  }
  return best;
}

/** overlap[k*sectors + j]: sum of w * data * model of sector j and defocus k; norm[k]: sum of w * model^2. */
function compareSectors(optics: CtfOptics, rings: RingData, grid: Grid, bFactorA2: number) {
  const { bins, counts, sectors } = rings.polar;
  const fade = fading(rings.polar, bFactorA2);
  const model = new Float64Array(bins);
  const overlap = new Float64Array(grid.count * sectors);
  const norm = new Float64Array(grid.count);
  for (let k = 0; k < grid.count; k++) {
    modelRings(optics, rings, grid.lowest + k * grid.stepA, fade, model);
    let square = 0;
    for (let i = 0; i < bins; i++) {
      const weighted = (model[i] as number) * (counts[i] as number);
      square += weighted * (model[i] as number);
      model[i] = weighted;
    }
    norm[k] = square;
    for (let j = 0; j < sectors; j++) {
      let sum = 0;
      for (let i = 0, at = j * bins; i < bins; i++, at++) {
        sum += (rings.data[at] as number) * (model[i] as number);
      }
      overlap[k * sectors + j] = sum;
    }
  }
  return { overlap, norm };
}
