// Converts decoded pixels of a frame to corrected f32, at full or half size; adds raw pixels to a sum.
import { add, load4, madd, mul, store4, sub } from './_simd.as';
import { correctRow, widen1, widen4 } from './_rows.as';

/**
 * Writes rows [firstRow, lastRow) of a frame, corrected (see `correctRow`), to f32 rows `toPitch` bytes
 * apart, starting at `to`.
 */
export function correct(type: i32, raw: usize, gain: usize, gainPitch: usize, badPixels: usize, frame: i32, width: i32, firstRow: i32, lastRow: i32, to: usize, toPitch: usize): void {
  for (let y = firstRow; y < lastRow; y++) {
    correctRow(type, raw, gain, gainPitch, badPixels, frame, width, y, to);
    to += toPitch;
  }
}

/**
 * Reduces a line of f32 to half its length: (1, 3, 3, 1) around each pair of pixels, not normalised. The ends
 * of the line are repeated; it must have room for one value before it and eight after it.
 */
function halveLine(line: usize, to: usize, width: i32): void {
  const half = width >> 1, end = line + (<usize>width << 2), three = f32x4.splat(3);
  store<f32>(line - 4, load<f32>(line));
  for (let i: usize = 0; i < 32; i += 4) store<f32>(end + i, load<f32>(end - 4));
  for (let i = 0; i < half; i += 4) {
    const a = load4(line), b = v128.load(line, 16);
    const pairSum = add(v128.shuffle<f32>(a, b, 0, 2, 4, 6), v128.shuffle<f32>(a, b, 1, 3, 5, 7));
    const previous = v128.shuffle<f32>(v128.load(line - 4), v128.load(line - 4, 16), 0, 2, 4, 6);
    const next = v128.shuffle<f32>(v128.load(line, 8), v128.load(line, 24), 0, 2, 4, 6);
    store4(to, madd(three, pairSum, add(previous, next)));
    line += 32; to += 16;
  }
}

/** One row of the halved frame from four filtered rows. */
// @ts-ignore: decorator
@inline function combineRows(a: usize, b: usize, c: usize, d: usize, to: usize, count: i32): void {
  const three = f32x4.splat(3), norm = f32x4.splat(1.0 / 64);
  for (let x = 0; x < count; x += 4) {
    store4(to, mul(norm, madd(three, add(load4(b), load4(c)), add(load4(a), load4(d)))));
    a += 16; b += 16; c += 16; d += 16; to += 16;
  }
}

/**
 * A frame of half the size: corrected rows (see `correctRow`) filtered by (1, 3, 3, 1) / 8 along both axes,
 * every second value kept; the last of an odd number of rows or columns is dropped. See `motion/halving.ts`.
 * @param fromPitch - 0: `from` is a raw frame; else row pitch in bytes of f32 pixels that are already
 * corrected; then `from` may equal `to`
 * @param scratch - room for 3 * width + 64 f32
 */
export function halve(
  type: i32, from: usize, fromPitch: usize, gain: usize, gainPitch: usize, badPixels: usize, frame: i32, width: i32, height: i32,
  to: usize, toPitch: usize, scratch: usize,
): void {
  const line = scratch + 64, ring = line + (<usize>width << 2) + 64, ringPitch = ((<usize>width >> 1) + 4) << 2;
  const rows = height >> 1, half = width >> 1;
  let filteredRows = 0;
  for (let y = 0; y < rows; y++) {
    // rows 2y - 1 to 2y + 2, each filtered once, in a ring of four; the frame's ends are repeated
    const last = min(2 * y + 2, height - 1);
    for (; filteredRows <= last; filteredRows++) {
      if (fromPitch) memory.copy(line, from + <usize>filteredRows * fromPitch, <usize>width << 2);
      else correctRow(type, from, gain, gainPitch, badPixels, frame, width, filteredRows, line);
      halveLine(line, ring + <usize>(filteredRows & 3) * ringPitch, width);
    }
    const a = ring + <usize>(max(2 * y - 1, 0) & 3) * ringPitch, b = ring + <usize>((2 * y) & 3) * ringPitch;
    const c = ring + <usize>((2 * y + 1) & 3) * ringPitch, d = ring + <usize>(last & 3) * ringPitch;
    combineRows(a, b, c, d, to + <usize>y * toPitch, half);
  }
}

/** to += from, `height` rows of `width` f32, a multiple of 4. */
export function addRows(from: usize, fromPitch: usize, to: usize, toPitch: usize, width: i32, height: i32): void {
  for (let y = 0; y < height; y++) {
    let source = from, target = to;
    for (let x = 0; x < width; x += 4) {
      store4(target, add(load4(target), load4(source)));
      source += 16; target += 16;
    }
    from += fromPitch; to += toPitch;
  }
}

/**
 * image = window * (image - its mean under the window), in place.
 * @param windowX - `width` f32, a multiple of 4; the window is its product with the `height` f32 of windowY
 */
export function applyWindow(image: usize, pitch: usize, width: i32, height: i32, windowX: usize, windowY: usize): void {
  let sum: f64 = 0, total: f64 = 0;
  for (let y: usize = 0; y < <usize>height; y++) {
    const row = image + y * pitch, factor = <f64>load<f32>(windowY + (y << 2));
    let values = f32x4.splat(0), weights = f32x4.splat(0);
    for (let x: usize = 0; x < <usize>width << 2; x += 16) {
      const w = load4(windowX + x);
      values = madd(w, load4(row + x), values);
      weights = add(weights, w);
    }
    sum += factor * sumOfLanes(values);
    total += factor * sumOfLanes(weights);
  }
  const mean = f32x4.splat(<f32>(sum / total));
  for (let y: usize = 0; y < <usize>height; y++) {
    const row = image + y * pitch, factor = v128.load32_splat(windowY + (y << 2));
    for (let x: usize = 0; x < <usize>width << 2; x += 16) {
      store4(row + x, mul(mul(factor, load4(windowX + x)), sub(load4(row + x), mean)));
    }
  }
}

// @ts-ignore: decorator
@inline function sumOfLanes(v: v128): f64 {
  return <f64>f32x4.extract_lane(v, 0) + <f64>f32x4.extract_lane(v, 1) + <f64>f32x4.extract_lane(v, 2) + <f64>f32x4.extract_lane(v, 3);
}

function addFlat<T>(from: usize, to: usize, count: i32): void {
  let i = 0;
  for (; i <= count - 4; i += 4) {
    store4(to, add(load4(to), widen4<T>(from)));
    from += 4 * sizeof<T>();
    to += 16;
  }
  for (; i < count; i++) {
    store<f32>(to, load<f32>(to) + widen1<T>(from));
    from += sizeof<T>();
    to += 4;
  }
}

/** Adds `count` pixels of `type` at `from` to the f32 at `to`. Integers stay exact up to 2^24. */
export function addPixels(type: i32, from: usize, to: usize, count: i32): void {
  switch (type) {
    case 0: { addFlat<u8>(from, to, count); break; }
    case 1: { addFlat<i8>(from, to, count); break; }
    case 2: { addFlat<u16>(from, to, count); break; }
    case 3: { addFlat<i16>(from, to, count); break; }
    case 4: { addFlat<u32>(from, to, count); break; }
    case 5: { addFlat<i32>(from, to, count); break; }
    default: { addFlat<f32>(from, to, count); }
  }
}

/**
 * Fades the borders of a frame of f32 towards its mean, in place.
 * @param factors - `border` f32, from the edge inwards; at most half of width and height
 */
export function fade(base: usize, pitch: usize, width: i32, height: i32, factors: usize, border: i32, mean: f32): void {
  const centre = f32x4.splat(mean);
  for (let y = 0; y < height; y++) {
    const row = base + <usize>y * pitch, nearest = min(y, height - 1 - y);
    if (nearest < border) {
      const factor = v128.load32_splat(factors + (<usize>nearest << 2));
      // rows have room for whole vectors
      for (let x = 0; x < width; x += 4) {
        const at = row + (<usize>x << 2);
        store4(at, add(centre, mul(factor, sub(load4(at), centre))));
      }
    }
    for (let x = 0; x < border; x++) {
      const factor = load<f32>(factors + (<usize>x << 2));
      const left = row + (<usize>x << 2), right = row + (<usize>(width - 1 - x) << 2);
      store<f32>(left, mean + factor * (load<f32>(left) - mean));
      store<f32>(right, mean + factor * (load<f32>(right) - mean));
    }
  }
}
