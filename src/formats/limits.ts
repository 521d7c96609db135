/**
 * Sizes beyond which a file counts as corrupt rather than large. They bound every allocation and every loop.
 */

/** Pixels along an axis. The largest camera in use has 11520; a montage has several times as many. */
export const MAX_AXIS_PIXELS = 65536;
/** Frames of a movie; an EER file has several thousand. */
export const MAX_FRAMES = 1_000_000;
/** Range of plausible pixel sizes in a header, Angstrom; 72 dots per inch would be 3.5 million. */
const PIXEL_SIZE_RANGE_A = { minimum: 0.01, maximum: 1000 } as const;

/** The pixel size, or null if it is not plausible. */
export function plausiblePixelSizeA(value: number): number | null {
  return value >= PIXEL_SIZE_RANGE_A.minimum && value <= PIXEL_SIZE_RANGE_A.maximum ? value : null;
}
