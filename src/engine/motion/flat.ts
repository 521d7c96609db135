/** Pixels that are looked at, about; their distance is odd, so that they do not keep to some columns. */
const SAMPLES = 4000;
/** So many of them with the frame's largest value are no image: a saturated camera leaves a few cold or masked pixels below it. */
const FLAT_PART = 0.9;

/**
 * Whether a frame is saturated, or constant: nearly all of its pixels have its largest value. Whatever the value: 255, 15 of a camera with
 * 4 bits, or what a driver writes for a frame that it lost. A frame of zeros is not flat but empty, and one of few electrons has few ones.
 * @param raw - pixels as recorded, before the gain
 */
export function isFlat(raw: ArrayLike<number>): boolean {
  const step = Math.max(1, Math.floor(raw.length / SAMPLES)) | 1;
  let largest = 0;
  let equal = 0;
  let count = 0;
  for (let i = 0; i < raw.length; i += step, count++) {
    const value = raw[i]!;
    if (value > largest) {
      largest = value;
      equal = 0;
    }
    if (value === largest) equal++;
  }
  return largest > 0 && equal >= FLAT_PART * count;
}
