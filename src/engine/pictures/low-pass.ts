/** Standard deviation in space, relative to d, of a Gaussian whose amplitude is one half at frequency 1/d. */
const SIGMA_PER_LENGTH = Math.sqrt(2 * Math.LN2) / (2 * Math.PI);
/** Number of standard deviations beyond which the filter has no effect on 8-bit values. */
const REACH_SIGMA = 3.5;

/**
 * Smooths an image with a Gaussian whose transfer function is one half at a period of `lengthPx` pixels:
 * rows, then columns. The image is extended by its edge values.
 * @param image - data height*width, row-major
 */
export function lowPass(
  image: { readonly width: number; readonly height: number; readonly data: Float32Array },
  lengthPx: number,
): Float32Array {
  const { width, height, data } = image;
  const sigma = SIGMA_PER_LENGTH * lengthPx;
  const reach = Math.max(1, Math.ceil(REACH_SIGMA * sigma));
  const taps = Float64Array.from({ length: reach + 1 }, (_, i) => Math.exp(-0.5 * (i / sigma) ** 2));
  const sum = taps.reduce((total, tap, i) => total + (i === 0 ? tap : 2 * tap), 0);
  for (let i = 0; i <= reach; i++) taps[i]! /= sum;

  const rows = new Float32Array(data.length);
  const line = new Float32Array(width + 2 * reach);
  for (let y = 0; y < height; y++) {
    const from = y * width;
    line.fill(data[from]!, 0, reach);
    line.set(data.subarray(from, from + width), reach);
    line.fill(data[from + width - 1]!, reach + width);
    for (let x = 0; x < width; x++) {
      let v = taps[0]! * line[x + reach]!;
      for (let t = 1; t <= reach; t++) v += taps[t]! * (line[x + reach - t]! + line[x + reach + t]!);
      rows[from + x] = v;
    }
  }
  const out = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    const to = y * width;
    for (let t = -reach; t <= reach; t++) {
      const from = Math.min(height - 1, Math.max(0, y + t)) * width;
      const tap = taps[Math.abs(t)]!;
      for (let x = 0; x < width; x++) out[to + x]! += tap * rows[from + x]!;
    }
  }
  return out;
}
