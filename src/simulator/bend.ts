/** Moves the content of an image by a little that differs from place to place. */

/** Motion of what is seen at a pixel of the result, [x, y] in pixels. */
export type Displacement = (x: number, y: number) => readonly [number, number];

/** Taps of the filter to each side. */
const HALF_TAPS = 8;
const TAPS = 2 * HALF_TAPS;
/** Kaiser's parameter: with 16 taps, waves up to 3/4 of Nyquist come out right to a thousandth. */
const KAISER_BETA = 6;
const FRACTIONS = 2048;
/** The displacement is computed at every n-th pixel along each axis, and runs straight between. */
const NODE_STEP = 16;

/** Pixels that an image needs around what comes out of it. */
export function bendMargin(largestPixels: number): number {
  return Math.ceil(largestPixels) + HALF_TAPS + 1;
}

/** Filters for FRACTIONS + 1 fractions of a pixel: a sinc under Kaiser's window (Kaiser and Schafer, IEEE Trans. ASSP 28 (1980) 105). */
const FILTERS = filters();

function filters(): Float64Array {
  const table = new Float64Array((FRACTIONS + 1) * TAPS);
  for (let step = 0; step <= FRACTIONS; step++) {
    const row = table.subarray(step * TAPS, (step + 1) * TAPS);
    let sum = 0;
    for (let k = 0; k < TAPS; k++) {
      const x = k - HALF_TAPS + 1 - step / FRACTIONS;
      const inside = 1 - (x / HALF_TAPS) ** 2;
      const window = inside > 0 ? bessel(KAISER_BETA * Math.sqrt(inside)) / bessel(KAISER_BETA) : 0;
      row[k] = window * (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
      sum += row[k]!;
    }
    for (let k = 0; k < TAPS; k++) row[k] = row[k]! / sum;
  }
  return table;
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
 * @param image - (height + 2 margin) * (width + 2 margin), row-major: `margin` more pixels on each side than `out`
 * @param margin - see `bendMargin`
 * @param out - height*width, row-major
 */
export function bend(
  image: Float32Array,
  width: number,
  height: number,
  margin: number,
  displacement: Displacement,
  out: Float32Array,
): void {
  const pitch = width + 2 * margin;
  const rows = height + 2 * margin;
  const between = new Float32Array(rows * width);
  // rows first, each pixel from where the columns will take it: at (x, y) with y - dy(x, y) = v
  const alongX = createField(width, rows, (x, v) => {
    let y = v - margin;
    for (let turn = 0; turn < SEARCH_TURNS; turn++) y = v - margin + displacement(x, y)[1];
    return displacement(x, y)[0];
  });
  for (let v = 0; v < rows; v++) {
    const line = alongX(v);
    for (let x = 0; x < width; x++) {
      const at = x + margin - line[x]!;
      const whole = Math.floor(at);
      const filter = Math.round((at - whole) * FRACTIONS) * TAPS;
      const from = v * pitch + whole - HALF_TAPS + 1;
      let sum = 0;
      for (let k = 0; k < TAPS; k++) sum += FILTERS[filter + k]! * image[from + k]!;
      between[v * width + x] = sum;
    }
  }
  const alongY = createField(width, height, (x, y) => displacement(x, y)[1]);
  for (let y = 0; y < height; y++) {
    const line = alongY(y);
    for (let x = 0; x < width; x++) {
      const at = y + margin - line[x]!;
      const whole = Math.floor(at);
      const filter = Math.round((at - whole) * FRACTIONS) * TAPS;
      let from = (whole - HALF_TAPS + 1) * width + x;
      let sum = 0;
      for (let k = 0; k < TAPS; k++, from += width) sum += FILTERS[filter + k]! * between[from]!;
      out[y * width + x] = sum;
    }
  }
}

/** Turns of an equation whose solution each turn comes nearer to by the slope of the motion, a hundredth. */
const SEARCH_TURNS = 3;

/** A smooth function, row by row: computed at nodes, straight between them. @returns the same array at each call */
function createField(width: number, height: number, value: (x: number, y: number) => number) {
  const columns = Math.ceil(width / NODE_STEP) + 1;
  const lines = Math.ceil(height / NODE_STEP) + 1;
  const nodes = Float64Array.from({ length: columns * lines }, (_, i) =>
    value((i % columns) * NODE_STEP, Math.floor(i / columns) * NODE_STEP),
  );
  const line = new Float64Array(width);
  return (y: number): Float64Array => {
    const above = Math.floor(y / NODE_STEP) * columns;
    const part = (y % NODE_STEP) / NODE_STEP;
    const at = (i: number) => nodes[above + i]! + part * (nodes[above + columns + i]! - nodes[above + i]!);
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
