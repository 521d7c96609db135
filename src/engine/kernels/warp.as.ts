// Moves the content of a frame by a displacement that varies slowly over it: out(x, y) = in(x + dx(x, y), y +
// dy(x, y)).
//
// Filters rows first, then columns, each with a filter of TAPS taps from a table of fractions of a pixel
// (`motion/interpolation.ts`). Sixteen neighbours share one displacement. Filtered rows stay in a ring buffer
// until the columns need them: a frame is processed in bands.
import { load4, madd, mul, splat, store4 } from './_simd.as';

const TAPS: i32 = 8;
/** Pixels that share one displacement. */
const BLOCK: i32 = 16;

/** Displacement along one axis, at most `limit`: coefficients of 1, x, x^2, y, y^2, xy (f32). */
// @ts-ignore: decorator
@inline function displacement(c: usize, x: f32, y: f32, limit: f32): f32 {
  const d = load<f32>(c) + x * (load<f32>(c, 4) + x * load<f32>(c, 8)) + y * (load<f32>(c, 12) + y * load<f32>(c, 16) + x * load<f32>(c, 20));
  return max(-limit, min(limit, d));
}

/** Filters one row of the source, with mirrored ends, along x and writes it to `to`. */
function filterRow(from: usize, width: i32, y: i32, motionModel: usize, table: usize, steps: f32, line: usize, reach: i32, to: usize): void {
  const start = line + (<usize>reach << 2);
  memory.copy(start, from, <usize>width << 2);
  for (let i = 0; i < reach; i++) {
    store<f32>(start - (<usize>(i + 1) << 2), load<f32>(start + (<usize>i << 2)));
    store<f32>(start + (<usize>(width + i) << 2), load<f32>(start + (<usize>(width - 1 - i) << 2)));
  }
  // a block may read slightly beyond the mirrored end
  memory.fill(start + (<usize>(width + reach) << 2), 0, <usize>(2 * BLOCK) << 2);
  const limit = <f32>(reach - TAPS / 2 - 1);
  const xScale = load<f32>(motionModel, 48), xStart = load<f32>(motionModel, 52), yScale = load<f32>(motionModel, 56), yStart = load<f32>(motionModel, 60);
  for (let x = 0; x < width; x += BLOCK) {
    const modelX = (<f32>x + 0.5 * <f32>(BLOCK - 1)) * xScale + xStart;
    const sourceY = <f32>y * yScale + yStart;
    // `filterColumns` will move source row Y to the output row y with y + dy(x, y) = Y: dx is taken at that y
    const modelY = sourceY - displacement(motionModel + 24, modelX, sourceY, limit) * yScale;
    const shift = displacement(motionModel, modelX, modelY, limit), wholePixels = floor<f32>(shift);
    const weights = table + (<usize>(<i32>((shift - wholePixels) * steps + 0.5) * TAPS) << 2);
    let source = start + (<usize>(x + <i32>wholePixels - TAPS / 2 + 1) << 2);
    let w = splat(weights);
    let a = mul(w, load4(source)), b = mul(w, v128.load(source, 16)), c = mul(w, v128.load(source, 32)), d = mul(w, v128.load(source, 48));
    source += 4; w = v128.load32_splat(weights, 4);
    a = madd(w, load4(source), a); b = madd(w, v128.load(source, 16), b); c = madd(w, v128.load(source, 32), c); d = madd(w, v128.load(source, 48), d);
    source += 4; w = v128.load32_splat(weights, 8);
    a = madd(w, load4(source), a); b = madd(w, v128.load(source, 16), b); c = madd(w, v128.load(source, 32), c); d = madd(w, v128.load(source, 48), d);
    source += 4; w = v128.load32_splat(weights, 12);
    a = madd(w, load4(source), a); b = madd(w, v128.load(source, 16), b); c = madd(w, v128.load(source, 32), c); d = madd(w, v128.load(source, 48), d);
    source += 4; w = v128.load32_splat(weights, 16);
    a = madd(w, load4(source), a); b = madd(w, v128.load(source, 16), b); c = madd(w, v128.load(source, 32), c); d = madd(w, v128.load(source, 48), d);
    source += 4; w = v128.load32_splat(weights, 20);
    a = madd(w, load4(source), a); b = madd(w, v128.load(source, 16), b); c = madd(w, v128.load(source, 32), c); d = madd(w, v128.load(source, 48), d);
    source += 4; w = v128.load32_splat(weights, 24);
    a = madd(w, load4(source), a); b = madd(w, v128.load(source, 16), b); c = madd(w, v128.load(source, 32), c); d = madd(w, v128.load(source, 48), d);
    source += 4; w = v128.load32_splat(weights, 28);
    a = madd(w, load4(source), a); b = madd(w, v128.load(source, 16), b); c = madd(w, v128.load(source, 32), c); d = madd(w, v128.load(source, 48), d);
    store4(to, a); v128.store(to, b, 16); v128.store(to, c, 32); v128.store(to, d, 48);
    to += 64;
  }
}

/** The same column in the next row of the ring. */
// @ts-ignore: decorator
@inline function nextRow(address: usize, pitch: usize, end: usize, size: usize): usize {
  const next = address + pitch;
  return next >= end ? next - size : next;
}

/** Row of the ring that holds a row of the source, or a mirrored row beyond its ends. */
// @ts-ignore: decorator
@inline function ringIndex(row: i32, rows: i32, reach: i32): usize {
  return <usize>((row + reach) % rows);
}

/**
 * Filters rows [firstRow, lastRow) of the source, which follow those of the previous call, along x into the
 * ring. The first and the last rows of the frame are also stored as their mirror images beyond the frame.
 * @param from - row `firstRow`; rows have room for the next multiple of 16 pixels
 * @param width, height - of the movie
 * @param motionModel - 16 f32: six coefficients of dx, six of dy, then the conversion of column and row to x
 * and y: scale, start, scale, start
 * @param table - (steps + 1) * TAPS f32
 * @param line - room for width + 2 * reach + 40 f32
 * @param ring - `ringRows` rows of `pitch` bytes: the rows of one call plus 3 * reach
 * @param reach - largest displacement, rounded up, plus TAPS / 2 + 1; at most width and height
 */
export function filterRows(
  from: usize, pitch: usize, width: i32, height: i32, firstRow: i32, lastRow: i32,
  motionModel: usize, table: usize, steps: i32, line: usize, ring: usize, ringRows: i32, reach: i32,
): void {
  for (let y = firstRow; y < lastRow; y++) {
    const to = ring + ringIndex(y, ringRows, reach) * pitch;
    filterRow(from, width, y, motionModel, table, <f32>steps, line, reach, to);
    if (y < reach) memory.copy(ring + ringIndex(-1 - y, ringRows, reach) * pitch, to, pitch);
    if (y >= height - reach) memory.copy(ring + ringIndex(2 * height - 1 - y, ringRows, reach) * pitch, to, pitch);
    from += pitch;
  }
}

/**
 * Computes rows [firstRow, lastRow) of the result by filtering the ring along y. The rows up to lastRow - 1 +
 * reach have been filtered along x.
 * @param to - row `firstRow`; see `filterRows` for the rest
 */
export function filterColumns(
  to: usize, pitch: usize, width: i32, firstRow: i32, lastRow: i32, motionModel: usize, table: usize, steps: i32, ring: usize, ringRows: i32, reach: i32,
): void {
  const stepsPerPixel = <f32>steps, size = <usize>ringRows * pitch, end = ring + size;
  const limit = <f32>(reach - TAPS / 2 - 1);
  const xScale = load<f32>(motionModel, 48), xStart = load<f32>(motionModel, 52), yScale = load<f32>(motionModel, 56), yStart = load<f32>(motionModel, 60);
  for (let y = firstRow; y < lastRow; y++) {
    const modelY = <f32>y * yScale + yStart;
    const firstTap = (y - TAPS / 2 + 1 + reach) % ringRows;
    let out = to, column: usize = 0;
    for (let x = 0; x < width; x += BLOCK) {
      const modelX = (<f32>x + 0.5 * <f32>(BLOCK - 1)) * xScale + xStart;
      const shift = displacement(motionModel + 24, modelX, modelY, limit), wholePixels = floor<f32>(shift);
      const weights = table + (<usize>(<i32>((shift - wholePixels) * stepsPerPixel + 0.5) * TAPS) << 2);
      let row = firstTap + <i32>wholePixels;
      if (row < 0) row += ringRows;
      if (row >= ringRows) row -= ringRows;
      let source = ring + <usize>row * pitch + column;
      let w = splat(weights);
      let a = mul(w, load4(source)), b = mul(w, v128.load(source, 16)), c = mul(w, v128.load(source, 32)), d = mul(w, v128.load(source, 48));
      source = nextRow(source, pitch, end, size); w = v128.load32_splat(weights, 4);
      a = madd(w, load4(source), a); b = madd(w, v128.load(source, 16), b); c = madd(w, v128.load(source, 32), c); d = madd(w, v128.load(source, 48), d);
      source = nextRow(source, pitch, end, size); w = v128.load32_splat(weights, 8);
      a = madd(w, load4(source), a); b = madd(w, v128.load(source, 16), b); c = madd(w, v128.load(source, 32), c); d = madd(w, v128.load(source, 48), d);
      source = nextRow(source, pitch, end, size); w = v128.load32_splat(weights, 12);
      a = madd(w, load4(source), a); b = madd(w, v128.load(source, 16), b); c = madd(w, v128.load(source, 32), c); d = madd(w, v128.load(source, 48), d);
      source = nextRow(source, pitch, end, size); w = v128.load32_splat(weights, 16);
      a = madd(w, load4(source), a); b = madd(w, v128.load(source, 16), b); c = madd(w, v128.load(source, 32), c); d = madd(w, v128.load(source, 48), d);
      source = nextRow(source, pitch, end, size); w = v128.load32_splat(weights, 20);
      a = madd(w, load4(source), a); b = madd(w, v128.load(source, 16), b); c = madd(w, v128.load(source, 32), c); d = madd(w, v128.load(source, 48), d);
      source = nextRow(source, pitch, end, size); w = v128.load32_splat(weights, 24);
      a = madd(w, load4(source), a); b = madd(w, v128.load(source, 16), b); c = madd(w, v128.load(source, 32), c); d = madd(w, v128.load(source, 48), d);
      source = nextRow(source, pitch, end, size); w = v128.load32_splat(weights, 28);
      a = madd(w, load4(source), a); b = madd(w, v128.load(source, 16), b); c = madd(w, v128.load(source, 32), c); d = madd(w, v128.load(source, 48), d);
      store4(out, a); v128.store(out, b, 16); v128.store(out, c, 32); v128.store(out, d, 48);
      out += 64; column += 64;
    }
    to += pitch;
  }
}
