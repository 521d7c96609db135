import { PHASE, type Problem, type State, type sectorValues } from './ring-model.ts';

/**
 * Values of the cells (sectors) of one bin, which are summed for `normalEquations`: w is the weight of a
 * cell's level, r the weighted difference of its power from the level; X, L and F are defined there.
 */
export interface Cells {
  readonly w: Float64Array;
  readonly r: Float64Array;
  readonly X: Float64Array;
  readonly L: Float64Array;
  readonly F: Float64Array;
}

export const createCells = (sectors: number): Cells => ({
  w: new Float64Array(sectors),
  r: new Float64Array(sectors),
  X: new Float64Array(sectors),
  L: new Float64Array(sectors),
  F: new Float64Array(sectors),
});

/**
 * Fills the cells of a bin; a cell without data has zeros.
 * @param background, envelope - values of the two curves in the bin
 * @returns `misfit` plus the misfit of the bin
 */
export function fillCells(
  { w, r, X, L, F }: Cells,
  problem: Problem,
  state: State,
  { defocusA, drift }: ReturnType<typeof sectorValues>,
  bin: number,
  background: number,
  envelope: number,
  misfit: number,
): number {
  const { sectors, power, weight, trust, optics, maxS } = problem;
  const { wavelengthA, csA } = optics;
  const k2 = problem.s[bin]!;
  const phasePerA = Math.PI * wavelengthA * k2;
  const constant = optics.constantPhase + state.scalars[PHASE]!;
  const phaseOffset = constant - 0.5 * Math.PI * csA * wavelengthA ** 3 * k2 * k2;
  const relativeS = k2 / maxS;
  const binTrust = trust[bin]!;
  for (let j = 0, at = bin * sectors; j < sectors; j++, at++) {
    const count = binTrust * weight[at]!;
    if (count === 0) {
      w[j] = r[j] = X[j] = L[j] = F[j] = 0;
      continue;
    }
    const doublePhase = 2 * (phasePerA * defocusA[j]! + phaseOffset);
    const sineSquared = 0.5 - 0.5 * Math.cos(doublePhase);
    const height = envelope * (1 + drift[j]! * relativeS);
    X[j] = height * sineSquared;
    L[j] = height * Math.sin(doublePhase);
    F[j] = envelope * sineSquared * relativeS;
    const level = background + X[j]!;
    const ratio = power[at]! / level;
    misfit += count * (Math.log(level) + ratio);
    w[j] = count / (level * level);
    r[j] = (count * (ratio - 1)) / level;
  }
  return misfit;
}

/** Sums for the curves: of w, wX, wXX, r, rX. */
export function curveSums({ w, r, X }: Cells) {
  let w1 = 0;
  let x = 0;
  let xx = 0;
  let rest = 0;
  let rx = 0;
  for (let j = 0; j < w.length; j++) {
    const wX = w[j]! * X[j]!;
    w1 += w[j]!;
    x += wX;
    xx += wX * X[j]!;
    rest += r[j]!;
    rx += r[j]! * X[j]!;
  }
  return { w1, x, xx, r: rest, rx };
}

/** Sums for phase and defocus: products with L, without and with c and d. */
export function phaseSums({ w, r, X, L }: Cells, { cos2, sin2 }: Problem) {
  let [l, lc, ld, xl, xlc, xld] = [0, 0, 0, 0, 0, 0];
  let [ll, llc, lld, llcc, llcd, lldd] = [0, 0, 0, 0, 0, 0];
  let [rl, rlc, rld] = [0, 0, 0];
  for (let j = 0; j < w.length; j++) {
    const c = cos2[j]!;
    const d = sin2[j]!;
    const wL = w[j]! * L[j]!;
    l += wL;
    lc += wL * c;
    ld += wL * d;
    const XL = w[j]! * X[j]! * L[j]!;
    xl += XL;
    xlc += XL * c;
    xld += XL * d;
    const LL = wL * L[j]!;
    ll += LL;
    llc += LL * c;
    lld += LL * d;
    llcc += LL * (c * c);
    llcd += LL * (c * d);
    lldd += LL * (d * d);
    const rL = r[j]! * L[j]!;
    rl += rL;
    rlc += rL * c;
    rld += rL * d;
  }
  return { l, lc, ld, xl, xlc, xld, ll, llc, lld, llcc, llcd, lldd, rl, rlc, rld };
}

/** Sums for fading: products of F with c and d. */
export function fadingSums({ w, r, X, F }: Cells, { cos2, sin2 }: Problem) {
  let [fc, fd, xfc, xfd] = [0, 0, 0, 0];
  let [ffcc, ffcd, ffdd, rfc, rfd] = [0, 0, 0, 0, 0];
  for (let j = 0; j < w.length; j++) {
    const c = cos2[j]!;
    const d = sin2[j]!;
    const wF = w[j]! * F[j]!;
    fc += wF * c;
    fd += wF * d;
    const XF = w[j]! * X[j]! * F[j]!;
    xfc += XF * c;
    xfd += XF * d;
    const FF = wF * F[j]!;
    ffcc += FF * (c * c);
    ffcd += FF * (c * d);
    ffdd += FF * (d * d);
    const rF = r[j]! * F[j]!;
    rfc += rF * c;
    rfd += rF * d;
  }
  return { fc, fd, xfc, xfd, ffcc, ffcd, ffdd, rfc, rfd };
}

/** Sums for phase and fading together: products of L and F with c and d. */
export function mixedSums({ w, L, F }: Cells, { cos2, sin2 }: Problem) {
  let [lfc, lfd, lfcc, lfcd, lfdd] = [0, 0, 0, 0, 0];
  for (let j = 0; j < w.length; j++) {
    const c = cos2[j]!;
    const d = sin2[j]!;
    const LF = w[j]! * L[j]! * F[j]!;
    lfc += LF * c;
    lfd += LF * d;
    lfcc += LF * (c * c);
    lfcd += LF * (c * d);
    lfdd += LF * (d * d);
  }
  return { lfc, lfd, lfcc, lfcd, lfdd };
}
