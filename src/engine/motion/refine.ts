import type { Shift } from './align-tasks.ts';
import { alignChain, sumCropsInParallel } from './chain.ts';
import { planeBytes } from './geometry.ts';
import type { Layout } from './layout.ts';
import { residualShifts } from './residual-shifts.ts';
import { correlationWeights, type RingSums } from './ring-weights.ts';
import type { ThreadPool } from './thread-pool.ts';

/** Aligns the crops iteratively: each against the sum of all others, until the shifts no longer change. */

export interface Refinement {
  /** Motion of the content of each member, in movie pixels, up to a common offset. */
  readonly shifts: Shift[];
  readonly iterations: number;
  readonly converged: boolean;
  /** There is no signal, or noise was aligned to itself. */
  readonly hasFailed: boolean;
  /** Minimum variance of each coordinate (Cramer-Rao bound), movie pixels squared. */
  readonly variance: number;
}

const MAX_ITERATIONS = 25;
/**
 * Convergence: no crop moves by more than this many movie pixels, or by this fraction of the standard error.
 */
const TOLERANCE_PIXELS = 0.03;
const TOLERANCE_SIGMAS = 0.25;
/** Search windows of the rounds in crop pixels on each side: first wide, then near the previous shift. */
const WINDOWS = [64, 32, 16, 12];
/**
 * Maximum number of neighbours on each side whose correlations are added for a crop with too few electrons.
 */
const MAX_REACH = 4;
/**
 * If the median distance of the points of a trajectory from the midpoint of their neighbours exceeds this
 * many movie pixels, noise was aligned to itself: a stage drifts, or jumps once, but does not jump between
 * all frames.
 */
const MAX_ROUGHNESS_PIXELS = 4;

interface Attempt extends Refinement {
  /**
   * Power that different crops share at low frequencies after alignment: the better of two attempts has more.
   */
  readonly sharedPower: number;
}

/** @param members - indices of the crops that are aligned, ascending */
export async function alignCrops(
  pool: ThreadPool,
  layout: Layout,
  memory: WebAssembly.Memory,
  members: readonly number[],
  onRound: (round: number) => void,
): Promise<Refinement> {
  const noMotion = members.map((): Shift => [0, 0]);
  if (members.length < 2) {
    const hasFailed = members.length === 0;
    return { shifts: noMotion, iterations: 0, converged: !hasFailed, hasFailed, variance: 0 };
  }
  const wholeFrame = layout.wholeFrame;
  const addresses = members.map((i) => wholeFrame.crops + i * planeBytes(wholeFrame.plane));
  const single = await ringPowers(pool, addresses);
  await sumCropsInParallel(pool, members, noMotion);
  const unaligned = await ringPowers(pool, [wholeFrame.reference]);
  const count = (await ringPowers(pool, [wholeFrame.transfer])).map((v) => v / members.length ** 2);
  const data: AlignmentData = { pool, layout, memory, members, single, unaligned, count };
  const firstAttempt = await refine(data, noMotion, onRound);
  if (firstAttempt.converged && !firstAttempt.hasFailed) return firstAttempt;
  // after large motion, the average of all frames is too blurred to be a usable reference
  const transfer = count.map((v) => v * members.length ** 2);
  const { window } = setWeights(data, unaligned, transfer, 0);
  const secondAttempt = await refine(data, await alignChain(pool, members, window), () => undefined);
  return secondAttempt.sharedPower > firstAttempt.sharedPower ? secondAttempt : firstAttempt;
}

interface AlignmentData {
  readonly pool: ThreadPool;
  readonly layout: Layout;
  readonly memory: WebAssembly.Memory;
  readonly members: readonly number[];
  /** Ring sums that do not change from round to round; see `RingSums`. */
  readonly single: Float64Array;
  readonly unaligned: Float64Array;
  readonly count: Float64Array;
}

/** Writes the weights of a round to the memory from which `correlateCrops` reads them. */
function setWeights(data: AlignmentData, aligned: Float64Array, transfer: Float64Array, round: number) {
  const { layout, memory, members, single, unaligned, count } = data;
  const sums: RingSums = { single, unaligned, aligned, transfer, count };
  const { weights, pattern, information } = correlationWeights(sums, members.length, round);
  new Float32Array(memory.buffer, layout.wholeFrame.correlationWeights, weights.length).set(weights);
  new Float32Array(memory.buffer, layout.wholeFrame.patternWeights, pattern.length).set(pattern);
  const { crop } = layout.geometry;
  const maxWindow = WINDOWS[Math.min(round, WINDOWS.length - 1)]!;
  return { weights, information, window: Math.floor(Math.min(maxWindow, crop.width / 4, crop.height / 4)) };
}

async function refine(
  data: AlignmentData,
  initialShifts: readonly Shift[],
  onRound: (round: number) => void,
): Promise<Attempt> {
  const { pool, layout, members, single } = data;
  const [scaleX, scaleY] = layout.geometry.cropScale;
  const edge = Math.PI * Math.min(1 / scaleX, 1 / scaleY);
  let shifts = [...initialShifts];
  let lowWeights: Float32Array = new Float32Array();
  let sharedPower = 0;
  let variance = 0;
  let converged = false;
  let round = 0;
  for (; round < MAX_ITERATIONS && !converged; round++) {
    await sumCropsInParallel(pool, members, shifts);
    const aligned = await ringPowers(pool, [layout.wholeFrame.reference]);
    const transfer = await ringPowers(pool, [layout.wholeFrame.transfer]);
    const { weights, information, window } = setWeights(data, aligned, transfer, round);
    if (round === 0) lowWeights = weights;
    sharedPower = aligned.reduce((sum, v, i) => sum + lowWeights[i]! * (v - single[i]!), 0);
    variance = information > 0 ? 1 / (information * edge ** 2) : 0;
    // all other crops also move towards this one: this factor converts the distance from their mean to the
    // distance from the mean of all crops
    const factor = (members.length - 1) / members.length;
    const maps = await correlateAll(pool, members, shifts, window);
    const moves = residualShifts(maps, window, MAX_REACH).map(([x, y]): Shift => [factor * x, factor * y]);
    shifts = shifts.map(([x, y], i) => [x + moves[i]![0], y + moves[i]![1]] as const);
    onRound(round);
    const tolerance = Math.max(TOLERANCE_PIXELS, TOLERANCE_SIGMAS * Math.sqrt(variance));
    converged = round >= 2 && maxMove(scaleShifts(moves, scaleX, scaleY)) < tolerance;
  }
  const movieShifts = scaleShifts(shifts, scaleX, scaleY);
  const hasFailed = variance === 0 || roughness(movieShifts) > MAX_ROUGHNESS_PIXELS;
  return { shifts: movieShifts, iterations: round, converged, hasFailed, variance, sharedPower };
}

/** Maximum change of a shift beyond the mean change, which has no effect. */
function maxMove(moves: readonly Shift[]): number {
  const meanX = moves.reduce((sum, [x]) => sum + x, 0) / moves.length;
  const meanY = moves.reduce((sum, [, y]) => sum + y, 0) / moves.length;
  return Math.max(...moves.map(([x, y]) => Math.hypot(x - meanX, y - meanY)));
}

/** Median distance of a trajectory's points from the midpoint of their neighbours. */
function roughness(trajectory: readonly Shift[]): number {
  const distances = trajectory.slice(1, -1).map(([x, y], i) => {
    const [previous, next] = [trajectory[i]!, trajectory[i + 2]!];
    return Math.hypot(x - (previous[0] + next[0]) / 2, y - (previous[1] + next[1]) / 2);
  });
  return distances.sort((a, b) => a - b)[distances.length >> 1] ?? 0;
}

function scaleShifts(shifts: readonly Shift[], scaleX: number, scaleY: number): Shift[] {
  return shifts.map(([x, y]) => [x * scaleX, y * scaleY] as const);
}

async function ringPowers(pool: ThreadPool, addresses: readonly number[]): Promise<Float64Array> {
  const [rings] = await pool.run([{ kind: 'ringPowers', addresses }]);
  return rings as Float64Array;
}

async function correlateAll(
  pool: ThreadPool,
  members: readonly number[],
  shifts: readonly Shift[],
  window: number,
): Promise<Float32Array[]> {
  const maps: Float32Array[] = new Array(members.length);
  const shares = Array.from({ length: pool.threads }, (_, slot) =>
    members.flatMap((_, index) => (index % pool.threads === slot ? [index] : [])),
  );
  const results = await pool.run(
    shares.map((indices, slot) => ({
      kind: 'correlateCrops' as const,
      slot,
      window,
      indices: indices.map((index) => members[index]!),
      shifts: indices.map((index) => shifts[index]!),
    })),
  );
  results.forEach((result, slot) => {
    (result as Float32Array[]).forEach((map, k) => {
      maps[shares[slot]![k]!] = map;
    });
  });
  return maps;
}
