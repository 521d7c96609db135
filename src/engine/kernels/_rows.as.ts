// Converts raw pixels (PixelType of formats/movie.ts) row by row to corrected f32: times gain, bad pixels
// replaced. Imported by kernels.
import { load4, mul, store4 } from './_simd.as';

/** Four values of type T as f32. */
// @ts-ignore: decorator
@inline export function widen4<T>(from: usize): v128 {
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
    // NaN and infinities would spread over the whole spectrum: they become zero
    return v128.and(raw, f32x4.lt(f32x4.abs(raw), f32x4.splat(f32.MAX_VALUE)));
  }
  return isSigned<T>() ? f32x4.convert_i32x4_s(raw) : f32x4.convert_i32x4_u(raw);
}

// @ts-ignore: decorator
@inline export function widen1<T>(from: usize): f32 {
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

/** One pixel times gain. */
// @ts-ignore: decorator
@inline function correctPixel(type: i32, raw: usize, gain: usize, isPerPixel: bool, index: usize): f32 {
  const factor = isPerPixel ? load<f32>(gain + (index << 2)) : 1;
  switch (type) {
    case 0: return factor * widen1<u8>(raw + index);
    case 1: return factor * widen1<i8>(raw + index);
    case 2: return factor * widen1<u16>(raw + (index << 1));
    case 3: return factor * widen1<i16>(raw + (index << 1));
    case 4: return factor * widen1<u32>(raw + (index << 2));
    case 5: return factor * widen1<i32>(raw + (index << 2));
    default: return factor * widen1<f32>(raw + (index << 2));
  }
}

/**
 * Length of a record in bytes: a bad pixel and the neighbours that can replace it, 5 values of type i32.
 */
const RECORD_BYTES: usize = 5 * 4;

/**
 * Writes row y of a frame, corrected, to `to`. A bad pixel gets the value of one of its neighbours, which
 * changes from frame to frame.
 * @param type - 0 u8, 1 i8, 2 u16, 3 i16, 4 u32, 5 i32, 6 f32
 * @param raw - height * width pixels, no padding
 * @param gainPitch - bytes from row to row of the gain; 0: one row for all
 * @param badPixels - number of records (i32), then records of [index, neighbour x 4] (i32), ascending by
 * index
 */
export function correctRow(type: i32, raw: usize, gain: usize, gainPitch: usize, badPixels: usize, frame: i32, width: i32, y: i32, to: usize): void {
  const count = <usize>width, first = count * <usize>y, gainRow = gain + gainPitch * <usize>y;
  switch (type) {
    case 0: { convertRow<u8>(raw + first, gainRow, to, width); break; }
    case 1: { convertRow<i8>(raw + first, gainRow, to, width); break; }
    case 2: { convertRow<u16>(raw + (first << 1), gainRow, to, width); break; }
    case 3: { convertRow<i16>(raw + (first << 1), gainRow, to, width); break; }
    case 4: { convertRow<u32>(raw + (first << 2), gainRow, to, width); break; }
    case 5: { convertRow<i32>(raw + (first << 2), gainRow, to, width); break; }
    default: { convertRow<f32>(raw + (first << 2), gainRow, to, width); }
  }
  // the first record of this row, by binary search
  let low: usize = 0, high = <usize>load<i32>(badPixels);
  const records = badPixels + 4, end = records + high * RECORD_BYTES;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (<usize>load<i32>(records + middle * RECORD_BYTES) < first) low = middle + 1;
    else high = middle;
  }
  for (let record = records + low * RECORD_BYTES; record < end; record += RECORD_BYTES) {
    const index = <usize>load<i32>(record);
    if (index >= first + count) break;
    const choice = 1 + (<usize>frame + (record - records) / RECORD_BYTES) % 4;
    store<f32>(to + ((index - first) << 2), correctPixel(type, raw, gain, gainPitch != 0, <usize>load<i32>(record + (choice << 2))));
  }
}
