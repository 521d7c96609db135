import type { CtfOptics } from './model.ts';
import { bFactorEnvelope, type RingData, writeModelRings } from './ring-data.ts';

/** Defocus values of a search, and the phase shifts that are combined with them. */
export interface DefocusGrid {
  /** First defocus and step, A; `from` and `to` are the first and last index that may be the mean defocus. */
  readonly firstA: number;
  readonly stepA: number;
  readonly count: number;
  readonly from: number;
  readonly to: number;
  readonly phaseRange: readonly [number, number] | null;
}

/** out[k] = sum over sectors of values[sector * count + k + offset of the sector], k = from..to. */
export function sumSectors(
  values: Float64Array,
  offsets: Int32Array,
  count: number,
  from: number,
  to: number,
  out: Float64Array,
): void {
  const sectors = offsets.length;
  out.fill(0, from, to + 1);
  // Two sectors at a time: half as many passes over `out`.
  for (let j = 0; j + 1 < sectors; j += 2) {
    const a = j * count + (offsets[j] as number);
    const b = (j + 1) * count + (offsets[j + 1] as number);
    for (let k = from; k <= to; k++) {
      out[k] = (out[k] as number) + (values[a + k] as number) + (values[b + k] as number);
    }
  }
}

/** Score of the matched filter at the best phase shift. */
export function scoreAt(sums: readonly Float64Array[], range: DefocusGrid['phaseRange'], k: number): number {
  const dataCosine = (sums[0] as Float64Array)[k] as number;
  const cc = (sums[1] as Float64Array)[k] as number;
  if (!range) return dataCosine / Math.sqrt(cc);
  return scoreOf(sums, bestPhase(sums, range, k), k);
}

type RingSums = readonly [
  dataCosine: Float64Array,
  cc: Float64Array,
  dataSine: Float64Array,
  ss: Float64Array,
  cs: Float64Array,
];

/**
 * Score for a phase shift: that of the corresponding combination of the model with the same model shifted by
 * a quarter of a ring.
 */
function scoreOf(sums: readonly Float64Array[], phase: number, k: number): number {
  const [dataCosine, cc, dataSine, ss, cs] = sums as RingSums;
  const c = Math.cos(2 * phase);
  const s = Math.sin(2 * phase);
  const square = c * c * (cc[k] as number) + 2 * c * s * (cs[k] as number) + s * s * (ss[k] as number);
  return (c * (dataCosine[k] as number) + s * (dataSine[k] as number)) / Math.sqrt(square);
}

/**
 * The phase shift with the best score. The score is (v u) / sqrt(u M u): v are the products of the data with
 * the two models, M those of the models with each other, u = (cos, sin) of twice the phase shift. It has one
 * maximum on the circle, for u along M^-1 v; if this is outside the range, the result is the better end of
 * the range.
 */
export function bestPhase(
  sums: readonly Float64Array[],
  [low, high]: readonly [number, number],
  k: number,
): number {
  const [dataCosine, cc, dataSine, ss, cs] = sums as RingSums;
  const c = (ss[k] as number) * (dataCosine[k] as number) - (cs[k] as number) * (dataSine[k] as number);
  const s = (cc[k] as number) * (dataSine[k] as number) - (cs[k] as number) * (dataCosine[k] as number);
  const angle = 0.5 * Math.atan2(s, c);
  const phase = angle + Math.ceil((low - angle) / Math.PI) * Math.PI;
  if (phase <= high) return phase;
  return scoreOf(sums, low, k) > scoreOf(sums, high, k) ? low : high;
}

/**
 * Sums for each sector and defocus, at sector * count + k: sum of w * data * model, and sum of w * model^2.
 * With a phase plate, also those for the model shifted by a quarter of a ring, and for the product of the two
 * models: any phase shift is a linear combination of these.
 */
export function compareSectors(
  optics: CtfOptics,
  rings: RingData,
  grid: DefocusGrid,
  bFactorA2: number,
): readonly Float64Array[] {
  const { bins, counts } = rings.polar;
  const sectors = rings.pairAngles.length;
  const envelope = bFactorEnvelope(rings.polar, bFactorA2);
  const quarterShifted = { ...optics, constantPhase: optics.constantPhase + Math.PI / 4 };
  const models = grid.phaseRange ? [optics, quarterShifted] : [optics];
  const values = models.map(() => new Float64Array(bins));
  const [first, second] = values as [Float64Array, Float64Array | undefined];
  const sums = Array.from({ length: grid.phaseRange ? 5 : 2 }, () => new Float64Array(grid.count * sectors));
  for (let k = 0; k < grid.count; k++) {
    models.forEach((model, m) => {
      writeModelRings(model, rings, grid.firstA + k * grid.stepA, envelope, values[m] as Float64Array);
    });
    let [cc, ss, cs] = [0, 0, 0];
    for (let i = 0; i < bins; i++) {
      const w = counts[i] as number;
      const a = first[i] as number;
      first[i] = w * a;
      // Twice, because a pair contains the sum of two sectors.
      cc += 2 * w * a * a;
      if (!second) continue;
      const b = second[i] as number;
      second[i] = w * b;
      ss += 2 * w * b * b;
      cs += 2 * w * a * b;
    }
    for (let j = 0; j < sectors; j++) {
      const at = j * grid.count + k;
      values.forEach((weightedModel, m) => {
        (sums[2 * m] as Float64Array)[at] = product(rings.pairs, j * bins, weightedModel);
      });
      (sums[1] as Float64Array)[at] = cc;
      if (!second) continue;
      (sums[3] as Float64Array)[at] = ss;
      (sums[4] as Float64Array)[at] = cs;
    }
  }
  return sums;
}

function product(values: Float64Array, offset: number, weightedModel: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < weightedModel.length; i++)
    sum += (values[offset + i] as number) * (weightedModel[i] as number);
  return sum;
}
