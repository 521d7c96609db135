/** Moves the content of an image by small local shifts. */

/** Motion of the content that appears at a pixel of the result, [x, y] in pixels. */
export type Displacement = (x: number, y: number) => readonly [number, number];

/**
 * Filters that shift by a fraction of a pixel: the sum over k of table[step][k] in(x + k - halfTaps + 1)
 * approximates in(x + step / STEPS_PER_PIXEL).
 */
export interface SincFilter {
  readonly halfTaps: number;
  /** STEPS_PER_PIXEL + 1 rows of 2 * halfTaps. */
  readonly table: Float64Array;
}

/** Fractional shifts are rounded to 1/2048 of a pixel. */
const STEPS_PER_PIXEL = 2048;
/**
 * The displacement is computed at every n-th pixel along each axis and interpolated linearly between them.
 */
const NODE_STEP = 16;

/**
 * A Kaiser-windowed sinc (Kaiser and Schafer, IEEE Trans. ASSP 28 (1980) 105).
 * @param beta - shape of the window; a larger value gives less ripple, but attenuates a wider band near
 * Nyquist
 */
export function sincFilter(halfTaps: number, beta: number): SincFilter {
  const taps = 2 * halfTaps;
  const table = new Float64Array((STEPS_PER_PIXEL + 1) * taps);
  for (let step = 0; step <= STEPS_PER_PIXEL; step++) {
    const row = table.subarray(step * taps, (step + 1) * taps);
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const x = k - halfTaps + 1 - step / STEPS_PER_PIXEL;
      const radicand = 1 - (x / halfTaps) ** 2;
      const window = radicand > 0 ? bessel(beta * Math.sqrt(radicand)) / bessel(beta) : 0;
      const weight = window * (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
      row[k] = weight;
      sum += weight;
    }
    for (const [k, weight] of row.entries()) row[k] = weight / sum;
  }
  return { halfTaps, table };
}

/** 16 taps: spatial frequencies up to 3/4 of Nyquist are accurate to 0.1 %. */
const DEFAULT_FILTER = sincFilter(8, 6);

/**
 * Width in pixels of the border that `warp` needs around the result.
 * @param maxPixels - largest displacement
 */
export function warpMargin(maxPixels: number, filter = DEFAULT_FILTER): number {
  return Math.ceil(maxPixels) + filter.halfTaps + 1;
}

/** Modified Bessel function of the first kind and order zero, by its series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-16 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/**
 * out(x, y) = image(x - dx(x, y), y - dy(x, y)), along rows and then along columns.
 * @param image - (height + 2 margin) * (width + 2 margin), row-major: `margin` more pixels on each side than
 * `out`
 * @param margin - see `warpMargin`
 * @param out - height*width, row-major
 */
export function warp(
  image: Float32Array,
  width: number,
  height: number,
  margin: number,
  displacement: Displacement,
  out: Float32Array,
  filter = DEFAULT_FILTER,
): void {
  const { halfTaps, table } = filter;
  const taps = 2 * halfTaps;
  const pitch = width + 2 * margin;
  const rows = height + 2 * margin;
  const shiftedInX = new Float32Array(rows * width);
  // Shift along rows first. The column pass uses pixel (x, v) of this pass for out(x, y) with
  // y - dy(x, y) = v, so the displacement at (x, y) applies.
  const displacementX = createField(width, rows, (x, v) => {
    let y = v - margin;
    for (let iteration = 0; iteration < SEARCH_ITERATIONS; iteration++)
      y = v - margin + displacement(x, y)[1];
    return displacement(x, y)[0];
  });
  for (let v = 0; v < rows; v++) {
    const line = displacementX(v);
    for (let x = 0; x < width; x++) {
      const at = x + margin - (line[x] ?? 0);
      const pixel = Math.floor(at);
      const row = Math.round((at - pixel) * STEPS_PER_PIXEL) * taps;
      const from = v * pitch + pixel - halfTaps + 1;
      shiftedInX[v * width + x] = weightedSum(table, row, taps, image, from, 1);
    }
  }
  const displacementY = createField(width, height, (x, y) => displacement(x, y)[1]);
  for (let y = 0; y < height; y++) {
    const line = displacementY(y);
    for (let x = 0; x < width; x++) {
      const at = y + margin - (line[x] ?? 0);
      const pixel = Math.floor(at);
      const row = Math.round((at - pixel) * STEPS_PER_PIXEL) * taps;
      const from = (pixel - halfTaps + 1) * width + x;
      out[y * width + x] = weightedSum(table, row, taps, shiftedInX, from, width);
    }
  }
}

/** Sum of `taps` values, `step` apart, with the weights of one row of a filter. */
function weightedSum(
  table: Float64Array,
  row: number,
  taps: number,
  values: Float32Array,
  from: number,
  step: number,
): number {
  let sum = 0;
  for (let k = 0, at = from; k < taps; k++, at += step) sum += (table[row + k] ?? 0) * (values[at] ?? 0);
  return sum;
}

/**
 * Iterations of a fixed-point search; each multiplies the error by the gradient of the motion, about 0.01.
 */
const SEARCH_ITERATIONS = 3;

/** Evaluates a smooth function row by row, linearly between nodes. Each call returns the same array. */
function createField(width: number, height: number, value: (x: number, y: number) => number) {
  const columns = Math.ceil(width / NODE_STEP) + 1;
  const lines = Math.ceil(height / NODE_STEP) + 1;
  const nodes = Float64Array.from({ length: columns * lines }, (_, i) =>
    value((i % columns) * NODE_STEP, Math.floor(i / columns) * NODE_STEP),
  );
  const line = new Float64Array(width);
  return (y: number): Float64Array => {
    const upperRow = Math.floor(y / NODE_STEP) * columns;
    const fraction = (y % NODE_STEP) / NODE_STEP;
    const at = (i: number) => {
      const upper = nodes[upperRow + i] ?? 0;
      return upper + fraction * ((nodes[upperRow + columns + i] ?? 0) - upper);
    };
    for (let i = 0; i + 1 < columns; i++) {
      const start = at(i);
      const slope = (at(i + 1) - start) / NODE_STEP;
      const first = i * NODE_STEP;
      const last = Math.min(width, first + NODE_STEP);
      for (let x = first; x < last; x++) line[x] = start + (x - first) * slope;
    }
    return line;
  };
}
