// 2D real transform: rows (real <-> half spectrum) and columns (complex), each for a range, so that threads
// can share one image.
//
// Image: rows of f32, `pitch` bytes apart. Half spectrum: blocks of four columns, 32 bytes [re x4][im x4],
// for columns 0..width/2, with zeros in the rest of the last block. Block b of row y is at y * pitch + (b >>
// 1) * pair + (b & 1) * 32. With a pair of 64 bytes a row is contiguous and may overwrite its image; in
// panels (`fft/plan.ts`) all rows of two blocks are contiguous, which is faster for columns. Plans are made
// by `fft/plan.ts`, which also gives the size of `scratch`.
import { add, load4, madd, mul, nmadd, store4, sub } from './_simd.as';
import { runPass } from './_passes.as';

/**
 * Complex transform along one block, in place or from one address to another.
 * Plan (i32): n, passes, then for each pass radix, groups, run, twiddles, roots.
 */
export function column(plan: usize, column: usize, pitch: usize, target: usize, targetPitch: usize, inverse: i32, scale: f32, scratch: usize): void {
  const n = load<i32>(plan), passes = load<i32>(plan, 4);
  const bufferBytes = (<usize>n << 5) + 256, bufferA = scratch, bufferB = scratch + bufferBytes, pairs = bufferB + bufferBytes;
  const re: usize = inverse ? 16 : 0, im: usize = inverse ? 0 : 16;
  let record = plan + 8, from = column, to = bufferA;
  for (let k = 0; k < passes; k++) {
    const radix = load<i32>(record), groups = load<i32>(record, 4), run = load<i32>(record, 8);
    const twiddles = <usize>load<i32>(record, 12), roots = <usize>load<i32>(record, 16);
    const isFirst = k == 0, isLast = k == passes - 1;
    const fromStride: usize = isFirst ? pitch : 32, toStride: usize = isLast ? targetPitch : 32;
    if (isLast) to = target;
    runPass(radix, from, fromStride * <usize>run, fromStride * <usize>(run * groups), isFirst ? im : 16, isFirst ? re : 0,
      to, toStride * <usize>(run * radix), toStride * <usize>run, isLast ? im : 16, isLast ? re : 0,
      groups, run, fromStride, toStride, twiddles, scale, roots, pairs);
    from = to;
    to = from == bufferA ? bufferB : bufferA;
    record += 20;
  }
}

/** Complex transform along the blocks [firstBlock, lastBlock) of a spectrum, in place. */
export function columns(plan: usize, base: usize, pitch: usize, pair: usize, firstBlock: i32, lastBlock: i32, inverse: i32, scale: f32, scratch: usize): void {
  for (let block = firstBlock; block < lastBlock; block++) {
    const at = base + <usize>(block >> 1) * pair + (<usize>(block & 1) << 5);
    column(plan, at, pitch, at, pitch, inverse, scale, scratch);
  }
}

/** Stores the transpose of the 4x4 matrix of rows a..d; its rows are stored 32 bytes apart. */
// @ts-ignore: decorator
@inline function storeTransposed(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const t0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), t1 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const t2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7), t3 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(t0, t1, 0, 2));
  v128.store(to, v128.shuffle<f64>(t0, t1, 1, 3), 32);
  v128.store(to, v128.shuffle<f64>(t2, t3, 0, 2), 64);
  v128.store(to, v128.shuffle<f64>(t2, t3, 1, 3), 96);
}

/**
 * First pass of a row, radix 4, vectors along the row: afterwards four independent interleaved transforms are
 * in the four lanes.
 * @param isInterleaved - source is re, im, re, im (a real row read as complex pairs); else blocks
 */
// @ts-ignore: decorator
@inline function runFirstPass(from: usize, isInterleaved: bool, to: usize, n: i32, twiddles: usize): void {
  const groups = n >> 2, fromInput = <usize>groups << 3;
  for (let group: i32 = 0; group < groups; group += 4) {
    let x0r: v128, x0i: v128, x1r: v128, x1i: v128, x2r: v128, x2i: v128, x3r: v128, x3i: v128;
    const in0 = from, in1 = in0 + fromInput, in2 = in1 + fromInput, in3 = in2 + fromInput;
    const u0 = load4(in0), v0 = v128.load(in0, 16), u1 = load4(in1), v1 = v128.load(in1, 16);
    const u2 = load4(in2), v2 = v128.load(in2, 16), u3 = load4(in3), v3 = v128.load(in3, 16);
    if (isInterleaved) {
      x0r = v128.shuffle<f32>(u0, v0, 0, 2, 4, 6); x0i = v128.shuffle<f32>(u0, v0, 1, 3, 5, 7);
      x1r = v128.shuffle<f32>(u1, v1, 0, 2, 4, 6); x1i = v128.shuffle<f32>(u1, v1, 1, 3, 5, 7);
      x2r = v128.shuffle<f32>(u2, v2, 0, 2, 4, 6); x2i = v128.shuffle<f32>(u2, v2, 1, 3, 5, 7);
      x3r = v128.shuffle<f32>(u3, v3, 0, 2, 4, 6); x3i = v128.shuffle<f32>(u3, v3, 1, 3, 5, 7);
    } else {
      x0r = u0; x0i = v0; x1r = u1; x1i = v1; x2r = u2; x2i = v2; x3r = u3; x3i = v3;
    }
    const t0r = add(x0r, x2r), t0i = add(x0i, x2i), t1r = sub(x0r, x2r), t1i = sub(x0i, x2i);
    const t2r = add(x1r, x3r), t2i = add(x1i, x3i), t3r = sub(x1r, x3r), t3i = sub(x1i, x3i);
    const y0r = add(t0r, t2r), y0i = add(t0i, t2i);
    let ur = add(t1r, t3i), ui = sub(t1i, t3r), wr = load4(twiddles), wi = v128.load(twiddles, 16);
    const y1r = nmadd(ui, wi, mul(ur, wr)), y1i = madd(ui, wr, mul(ur, wi));
    ur = sub(t0r, t2r); ui = sub(t0i, t2i); wr = v128.load(twiddles, 32); wi = v128.load(twiddles, 48);
    const y2r = nmadd(ui, wi, mul(ur, wr)), y2i = madd(ui, wr, mul(ur, wi));
    ur = sub(t1r, t3i); ui = add(t1i, t3r); wr = v128.load(twiddles, 64); wi = v128.load(twiddles, 80);
    const y3r = nmadd(ui, wi, mul(ur, wr)), y3i = madd(ui, wr, mul(ur, wi));
    storeTransposed(to, y0r, y1r, y2r, y3r);
    storeTransposed(to + 16, y0i, y1i, y2i, y3i);
    from += 32; to += 128; twiddles += 96;
  }
}

/** The passes after the first; returns the address of the result. */
// @ts-ignore: decorator
@inline function runRemainingPasses(record: usize, passes: i32, bufferA: usize, bufferB: usize, pairs: usize): usize {
  let from = bufferA, to = bufferB;
  for (let k = 0; k < passes; k++) {
    const radix = load<i32>(record), groups = load<i32>(record, 4), run = load<i32>(record, 8);
    const twiddles = <usize>load<i32>(record, 12), roots = <usize>load<i32>(record, 16);
    runPass(radix, from, 32 * <usize>run, 32 * <usize>(run * groups), 16, 0,
      to, 32 * <usize>(run * radix), 32 * <usize>run, 16, 0, groups, run, 32, 32, twiddles, 1, roots, pairs);
    const next = from;
    from = to;
    to = next;
    record += 20;
  }
  return from;
}

/**
 * Transforms real rows to the first `blocks` (an even number) of their half spectra; a contiguous row may
 * overwrite its image.
 * Plan (i32): width, n = width / 2, passes, first twiddles, split twiddles, then as for columns from the
 * second pass on.
 */
export function rowsForward(plan: usize, from: usize, fromPitch: usize, to: usize, toPitch: usize, toPair: usize, blocks: i32, rows: i32, scratch: usize): void {
  const n = load<i32>(plan, 4), passes = load<i32>(plan, 8), twiddles = <usize>load<i32>(plan, 12), split = <usize>load<i32>(plan, 16);
  const bufferA = scratch, bufferB = bufferA + (<usize>n << 3) + 320, pairs = bufferB + (<usize>n << 3) + 320;
  const allBlocks = n >> 2, wantedBlocks = min(allBlocks, blocks), half = f32x4.splat(0.5);
  for (let y = 0; y < rows; y++) {
    runFirstPass(from, true, bufferA, n, twiddles);
    const z = runRemainingPasses(plan + 20, passes - 1, bufferA, bufferB, pairs);
    // element n is element 0: the block after the end begins with it
    store4(z + (<usize>allBlocks << 5), load4(z));
    v128.store(z + (<usize>allBlocks << 5), v128.load(z, 16), 16);
    let out = to, element = z, mirror = z + (<usize>allBlocks << 5), w = split;
    for (let b = 0; b < wantedBlocks; b++) {
      const zr = load4(element), zi = v128.load(element, 16);
      // elements n - k for k in this block: lane 0 of `mirror`, lanes 3, 2, 1 of the block before it
      const cr = v128.shuffle<f32>(load4(mirror), load4(mirror - 32), 0, 7, 6, 5);
      const ci = v128.shuffle<f32>(v128.load(mirror, 16), v128.load(mirror - 16), 0, 7, 6, 5);
      // even part (z + conj c) / 2, odd part (z - conj c) / 2i, X = even + w odd
      const evenRe = mul(half, add(zr, cr)), evenIm = mul(half, sub(zi, ci));
      const oddRe = mul(half, add(zi, ci)), oddIm = mul(half, sub(cr, zr));
      const wr = load4(w), wi = v128.load(w, 16);
      store4(out, add(evenRe, nmadd(oddIm, wi, mul(oddRe, wr))));
      v128.store(out, add(evenIm, madd(oddIm, wr, mul(oddRe, wi))), 16);
      out += b & 1 ? toPair - 32 : 32;
      element += 32; mirror -= 32; w += 32;
    }
    if (blocks > allBlocks) {
      // Nyquist: re(z0) - im(z0); the rest of the block is zero
      const zero = f32x4.splat(0);
      store4(out, f32x4.replace_lane(zero, 0, load<f32>(z) - load<f32>(z, 16)));
      v128.store(out, zero, 16); v128.store(out, zero, 32); v128.store(out, zero, 48);
    }
    from += fromPitch; to += toPitch;
  }
}

/**
 * Transforms half spectra of rows to real rows, times `scale` (1 / width inverts rowsForward); the image of a
 * contiguous row may overwrite the spectrum.
 */
export function rowsInverse(plan: usize, from: usize, fromPitch: usize, fromPair: usize, to: usize, toPitch: usize, rows: i32, scale: f32, scratch: usize): void {
  const n = load<i32>(plan, 4), passes = load<i32>(plan, 8), twiddles = <usize>load<i32>(plan, 12), split = <usize>load<i32>(plan, 16);
  const bufferA = scratch, bufferB = bufferA + (<usize>n << 3) + 320, pairs = bufferB + (<usize>n << 3) + 320;
  const blocks = n >> 2, scaling = f32x4.splat(scale);
  for (let y = 0; y < rows; y++) {
    let element = from, mirror = from + <usize>(blocks >> 1) * fromPair, z = bufferB, w = split;
    for (let b = 0; b < blocks; b++) {
      const xr = load4(element), xi = v128.load(element, 16), next = mirror - (b & 1 ? 32 : fromPair - 32);
      const cr = v128.shuffle<f32>(load4(mirror), load4(next), 0, 7, 6, 5);
      const ci = v128.shuffle<f32>(v128.load(mirror, 16), v128.load(next, 16), 0, 7, 6, 5);
      // even = X + conj X', odd = (X - conj X') conj w, z = even + i odd; stored with re and im exchanged,
      // so that the forward passes compute the inverse
      const evenRe = add(xr, cr), evenIm = sub(xi, ci), gr = sub(xr, cr), gi = add(xi, ci);
      const wr = load4(w), wi = v128.load(w, 16);
      const oddRe = madd(gi, wi, mul(gr, wr)), oddIm = nmadd(gr, wi, mul(gi, wr));
      store4(z, mul(scaling, add(evenIm, oddRe)));
      v128.store(z, mul(scaling, sub(evenRe, oddIm)), 16);
      element += b & 1 ? fromPair - 32 : 32;
      mirror = next; z += 32; w += 32;
    }
    runFirstPass(bufferB, false, bufferA, n, twiddles);
    let result = runRemainingPasses(plan + 20, passes - 1, bufferA, bufferB, pairs), out = to;
    for (let b = 0; b < blocks; b++) {
      const im = load4(result), re = v128.load(result, 16);
      store4(out, v128.shuffle<f32>(re, im, 0, 4, 1, 5));
      v128.store(out, v128.shuffle<f32>(re, im, 2, 6, 3, 7), 16);
      result += 32; out += 32;
    }
    from += fromPitch; to += toPitch;
  }
}
