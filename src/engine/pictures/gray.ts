/** Grey picture, height*width bytes, row-major. */
export interface Gray {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

export interface PictureSource {
  readonly width: number;
  readonly height: number;
  /** height*width, row-major. */
  readonly data: Float32Array;
}

/**
 * Fraction of pixels at each end of the range that is drawn black or white, so that hot pixels and grid bars
 * do not reduce the contrast of the rest.
 */
const CUT_FRACTION = 0.005;

/**
 * Reduces an image by averaging areas, which also improves the signal-to-noise ratio. Pixels that are not
 * finite are ignored. An image that is small enough keeps its size.
 */
export function shrink(image: PictureSource, maxSide: number): PictureSource {
  const scale = Math.max(1, image.width / maxSide, image.height / maxSide);
  const width = Math.max(1, Math.round(image.width / scale));
  const height = Math.max(1, Math.round(image.height / scale));
  const data = new Float32Array(width * height);
  const edges = (count: number, length: number) =>
    Int32Array.from({ length: count + 1 }, (_, i) => Math.floor((i * length) / count));
  const columns = edges(width, image.width);
  const rows = edges(height, image.height);
  const sums = new Float64Array(width);
  const counts = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    counts.fill(0);
    for (let row = rows[y]!; row < rows[y + 1]!; row++) addAreas(image, row, columns, sums, counts);
    for (let x = 0; x < width; x++) data[y * width + x] = sums[x]! / counts[x]!;
  }
  return { width, height, data };
}

/**
 * Adds the pixels of a row to the sums of their areas.
 * @param columns - first pixel of each area, and the end
 */
function addAreas(
  { width, data }: PictureSource,
  row: number,
  columns: Int32Array,
  sums: Float64Array,
  counts: Float64Array,
): void {
  for (let x = 0; x < sums.length; x++) {
    let sum = 0;
    let count = 0;
    const end = row * width + columns[x + 1]!;
    for (let i = row * width + columns[x]!; i < end; i++) {
      const v = data[i]!;
      if (!Number.isFinite(v)) continue;
      sum += v;
      count++;
    }
    sums[x] = sums[x]! + sum;
    counts[x] = counts[x]! + count;
  }
}

/**
 * Grey values from black at the minimum to white at the maximum, except for CUT_FRACTION at each end. A
 * constant image is mid-grey.
 */
export function toGray(image: PictureSource): Gray {
  const sorted = image.data.filter(Number.isFinite).sort();
  const last = sorted.length - 1;
  const black = sorted[Math.floor(CUT_FRACTION * last)] ?? 0;
  const white = sorted[Math.ceil((1 - CUT_FRACTION) * last)] ?? 0;
  return toGrayBetween(image, black, white);
}

export function toGrayBetween(image: PictureSource, black: number, white: number): Gray {
  const bytes = Uint8Array.from(image.data, (v) => {
    if (!(white > black) || Number.isNaN(v)) return 128;
    return Math.max(0, Math.min(255, Math.round(((v - black) / (white - black)) * 255)));
  });
  return { width: image.width, height: image.height, bytes };
}
