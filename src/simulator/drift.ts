import { createRandom } from '../base/random.ts';

export interface DriftSettings {
  readonly frames: number;
  /** Drift from the first to the last frame, without the random walk, pixels. */
  readonly driftPixels: number;
  /** Standard deviation of the random walk, per frame along each axis, pixels. */
  readonly jitterPixels: number;
  readonly seed: number;
}

/** The speed of the drift falls to 1/e within this fraction of the movie. */
const SETTLING_FRACTION = 0.2;
/** Fraction of the drift that does not decay. */
const STEADY_FRACTION = 0.2;
/** Maximum change of the direction during a movie, radians. */
const MAX_TURN_RAD = 0.6;

/**
 * Motion of the content relative to the first frame, [x, y] in pixels: fast at first, then slower, slowly
 * changing direction, with a random walk added. The first entry is [0, 0].
 */
export function createDrift(settings: DriftSettings): [number, number][] {
  const random = createRandom(settings.seed, 3);
  const direction = random.between(0, 2 * Math.PI);
  const turn = random.between(-MAX_TURN_RAD, MAX_TURN_RAD);
  const shifts: [number, number][] = [];
  let walkX = 0;
  let walkY = 0;
  for (let frame = 0; frame < settings.frames; frame++) {
    const time = settings.frames > 1 ? frame / (settings.frames - 1) : 0;
    const settled = settledFraction(time);
    const distance = settings.driftPixels * ((1 - STEADY_FRACTION) * settled + STEADY_FRACTION * time);
    const heading = direction + turn * time;
    if (frame > 0) {
      walkX += settings.jitterPixels * random.gaussian();
      walkY += settings.jitterPixels * random.gaussian();
    }
    shifts.push([
      roundPixels(distance * Math.cos(heading) + walkX),
      roundPixels(distance * Math.sin(heading) + walkY),
    ]);
  }
  return shifts;
}

/** Fraction of a decaying motion that is completed at a time of the movie; both are from 0 to 1. */
export function settledFraction(time: number): number {
  return (1 - Math.exp(-time / SETTLING_FRACTION)) / (1 - Math.exp(-1 / SETTLING_FRACTION));
}

/** Shifts are rounded before use, so that `truth.json` contains exactly those of the movie. */
function roundPixels(pixels: number): number {
  return Math.round(pixels * 1e4) / 1e4 + 0;
}
