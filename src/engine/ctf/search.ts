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
  /** Pairs of neighbouring sectors together: enough for the search, at half its cost. Direction of each, radians. */
  readonly pairs: Float64Array;
  readonly pairAngles: Float64Array;
}

export interface Candidate {
  readonly defocus: DefocusVector;
  readonly phaseShiftRad: number;
  /** exp(-bFactorA2 s / 4): how fast the rings fade. */
  readonly bFactorA2: number;
  /** Matched-filter sum: proportional to signal over noise, comparable between all models. */
  readonly score: number;
}

/** Pieces of the background spline over the fitted range: too stiff to follow the rings of 0.3 um. */
const BACKGROUND_PIECES = 4;
/** Fading of rings that is tried, A^2: from a fresh field-emission image to a thick or drifting one. */
export const B_FACTORS_A2 = [60, 400] as const;
const LARGEST_HALF_ASTIGMATISM_A = 2500;
/** Change of ring phase at the finest frequency from one model to the next, radians: loses under 2 % of the score. */
const PHASE_STEP = 0.6;
/** Steps of the half astigmatism, in steps of defocus: it acts on few directions in full. */
const ASTIGMATISM_STEP = 2.5;
/** Half of the astigmatism that a defocus may have: beyond it V would be no underfocus that anyone works at. */
const LARGEST_RELATIVE_HALF = 0.4;
/** Steps of the phase shift, radians: 12 degrees. */
const PHASE_SHIFT_STEP = Math.PI / 15;
/** Two candidates less than this many rings (at the finest frequency) from each other lead to the same fit. */
const APART_RINGS = 0.4;
const MOST_CANDIDATES = 6;
/** Directions tried per step of astigmatism: circles that grow evenly, with points as far apart as the circles are. */
const DIRECTIONS_PER_STEP = 6;

export function ringData(polar: PolarSpectrum): RingData {
  const { bins, sectors, frequency, counts, radial } = polar;
  const abscissa = frequency.map((f) => Math.sqrt(f));
  const basis = smoothBasis(abscissa, counts, BACKGROUND_PIECES);
  const course = smoothPart(basis, radial.map(Math.log));
  const data = polar.amplitude.map((a, i) => a * Math.exp(-(course[i % bins] ?? 0)) - 1);
  for (let sector = 0; sector < sectors; sector++) removeSmooth(basis, data, sector * bins);
  const half = sectors / 2;
  const pairs = new Float64Array(half * bins).map((_, at) => {
    const from = 2 * Math.floor(at / bins) * bins + (at % bins);
    return (data[from] as number) + (data[from + bins] as number);
  });
  const pairAngles = new Float64Array(half).map((_, j) => (sectorAngle(2 * j) + sectorAngle(2 * j + 1)) / 2);
  return { polar, basis, data, pairs, pairAngles };
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

export interface SearchRange {
  readonly minimumDefocusA: number;
  readonly maximumDefocusA: number;
  /** Radians; null: no phase plate. */
  readonly phaseRange: readonly [number, number] | null;
}

/**
 * Tries every mean defocus, astigmatism, direction and phase shift on a grid. The comparison of a direction's rings with
 * those of a defocus is made once per sector and defocus; a model with astigmatism then only adds up numbers.
 * @returns candidates, best first: each better than all others within APART_RINGS of it
 */
export function coarseSearch(
  optics: CtfOptics,
  rings: RingData,
  range: SearchRange,
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
    phases: phasesTried(range.phaseRange),
  };
  const found = B_FACTORS_A2.flatMap((bFactorA2) => {
    signal?.throwIfAborted();
    return bestOnGrid(optics, rings, grid, bFactorA2);
  });
  const apartA = APART_RINGS / (optics.wavelengthA * finest);
  const distinct: Candidate[] = [];
  for (const candidate of found.sort((a, b) => b.score - a.score)) {
    const near = ({ defocus }: Candidate) => Math.abs(candidate.defocus.mean - defocus.mean) < apartA;
    if (!distinct.some(near)) distinct.push(candidate);
    if (distinct.length === MOST_CANDIDATES) break;
  }
  if (distinct.length === 0) {
    const defocus = { mean: range.minimumDefocusA, cosine: 0, sine: 0 };
    return [{ defocus, phaseShiftRad: 0, bFactorA2: B_FACTORS_A2[0], score: 0 }];
  }
  return distinct;
}

function phasesTried(range: readonly [number, number] | null): Float64Array {
  if (!range) return Float64Array.of(0);
  const [low, high] = range;
  const steps = Math.max(1, Math.ceil((high - low) / PHASE_SHIFT_STEP));
  return Float64Array.from({ length: steps + 1 }, (_, i) => low + ((high - low) * i) / steps);
}

interface Grid {
  readonly lowest: number;
  readonly stepA: number;
  readonly count: number;
  readonly from: number;
  readonly to: number;
  readonly phases: Float64Array;
}

/** The best candidate of each mean defocus on the grid. */
function bestOnGrid(optics: CtfOptics, rings: RingData, grid: Grid, bFactorA2: number): Candidate[] {
  const best = new Map<number, Candidate>();
  const sectors = rings.pairAngles.length;
  const compared = compareSectors(optics, rings, grid, bFactorA2);
  const offsets = new Int32Array(sectors);
  const largest = Math.min(LARGEST_HALF_ASTIGMATISM_A, (grid.to * grid.stepA + grid.lowest) / 2);
  for (let circle = 0; circle * grid.stepA * ASTIGMATISM_STEP <= largest; circle++) {
    const half = circle * grid.stepA * ASTIGMATISM_STEP;
    const directions = Math.max(1, circle * DIRECTIONS_PER_STEP);
    for (let d = 0; d < directions; d++) {
      const alpha = (d * Math.PI) / directions;
      const vector = { mean: 0, cosine: half * Math.cos(2 * alpha), sine: half * Math.sin(2 * alpha) };
      for (let j = 0; j < sectors; j++) {
        offsets[j] = Math.round(defocusAlong(vector, rings.pairAngles[j] as number) / grid.stepA);
      }
      const reach = Math.ceil(half / grid.stepA);
      for (let k = Math.max(grid.from, reach); k <= Math.min(grid.to, grid.count - 1 - reach); k++) {
        const mean = grid.lowest + k * grid.stepA;
        if (half > LARGEST_RELATIVE_HALF * mean) continue;
        const { score, phase } = scoreAt(compared, grid.phases, offsets, k, sectors);
        if (score > (best.get(k)?.score ?? 0)) {
          best.set(k, { defocus: { ...vector, mean }, phaseShiftRad: phase, bFactorA2, score });
        }
      }
    }
  }
  return [...best.values()];
}

/** Matched filter of one defocus, offsets by sector included, at the best of the phases. */
function scoreAt(
  { cosine, sine, cc, ss, cs }: Compared,
  phases: Float64Array,
  offsets: Int32Array,
  k: number,
  sectors: number,
): { score: number; phase: number } {
  let top = 0;
  let bottom = 0;
  for (let j = 0; j < sectors; j++) {
    const at = k + (offsets[j] as number);
    top += cosine[at * sectors + j] as number;
    bottom += cc[at] as number;
  }
  if (!sine) return { score: top / Math.sqrt(bottom), phase: 0 };
  let topSine = 0;
  let bottomSine = 0;
  let mixed = 0;
  for (let j = 0; j < sectors; j++) {
    const at = k + (offsets[j] as number);
    topSine += sine[at * sectors + j] as number;
    bottomSine += ss[at] as number;
    mixed += cs[at] as number;
  }
  let best = { score: -Infinity, phase: 0 };
  for (const phase of phases) {
    const c = Math.cos(2 * phase);
    const s = Math.sin(2 * phase);
    const score =
      (c * top + s * topSine) / Math.sqrt(c * c * bottom + 2 * c * s * mixed + s * s * bottomSine);
    if (score > best.score) best = { score, phase };
  }
  return best;
}

/**
 * cosine[k*sectors + j]: sum of w * data * model of sector j and defocus k; cc[k]: sum of w * model^2. With a phase plate also
 * the same for the model a quarter of a ring on: those of any phase shift are their mixtures.
 */
interface Compared {
  readonly cosine: Float64Array;
  readonly sine: Float64Array | null;
  readonly cc: Float64Array;
  readonly ss: Float64Array;
  readonly cs: Float64Array;
}

function compareSectors(optics: CtfOptics, rings: RingData, grid: Grid, bFactorA2: number): Compared {
  const { bins, counts } = rings.polar;
  const sectors = rings.pairAngles.length;
  const fade = fading(rings.polar, bFactorA2);
  const quarterOn = { ...optics, constantPhase: optics.constantPhase + Math.PI / 4 };
  const models = grid.phases.length > 1 ? [optics, quarterOn] : [optics];
  const model = [new Float64Array(bins), new Float64Array(bins)] as const;
  const overlaps = models.map(() => new Float64Array(grid.count * sectors));
  const [cc, ss, cs] = [0, 1, 2].map(() => new Float64Array(grid.count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let k = 0; k < grid.count; k++) {
    models.forEach((plate, m) => {
      modelRings(plate, rings, grid.lowest + k * grid.stepA, fade, model[m as 0 | 1]);
    });
    for (let i = 0; i < bins; i++) {
      const [a, b, w] = [model[0][i] as number, model[1][i] as number, counts[i] as number];
      // Twice: a pair holds the sum of two sectors.
      cc[k] = (cc[k] as number) + 2 * w * a * a;
      ss[k] = (ss[k] as number) + 2 * w * b * b;
      cs[k] = (cs[k] as number) + 2 * w * a * b;
      model[0][i] = w * a;
      model[1][i] = w * b;
    }
    overlaps.forEach((overlap, m) => {
      const weighted = model[m as 0 | 1];
      for (let j = 0; j < sectors; j++) {
        let sum = 0;
        for (let i = 0, at = j * bins; i < bins; i++, at++) {
          sum += (rings.pairs[at] as number) * (weighted[i] as number);
        }
        overlap[k * sectors + j] = sum;
      }
    });
  }
  return { cosine: overlaps[0] as Float64Array, sine: overlaps[1] ?? null, cc, ss, cs };
}
