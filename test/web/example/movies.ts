import { createRandom } from '../../../src/base/random.ts';
import type { MovieRow } from '../../../src/contract/api.ts';
import type { Ctf, Motion } from '../../../src/contract/record.ts';
import { rowOf } from '../rows.ts';

/** Current time in all golden images. */
export const EXAMPLE_NOW = '2026-03-02T14:30:00.000Z';
const SEED = 20;
/** Time between two movies. */
const INTERVAL_MS = 24_000;

/**
 * Finished movies as in a real session: values with scatter, a drift that decreases, some bad ice and some
 * rejected movies. They are the same in every run.
 */
export function exampleRows(count: number): MovieRow[] {
  return Array.from({ length: count }, (_, i) => {
    const seq = i + 1;
    const random = createRandom(SEED, seq);
    const isBad = seq % 17 === 0;
    const defocusA = 12_000 + 6_000 * Math.sin(i / 7) + 900 * random.gaussian();
    const astigmatismA = Math.abs(180 + 90 * random.gaussian());
    const early = 3 + 9 * Math.exp(-i / 40) + Math.abs(random.gaussian());
    const late = 2 + Math.abs(random.gaussian());
    return rowOf(seq, {
      base: `FoilHole_${29_273_600 + Math.floor(i / 4)}_Data_${(i % 4) + 1}`,
      path: `Images-Disc1/GridSquare_${1 + Math.floor(i / 24)}/Data/FoilHole_${29_273_600 + Math.floor(i / 4)}_Data_${(i % 4) + 1}_fractions.tiff`,
      finishedAt: new Date(Date.parse(EXAMPLE_NOW) - (count - i) * INTERVAL_MS).toISOString(),
      seconds: 9 + 2 * random.uniform(),
      defocusUA: defocusA + astigmatismA / 2,
      defocusVA: defocusA - astigmatismA / 2,
      astigmatismA,
      astigmatismAngleDeg: 40 * random.gaussian(),
      fitResolutionA: isBad ? 9 + 4 * random.uniform() : 3.2 + 0.5 * Math.abs(random.gaussian()),
      confidence: isBad ? 0.2 : 0.8 + 0.15 * random.uniform(),
      iceRingScore: 0.1 + 0.2 * random.uniform() + (isBad ? 1.2 : 0),
      motionTotalA: early + late,
      motionEarlyA: early,
      motionLateA: late,
      meanIntensity: 0.82 + 0.02 * random.gaussian(),
      verdict: seq % 29 === 0 ? 'rejected' : null,
    });
  });
}

const FRAMES = 24;

/** A drift that is fast in the first frames. */
export function exampleMotion(): Motion {
  const random = createRandom(SEED, 1000);
  const shiftsA = Array.from({ length: FRAMES }, (_, z): [number, number] => [
    9 * (1 - Math.exp(-z / 5)) + 0.1 * random.gaussian() - 8.9,
    -5 * (1 - Math.exp(-z / 8)) + 0.08 * z + 0.1 * random.gaussian() + 3,
  ]);
  return {
    frames: FRAMES,
    firstFrame: 1,
    lastFrame: FRAMES,
    referenceFrame: 12,
    shiftsPixels: shiftsA.map(([x, y]) => [x / 0.83, y / 0.83]),
    shiftsA,
    totalA: 14.2,
    earlyA: 9.8,
    lateA: 4.4,
    meanShiftA: 0.62,
    converged: true,
    iterations: 4,
    local: null,
  };
}

/** Thon rings that fade with frequency; the model agrees with them up to 3.4 Angstrom. */
export function exampleCtf(): Ctf {
  const random = createRandom(SEED, 2000);
  const frequencyPerA = Array.from({ length: 256 }, (_, i) => (0.45 * i) / 255);
  const phase = (f: number) => 780 * f * f;
  const envelope = (f: number) => Math.exp(-12 * f * f);
  return {
    defocusUA: 12_480,
    defocusVA: 12_310,
    astigmatismA: 170,
    astigmatismAngleDeg: 34,
    phaseShiftDeg: 0,
    figureOfMerit: 0.31,
    fitResolutionA: 3.4,
    fitCriterion: 'local correlation 0.5',
    confidence: 0.93,
    iceRingScore: 0.12,
    iceRingDensity: 0.4,
    tiltAngleDeg: null,
    tiltAxisDeg: null,
    defocusMap: null,
    fadingDirectionDeg: null,
    profile: {
      frequencyPerA,
      data: frequencyPerA.map((f) => envelope(f) * Math.cos(2 * phase(f)) + 0.05 * random.gaussian()),
      model: frequencyPerA.map((f) => envelope(f) * Math.cos(2 * phase(f))),
      cc: frequencyPerA.map((f) => Math.max(-0.2, 1 - Math.exp(18 * (f - 0.33))) + 0.03 * random.gaussian()),
    },
  };
}
