import { createRandom } from '../base/random.ts';
import { settledPart } from './drift.ts';

/**
 * Local motion: in the beam the ice bulges like a drumhead, mostly during the first electrons (Brilot et al.,
 * J. Struct. Biol. 177 (2012) 630-637). Seen at an angle, a bulge moves the content in one direction, most in
 * its middle; the film also stretches and rotates, for longer.
 */
export interface LocalMotionSettings {
  readonly frames: number;
  /** Maximum motion beyond that of the whole frame, at the last frame, pixels. */
  readonly maxPixels: number;
  readonly seed: number;
}

/**
 * Motion of the content beyond that of the whole frame since the first frame, [x, y] in pixels; its mean over
 * the field is zero.
 * @param x, y - position of the content in the first frame, in parts of the frame, -0.5 to 0.5
 */
export type LocalMotion = (frame: number, x: number, y: number) => [number, number];

/** Radius of the bulge, in parts of the frame: a foil hole is larger than what the camera sees of it. */
const BULGE_RADIUS: readonly [number, number] = [1.2, 1.8];
/** Maximum distance of the bulge's middle from that of the frame along each axis, in parts of the frame. */
const MAX_OFFSET = 0.3;
/** Maximum stretch and rotation relative to the bulge. */
const STRETCH = 0.5;
/** Part of the stretch that is uniform until the last frame; the rest settles like the bulge. */
const STEADY_STRETCH = 0.5;
/** Positions along each axis over which the mean and the maximum motion are taken. */
const SAMPLES = Array.from({ length: 17 }, (_, i) => i / 16 - 0.5);

/** @returns null if the frame moves as a whole */
export function createLocalMotion(settings: LocalMotionSettings): LocalMotion | null {
  const { frames, maxPixels, seed } = settings;
  if (maxPixels === 0 || frames < 2) return null;
  const random = createRandom(seed, 14);
  const angle = random.between(0, 2 * Math.PI);
  const [slantX, slantY] = [Math.cos(angle), Math.sin(angle)];
  const radius = random.between(...BULGE_RADIUS);
  const [centreX, centreY] = [
    random.between(-MAX_OFFSET, MAX_OFFSET),
    random.between(-MAX_OFFSET, MAX_OFFSET),
  ];
  const [stretch, turn] = [random.between(-STRETCH, STRETCH), random.between(-STRETCH, STRETCH)];
  // A clamped film under uniform load bends as (1 - r^2 / R^2)^2.
  const bulgeAt = (x: number, y: number) =>
    (1 - Math.min(1, ((x - centreX) ** 2 + (y - centreY) ** 2) / radius ** 2)) ** 2;
  const positions = SAMPLES.flatMap((y) => SAMPLES.map((x) => [x, y] as const));
  const mean = positions.reduce((sum, [x, y]) => sum + bulgeAt(x, y), 0) / positions.length;
  const unscaled: LocalMotion = (frame, x, y) => {
    const time = frame / (frames - 1);
    const settled = settledPart(time);
    const bulge = settled * (bulgeAt(x, y) - mean);
    const way = (1 - STEADY_STRETCH) * settled + STEADY_STRETCH * time;
    return [bulge * slantX + way * (stretch * x - turn * y), bulge * slantY + way * (stretch * y + turn * x)];
  };
  const largest = Math.max(...positions.map(([x, y]) => Math.hypot(...unscaled(frames - 1, x, y))));
  const scale = maxPixels / largest;
  return (frame, x, y) => {
    const [dx, dy] = unscaled(frame, x, y);
    return [scale * dx, scale * dy];
  };
}

/** Local motion as written to `truth.json`. */
export interface LocalTruth {
  /** Positions of the content in the first frame, [x, y] in pixels: row by row from corner to corner. */
  readonly positionsPixels: readonly (readonly [number, number])[];
  /**
   * For each frame, at each position: motion beyond `shiftsPixels` since the first frame, [x, y] in pixels.
   */
  readonly shiftsPixels: readonly (readonly (readonly [number, number])[])[];
}

/** Positions along each axis that are written. */
const WRITTEN = 5;

export function localTruth(
  local: LocalMotion,
  size: { readonly width: number; readonly height: number; readonly frames: number },
): LocalTruth {
  const parts = Array.from({ length: WRITTEN }, (_, i) => i / (WRITTEN - 1) - 0.5);
  const positions = parts.flatMap((y) => parts.map((x) => [x, y] as const));
  const rounded = (pixels: number) => Math.round(pixels * 1e4) / 1e4 + 0;
  return {
    positionsPixels: positions.map(([x, y]) => [(x + 0.5) * size.width, (y + 0.5) * size.height] as const),
    shiftsPixels: Array.from({ length: size.frames }, (_, frame) =>
      positions.map(([x, y]) => {
        const [dx, dy] = local(frame, x, y);
        return [rounded(dx), rounded(dy)] as const;
      }),
    ),
  };
}
