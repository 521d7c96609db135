import { createRandom } from '../base/random.ts';
import { settledFraction } from './drift.ts';

/**
 * Local motion: the beam makes the ice bulge like a drumhead, mainly during the first electrons (Brilot et
 * al., J. Struct. Biol. 177 (2012) 630-637). Seen at an angle, a bulge moves the content in one direction,
 * most of all at its centre; the film also stretches and rotates, over a longer time.
 */
export interface LocalMotionSettings {
  readonly frames: number;
  /** Maximum motion in addition to that of the whole frame, at the last frame, pixels. */
  readonly maxPixels: number;
  readonly seed: number;
}

/**
 * Motion of the content since the first frame in addition to that of the whole frame, [x, y] in pixels; its
 * mean over the field is zero.
 * @param x, y - position of the content in the first frame, as fractions of the frame size, -0.5 to 0.5
 */
export type LocalMotion = (frame: number, x: number, y: number) => [number, number];

/** Radius of the bulge, as a fraction of the frame size: a foil hole is larger than the field of view. */
const BULGE_RADIUS: readonly [number, number] = [1.2, 1.8];
/**
 * Maximum distance along each axis between the centres of bulge and frame, as a fraction of the frame size.
 */
const MAX_OFFSET = 0.3;
/** Maximum stretch and rotation relative to the bulge. */
const STRETCH = 0.5;
/**
 * Fraction of the stretch that grows at a constant rate until the last frame; the rest settles like the
 * bulge.
 */
const STEADY_STRETCH = 0.5;
/** Positions along each axis at which the motion is sampled for its mean and maximum. */
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
  const [stretch, rotation] = [random.between(-STRETCH, STRETCH), random.between(-STRETCH, STRETCH)];
  // A clamped film under uniform load bends as (1 - r^2 / R^2)^2.
  const bulgeAt = (x: number, y: number) =>
    (1 - Math.min(1, ((x - centreX) ** 2 + (y - centreY) ** 2) / radius ** 2)) ** 2;
  const positions = SAMPLES.flatMap((y) => SAMPLES.map((x) => [x, y] as const));
  const mean = positions.reduce((sum, [x, y]) => sum + bulgeAt(x, y), 0) / positions.length;
  const unscaledMotion: LocalMotion = (frame, x, y) => {
    const time = frame / (frames - 1);
    const settled = settledFraction(time);
    const bulge = settled * (bulgeAt(x, y) - mean);
    const progress = (1 - STEADY_STRETCH) * settled + STEADY_STRETCH * time;
    return [
      bulge * slantX + progress * (stretch * x - rotation * y),
      bulge * slantY + progress * (stretch * y + rotation * x),
    ];
  };
  const maxMotion = Math.max(...positions.map(([x, y]) => Math.hypot(...unscaledMotion(frames - 1, x, y))));
  const scale = maxPixels / maxMotion;
  return (frame, x, y) => {
    const [dx, dy] = unscaledMotion(frame, x, y);
    return [scale * dx, scale * dy];
  };
}

/** Local motion as written to `truth.json`. */
export interface LocalTruth {
  /** Positions of the content in the first frame, [x, y] in pixels: row by row from corner to corner. */
  readonly positionsPixels: readonly (readonly [number, number])[];
  /**
   * For each frame and position: motion since the first frame in addition to `shiftsPixels` of the movie, [x,
   * y] in pixels.
   */
  readonly shiftsPixels: readonly (readonly (readonly [number, number])[])[];
}

/** Number of positions along each axis in `truth.json`. */
const TRUTH_POSITIONS = 5;

export function localTruth(
  localMotion: LocalMotion,
  size: { readonly width: number; readonly height: number; readonly frames: number },
): LocalTruth {
  const fractions = Array.from({ length: TRUTH_POSITIONS }, (_, i) => i / (TRUTH_POSITIONS - 1) - 0.5);
  const positions = fractions.flatMap((y) => fractions.map((x) => [x, y] as const));
  const round = (pixels: number) => Math.round(pixels * 1e4) / 1e4 + 0;
  return {
    positionsPixels: positions.map(([x, y]) => [(x + 0.5) * size.width, (y + 0.5) * size.height] as const),
    shiftsPixels: Array.from({ length: size.frames }, (_, frame) =>
      positions.map(([x, y]) => {
        const [dx, dy] = localMotion(frame, x, y);
        return [round(dx), round(dy)] as const;
      }),
    ),
  };
}
