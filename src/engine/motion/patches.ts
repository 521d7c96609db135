import { fastColumnLength, fastRowLength } from '../fft/sizes.ts';
import { taperFactors } from './edges.ts';
import { type Geometry, type Plane, planeOf } from './geometry.ts';
import { patchWindow } from './patch-tasks.ts';

/** Positions of the patches of a frame. */

export interface Patch {
  /** First pixel in the image of a crop. */
  readonly originX: number;
  readonly originY: number;
  /** Mean position of its content, in fractions of the frame, -0.5 to 0.5. */
  readonly x: number;
  readonly y: number;
}

/** Ratio of a patch's side to the distance between patches: neighbours overlap where their windows taper. */
const OVERLAP = 1.25;
/** Minimum side of a patch in pixels of the crop: smaller ones contain too little signal to align. */
const MIN_SIDE = 48;

/**
 * Size of a patch's spectrum; null if the frame is too small for this many patches, or if there are fewer
 * than four.
 */
export function patchPlane(geometry: Geometry, patches: readonly [number, number] | null): Plane | null {
  if (patches === null || patches[0] * patches[1] < 4) return null;
  const { width, height } = imageSize(geometry);
  const [spacingX, spacingY] = [width / patches[0], height / patches[1]];
  if (Math.min(spacingX, spacingY) < MIN_SIDE) return null;
  const plane = planeOf(fastRowLength(OVERLAP * spacingX), fastColumnLength(OVERLAP * spacingY));
  return plane.width > width || plane.height > height ? null : plane;
}

/** Size of the movie in the image of a crop, without the padding, in pixels of the crop. */
function imageSize({ movieWidth, movieHeight, cropScale }: Geometry): { width: number; height: number } {
  return { width: movieWidth / cropScale[0], height: movieHeight / cropScale[1] };
}

export function placePatches(geometry: Geometry, plane: Plane, patches: readonly [number, number]): Patch[] {
  const { width, height } = imageSize(geometry);
  const { movieWidth, movieHeight } = geometry;
  const border = taperFactors(movieWidth, movieHeight).length / Math.min(movieWidth, movieHeight);
  const taperLength = border * Math.min(width, height);
  const positionsX = placeAlongAxis(Math.floor(width), plane.width, patches[0], taperLength);
  const positionsY = placeAlongAxis(Math.floor(height), plane.height, patches[1], taperLength);
  return positionsY.flatMap((y) =>
    positionsX.map((x) => ({
      originX: x.origin,
      originY: y.origin,
      x: x.centre / width - 0.5,
      y: y.centre / height - 0.5,
    })),
  );
}

function placeAlongAxis(length: number, side: number, count: number, taperLength: number) {
  const window = patchWindow(side);
  return Array.from({ length: count }, (_, i) => {
    const idealOrigin = Math.round(((i + 0.5) * length) / count - side / 2);
    const origin = Math.min(Math.max(idealOrigin, 0), length - side);
    // the frame is tapered towards its borders, and the window towards its ends: this is the centre of the
    // product
    let sum = 0;
    let total = 0;
    window.forEach((w, k) => {
      const distance = Math.min(origin + k, length - 1 - origin - k) + 0.5;
      const taperFactor =
        distance >= taperLength ? 1 : 0.5 - 0.5 * Math.cos((Math.PI * distance) / taperLength);
      const power = (w * taperFactor) ** 2;
      sum += power * (origin + k);
      total += power;
    });
    return { origin, centre: sum / total };
  });
}
