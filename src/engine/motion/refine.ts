import type { Shift } from './align-tasks.ts';
import type { Crew } from './crew.ts';
import { planeBytes } from './geometry.ts';
import type { Layout } from './layout.ts';
import { movesOf } from './moves.ts';
import { correlationWeights, type RingSums } from './ring-weights.ts';

/** Aligns the crops: each against the sum of all others, again and again, until nothing moves. */

export interface Refinement {
  /** Motion of the content of each crop, in movie pixels, up to a common offset. */
  readonly shifts: Shift[];
  readonly iterations: number;
  readonly converged: boolean;
  /** Least variance of each coordinate that the electrons allow, movie pixels squared. */
  readonly variance: number;
}

const MAXIMUM_ITERATIONS = 25;
/** Movie pixels: when no crop moves further than this, it is over. */
const TOLERANCE_PIXELS = 0.03;
/** Search windows of the rounds in crop pixels to each side: wide, then near what was found. */
const WINDOWS = [64, 32, 16, 12];
/** Neighbours to each side whose correlations help a crop with too few electrons. */
const LONGEST_REACH = 4;

export async function alignCrops(
  crew: Crew,
  layout: Layout,
  memory: WebAssembly.Memory,
  onRound: (round: number) => void,
): Promise<Refinement> {
  const { crop, cropScale } = layout.geometry;
  const count = layout.cropCount;
  const [scaleX, scaleY] = cropScale;
  let shifts: Shift[] = Array.from({ length: count }, () => [0, 0] as const);
  if (count === 1) return { shifts, iterations: 0, converged: true, variance: 0 };
  const addresses = Array.from({ length: count }, (_, i) => layout.whole.crops + i * planeBytes(crop));
  const single = await ringPowers(crew, addresses);
  const edge = Math.PI * Math.min(1 / scaleX, 1 / scaleY);
  let variance = 0;
  let unaligned: Float64Array | null = null;
  let ones: Float64Array | null = null;
  const largestWindow = Math.min(crop.width, crop.height) / 4;

  for (let round = 0; round < MAXIMUM_ITERATIONS; round++) {
    await crew.run(
      Array.from({ length: crew.threads }, (_, part) => ({
        kind: 'sumCrops' as const,
        part,
        parts: crew.threads,
        shifts,
      })),
    );
    const aligned = await ringPowers(crew, [layout.whole.reference]);
    const transfer = await ringPowers(crew, [layout.whole.transfer]);
    unaligned ??= aligned;
    ones ??= transfer.map((v) => v / count ** 2);
    const sums: RingSums = { single, unaligned, aligned, transfer, count: ones };
    const { weights, pattern, information } = correlationWeights(sums, count, round);
    if (information > 0) variance = 1 / (information * edge ** 2);
    new Float32Array(memory.buffer, layout.whole.correlationWeights, weights.length).set(weights);
    new Float32Array(memory.buffer, layout.whole.patternWeights, pattern.length).set(pattern);
    const window = Math.floor(Math.min(WINDOWS[Math.min(round, WINDOWS.length - 1)]!, largestWindow));
    // all others move as well, and towards this one: the distance from their mean is so much more than that from the mean of all
    const part = (count - 1) / count;
    const moves = movesOf(await correlations(crew, count, shifts, window), window, LONGEST_REACH).map(
      ([x, y]): Shift => [part * x, part * y],
    );
    shifts = shifts.map(([x, y], i) => [x + moves[i]![0], y + moves[i]![1]] as const);
    onRound(round);
    // what all have in common is no change
    const meanX = moves.reduce((sum, [x]) => sum + x, 0) / count;
    const meanY = moves.reduce((sum, [, y]) => sum + y, 0) / count;
    const largest = Math.max(
      ...moves.map(([x, y]) => Math.hypot((x - meanX) * scaleX, (y - meanY) * scaleY)),
    );
    if (round >= 2 && largest < TOLERANCE_PIXELS) {
      return { shifts: scaled(shifts, scaleX, scaleY), iterations: round + 1, converged: true, variance };
    }
  }
  return {
    shifts: scaled(shifts, scaleX, scaleY),
    iterations: MAXIMUM_ITERATIONS,
    converged: false,
    variance,
  };
}

function scaled(shifts: readonly Shift[], scaleX: number, scaleY: number): Shift[] {
  return shifts.map(([x, y]) => [x * scaleX, y * scaleY] as const);
}

async function ringPowers(crew: Crew, addresses: readonly number[]): Promise<Float64Array> {
  const [rings] = await crew.run([{ kind: 'ringPowers', addresses }]);
  return rings as Float64Array;
}

async function correlations(
  crew: Crew,
  count: number,
  shifts: readonly Shift[],
  window: number,
): Promise<Float32Array[]> {
  const squares: Float32Array[] = new Array(count);
  const shares = Array.from({ length: crew.threads }, (_, slot) =>
    Array.from({ length: count }, (_, i) => i).filter((i) => i % crew.threads === slot),
  );
  const results = await crew.run(
    shares.map((indices, slot) => ({ kind: 'correlateCrops' as const, slot, indices, shifts, window })),
  );
  results.forEach((result, slot) => {
    (result as Float32Array[]).forEach((square, k) => {
      squares[shares[slot]![k]!] = square;
    });
  });
  return squares;
}
