import { createRandom } from '../base/random.ts';
import { settledPart } from './drift.ts';

/**
 * Motion that differs over the field: under the beam the ice bulges like the skin of a drum, most in the first electrons (Brilot et al.,
 * J. Struct. Biol. 177 (2012) 630-637). Seen at a slant a bulge moves the content along one direction, most in its middle; the film
 * stretches and turns as well, and that goes on for longer.
 */
export interface LocalMotionSettings {
  readonly frames: number;
  /** Largest motion beyond that of the whole frame, at the last frame, pixels. */
  readonly largestPixels: number;
  readonly seed: number;
}

/**
 * Motion of the content beyond that of the whole frame since the first frame, [x, y] in pixels; its mean over the field is zero.
 * @param x, y - where the content lies in the first frame, in parts of the frame, -0.5 to 0.5
 */
export type LocalMotion = (frame: number, x: number, y: number) => [number, number];

/** Radius of the bulge, in parts of the frame: a foil hole is larger than what the camera sees of it. */
const BULGE_RADIUS: readonly [number, number] = [1.2, 1.8];
/** How far the middle of the bulge may lie from the middle of the frame along each axis, in parts of it. */
const LARGEST_OFFSET = 0.3;
/** Largest stretch and turn against the bulge. */
const STRETCH = 0.5;
/** Part of the stretch that goes on evenly to the last frame; the rest settles as the bulge does. */
const STEADY_STRETCH = 0.5;
/** Places along each axis over which the mean and the largest motion are taken. */
const PLACES = Array.from({ length: 17 }, (_, i) => i / 16 - 0.5);

/** @returns null where nothing moves by itself */
export function createLocalMotion(settings: LocalMotionSettings): LocalMotion | null {
  const { frames, largestPixels, seed } = settings;
  if (largestPixels === 0 || frames < 2) return null;
  const random = createRandom(seed, 14);
  const angle = random.between(0, 2 * Math.PI);
  const [slantX, slantY] = [Math.cos(angle), Math.sin(angle)];
  const radius = random.between(...BULGE_RADIUS);
  const [centreX, centreY] = [
    random.between(-LARGEST_OFFSET, LARGEST_OFFSET),
    random.between(-LARGEST_OFFSET, LARGEST_OFFSET),
  ];
  const [stretch, turn] = [random.between(-STRETCH, STRETCH), random.between(-STRETCH, STRETCH)];
  // a clamped film under even load bends as (1 - r^2 / R^2)^2
  const bulgeAt = (x: number, y: number) =>
    (1 - Math.min(1, ((x - centreX) ** 2 + (y - centreY) ** 2) / radius ** 2)) ** 2;
  const places = PLACES.flatMap((y) => PLACES.map((x) => [x, y] as const));
  const mean = places.reduce((sum, [x, y]) => sum + bulgeAt(x, y), 0) / places.length;
  const unscaled: LocalMotion = (frame, x, y) => {
    const time = frame / (frames - 1);
    const settled = settledPart(time);
    const bulge = settled * (bulgeAt(x, y) - mean);
    const way = (1 - STEADY_STRETCH) * settled + STEADY_STRETCH * time;
    return [bulge * slantX + way * (stretch * x - turn * y), bulge * slantY + way * (stretch * y + turn * x)];
  };
  const largest = Math.max(...places.map(([x, y]) => Math.hypot(...unscaled(frames - 1, x, y))));
  const scale = largestPixels / largest;
  return (frame, x, y) => {
    const [dx, dy] = unscaled(frame, x, y);
    return [scale * dx, scale * dy];
  };
}

/** Local motion on paper. */
export interface LocalTruth {
  /** Places of the content in the first frame, [x, y] in pixels: row by row from corner to corner. */
  readonly positionsPixels: readonly (readonly [number, number])[];
  /** For each frame, at each of the places: motion beyond `shiftsPixels` since the first frame, [x, y] in pixels. */
  readonly shiftsPixels: readonly (readonly (readonly [number, number])[])[];
}

/** Places along each axis that are written down. */
const WRITTEN = 5;

export function localTruth(
  local: LocalMotion,
  size: { readonly width: number; readonly height: number; readonly frames: number },
): LocalTruth {
  const parts = Array.from({ length: WRITTEN }, (_, i) => i / (WRITTEN - 1) - 0.5);
  const places = parts.flatMap((y) => parts.map((x) => [x, y] as const));
  const rounded = (pixels: number) => Math.round(pixels * 1e4) / 1e4 + 0;
  return {
    positionsPixels: places.map(([x, y]) => [(x + 0.5) * size.width, (y + 0.5) * size.height] as const),
    shiftsPixels: Array.from({ length: size.frames }, (_, frame) =>
      places.map(([x, y]) => {
        const [dx, dy] = local(frame, x, y);
        return [rounded(dx), rounded(dy)] as const;
      }),
    ),
  };
}
