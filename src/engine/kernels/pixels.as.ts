// Pixels of a frame as decoded (PixelType of formats/movie.ts) to f32: times gain into a padded frame, or added to a sum.
import { add, load4, mul, store4, sub } from './_simd.as';

/** Four values of type T as f32. */
// @ts-ignore: decorator
@inline function widen4<T>(from: usize): v128 {
  if (sizeof<T>() == 1) {
    const raw = v128.load32_zero(from);
    if (isSigned<T>()) return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(raw)));
    return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(raw)));
  }
  if (sizeof<T>() == 2) {
    const raw = v128.load64_zero(from);
    if (isSigned<T>()) return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(raw));
    return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(raw));
  }
  const raw = load4(from);
  if (isFloat<T>()) {
    // NaN and infinities would spread over the whole spectrum: they count as no electron
    return v128.and(raw, f32x4.lt(f32x4.abs(raw), f32x4.splat(f32.MAX_VALUE)));
  }
  return isSigned<T>() ? f32x4.convert_i32x4_s(raw) : f32x4.convert_i32x4_u(raw);
}

// @ts-ignore: decorator
@inline function widen1<T>(from: usize): f32 {
  const value = <f32>load<T>(from);
  return isFloat<T>() && !(abs(value) < f32.MAX_VALUE) ? 0 : value;
}

function convertRow<T>(from: usize, gain: usize, to: usize, count: i32): void {
  let i = 0;
  for (; i <= count - 4; i += 4) {
    store4(to, mul(widen4<T>(from), load4(gain)));
    from += 4 * sizeof<T>();
    gain += 16;
    to += 16;
  }
  for (; i < count; i++) {
    store<f32>(to, widen1<T>(from) * load<f32>(gain));
    from += sizeof<T>();
    gain += 4;
    to += 4;
  }
}

/**
 * Rows of width pixels at `from` (no padding) times gain to f32 rows `toPitch` bytes apart.
 * @param type - 0 u8, 1 i8, 2 u16, 3 i16, 4 u32, 5 i32, 6 f32
 * @param gainPitch - bytes from row to row of the gain; 0 uses one row for all
 */
export function convert(type: i32, from: usize, gain: usize, gainPitch: usize, to: usize, toPitch: usize, width: i32, height: i32): void {
  for (let y = 0; y < height; y++) {
    switch (type) {
      case 0: { convertRow<u8>(from, gain, to, width); from += width; break; }
      case 1: { convertRow<i8>(from, gain, to, width); from += width; break; }
      case 2: { convertRow<u16>(from, gain, to, width); from += <usize>width << 1; break; }
      case 3: { convertRow<i16>(from, gain, to, width); from += <usize>width << 1; break; }
      case 4: { convertRow<u32>(from, gain, to, width); from += <usize>width << 2; break; }
      case 5: { convertRow<i32>(from, gain, to, width); from += <usize>width << 2; break; }
      default: { convertRow<f32>(from, gain, to, width); from += <usize>width << 2; }
    }
    gain += gainPitch;
    to += toPitch;
  }
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

/** Adds `count` pixels of `type` at `from` to the f32 at `to`. Whole numbers stay exact up to 2^24. */
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
