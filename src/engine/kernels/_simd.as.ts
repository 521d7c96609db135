// Short names for SIMD operations. Imported by the kernels and compiled into them; not a separate module.

/** a * b + c, fused if the machine supports it. */
// @ts-ignore: decorator
@inline export function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_madd(a, b, c);
}

/** c - a * b, fused if the machine supports it. */
// @ts-ignore: decorator
@inline export function nmadd(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_nmadd(a, b, c);
}

// @ts-ignore: decorator
@inline export function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

// @ts-ignore: decorator
@inline export function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}

// @ts-ignore: decorator
@inline export function mul(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}

// @ts-ignore: decorator
@inline export function load4(address: usize): v128 {
  return v128.load(address);
}

// @ts-ignore: decorator
@inline export function store4(address: usize, value: v128): void {
  v128.store(address, value);
}

/** One f32 of memory in all four lanes. */
// @ts-ignore: decorator
@inline export function splat(address: usize): v128 {
  return v128.load32_splat(address);
}

/** Stores (re, im) times the twiddle (wr, wi). */
// @ts-ignore: decorator
@inline export function storeTimes(reTo: usize, imTo: usize, re: v128, im: v128, wr: v128, wi: v128): void {
  v128.store(reTo, nmadd(im, wi, mul(re, wr)));
  v128.store(imTo, madd(im, wr, mul(re, wi)));
}

/** Four values of a table of f32, one for each lane of `index` (non-negative integers within the table). */
// @ts-ignore: decorator
@inline export function gather(table: usize, index: v128): v128 {
  const offset = i32x4.shl(index, 2);
  let value = v128.load32_zero(table + <usize>i32x4.extract_lane(offset, 0));
  value = v128.load_lane<f32>(table + <usize>i32x4.extract_lane(offset, 1), value, 1);
  value = v128.load_lane<f32>(table + <usize>i32x4.extract_lane(offset, 2), value, 2);
  return v128.load_lane<f32>(table + <usize>i32x4.extract_lane(offset, 3), value, 3);
}
