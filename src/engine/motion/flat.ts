/** Approximate number of sampled pixels; their spacing is odd, so that they are spread over the columns. */
const SAMPLES = 4000;
/**
 * A frame is flat if at least this fraction of its pixels have the maximum value; in a frame from a saturated
 * camera, a few cold or masked pixels have lower values.
 */
const FLAT_FRACTION = 0.9;

/**
 * Whether a frame is saturated or constant: nearly all of its pixels have its maximum value, such as
 * 255, 15 for a 4-bit camera, or the value that a driver writes for a lost frame. A frame of zeros counts as
 * empty, not as flat.
 * @param raw - pixels as recorded, before gain correction
 */
export function isFlat(raw: ArrayLike<number>): boolean {
  const step = Math.max(1, Math.floor(raw.length / SAMPLES)) | 1;
  let maximum = Number.NEGATIVE_INFINITY;
  let equalCount = 0;
  let count = 0;
  for (let i = 0; i < raw.length; i += step, count++) {
    const value = raw[i]!;
    if (value > maximum) {
      maximum = value;
      equalCount = 0;
    }
    if (value === maximum) equalCount++;
  }
  return maximum !== 0 && equalCount >= FLAT_FRACTION * count;
}
