import { type CtfOptics, type DefocusVector, defocusAlong } from './model.ts';
import { bestPhase, compareSectors, type DefocusGrid, scoreAt, sumSectors } from './ring-comparison.ts';
import type { RingData } from './ring-data.ts';

export interface Candidate {
  readonly defocus: DefocusVector;
  readonly phaseShiftRad: number;
  /** exp(-bFactorA2 s / 4): decay of the rings with frequency. */
  readonly bFactorA2: number;
  /** Matched-filter sum: proportional to the signal-to-noise ratio, comparable between all models. */
  readonly score: number;
}

/** B-factors of the rings in the search, A^2: from a perfect field-emission image to thick ice or drift. */
const B_FACTORS_A2 = [60, 400] as const;
const MAX_HALF_ASTIGMATISM_A = 2500;
/**
 * Change of ring phase at the highest frequency from one model to the next, radians: reduces the score by
 * less than 2 %.
 */
const PHASE_STEP = 0.6;
/**
 * Steps of the half astigmatism, in steps of defocus; coarser because the astigmatism has its full effect
 * only in a few directions.
 */
const ASTIGMATISM_STEP = 2.5;
/** Maximum half astigmatism as a fraction of the defocus: beyond it, V would not be a usable underfocus. */
const MAX_RELATIVE_HALF_ASTIGMATISM = 0.4;
/** Two candidates closer than this many rings (at the highest frequency) lead to the same fit. */
const MIN_SEPARATION_RINGS = 0.4;
const MAX_CANDIDATES = 6;
/**
 * Directions tried per step of astigmatism: more on larger circles, with the same distance between points as
 * between circles.
 */
const DIRECTIONS_PER_STEP = 6;

export interface SearchRange {
  readonly minimumDefocusA: number;
  readonly maximumDefocusA: number;
  /** Radians; null: no phase plate. */
  readonly phaseRange: readonly [number, number] | null;
}

/**
 * Tries every mean defocus, astigmatism, direction and phase shift on a grid. The rings of each direction are
 * compared with those of each defocus once; the score of a model with astigmatism is then a sum of these
 * numbers.
 * @returns candidates, best first: each better than all others within MIN_SEPARATION_RINGS of it
 */
export function coarseSearch(
  optics: CtfOptics,
  rings: RingData,
  range: SearchRange,
  signal?: AbortSignal,
): Candidate[] {
  const { s } = rings.polar;
  const maxS = s[s.length - 1] ?? 0;
  const stepA = PHASE_STEP / (2 * Math.PI * optics.wavelengthA * maxS);
  const lowestA = Math.max(500, range.minimumDefocusA * 0.6);
  const highestA = range.maximumDefocusA + MAX_HALF_ASTIGMATISM_A;
  const grid = {
    firstA: lowestA,
    stepA,
    count: Math.ceil((highestA - lowestA) / stepA) + 1,
    from: Math.ceil((range.minimumDefocusA - lowestA) / stepA),
    to: Math.floor((range.maximumDefocusA - lowestA) / stepA),
    phaseRange: range.phaseRange,
  };
  const candidates = B_FACTORS_A2.flatMap((bFactorA2) => {
    signal?.throwIfAborted();
    return bestOnGrid(optics, rings, grid, bFactorA2);
  });
  const separationA = MIN_SEPARATION_RINGS / (optics.wavelengthA * maxS);
  const distinctCandidates: Candidate[] = [];
  for (const candidate of candidates.sort((a, b) => b.score - a.score)) {
    const isNear = ({ defocus }: Candidate) => Math.abs(candidate.defocus.mean - defocus.mean) < separationA;
    if (!distinctCandidates.some(isNear)) distinctCandidates.push(candidate);
    if (distinctCandidates.length === MAX_CANDIDATES) break;
  }
  if (distinctCandidates.length === 0) {
    const defocus = { mean: range.minimumDefocusA, cosine: 0, sine: 0 };
    return [{ defocus, phaseShiftRad: 0, bFactorA2: B_FACTORS_A2[0], score: 0 }];
  }
  return distinctCandidates;
}

/** The best candidate of each mean defocus on the grid. */
function bestOnGrid(optics: CtfOptics, rings: RingData, grid: DefocusGrid, bFactorA2: number): Candidate[] {
  const sectors = rings.pairAngles.length;
  const sectorSums = compareSectors(optics, rings, grid, bFactorA2);
  const offsets = new Int32Array(sectors);
  const sums = sectorSums.map(() => new Float64Array(grid.count));
  const scores = new Float64Array(grid.count);
  const models: DefocusVector[] = [];
  const bestModel = new Int32Array(grid.count);
  const maxHalfA = Math.min(MAX_HALF_ASTIGMATISM_A, (grid.to * grid.stepA + grid.firstA) / 2);
  for (let circle = 0; circle * grid.stepA * ASTIGMATISM_STEP <= maxHalfA; circle++) {
    const halfA = circle * grid.stepA * ASTIGMATISM_STEP;
    const maxOffset = Math.ceil(halfA / grid.stepA);
    const minIndex = Math.ceil((halfA / MAX_RELATIVE_HALF_ASTIGMATISM - grid.firstA) / grid.stepA);
    const from = Math.max(grid.from, maxOffset, minIndex);
    const to = Math.min(grid.to, grid.count - 1 - maxOffset);
    const directions = Math.max(1, circle * DIRECTIONS_PER_STEP);
    for (let d = 0; d < directions; d++) {
      const alpha = (d * Math.PI) / directions;
      const vector = { mean: 0, cosine: halfA * Math.cos(2 * alpha), sine: halfA * Math.sin(2 * alpha) };
      for (let j = 0; j < sectors; j++) {
        offsets[j] = Math.round(defocusAlong(vector, rings.pairAngles[j] as number) / grid.stepA);
      }
      sectorSums.forEach((values, m) => {
        sumSectors(values, offsets, grid.count, from, to, sums[m] as Float64Array);
      });
      for (let k = from; k <= to; k++) {
        const score = scoreAt(sums, grid.phaseRange, k);
        if (score <= (scores[k] as number)) continue;
        scores[k] = score;
        bestModel[k] = models.length;
      }
      models.push(vector);
    }
  }
  return Array.from(scores, (score, k): Candidate[] => {
    const vector = models[bestModel[k] as number];
    if (score === 0 || !vector) return [];
    const mean = grid.firstA + k * grid.stepA;
    // `sums` belongs to the last model: the sums of the best model are computed again.
    for (let j = 0; j < sectors; j++) {
      offsets[j] = Math.round(defocusAlong(vector, rings.pairAngles[j] as number) / grid.stepA);
    }
    sectorSums.forEach((values, m) => {
      sumSectors(values, offsets, grid.count, k, k, sums[m] as Float64Array);
    });
    const phaseShiftRad = grid.phaseRange ? bestPhase(sums, grid.phaseRange, k) : 0;
    return [{ defocus: { ...vector, mean }, phaseShiftRad, bFactorA2, score }];
  }).flat();
}
