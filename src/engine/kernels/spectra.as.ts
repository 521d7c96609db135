// Arithmetic on half spectra in the block layout of `fft.as.ts`, for a range of rows, so that threads can
// share one spectrum.
//
// A ramp is exp(+2 pi i (kx sx / width + ky sy / height)), which undoes a motion (sx, sy) of the content. It
// is the product of a table along x, in blocks [cos x4][sin x4], and one along y, (cos, sin) for each row. A
// table of weights is looked up at the nearest integer to sqrt(kx^2 * xFactor + ky^2 * yFactor), at most
// `lastRing`.
import { add, gather, load4, madd, mul, nmadd, splat, store4, sub } from './_simd.as';

// @ts-ignore: decorator
@inline function signedFrequency(y: i32, height: i32): i32 {
  return y <= height >> 1 ? y : y - height;
}

/** Nearest integers to the roots, at most `lastRing`. */
// @ts-ignore: decorator
@inline function nearestRing(squared: v128, lastRing: v128): v128 {
  return i32x4.min_s(i32x4.trunc_sat_f32x4_s(add(f32x4.sqrt(squared), f32x4.splat(0.5))), lastRing);
}

// @ts-ignore: decorator
@inline function ringAt(kx: v128, xFactor: v128, squaredY: v128, lastRing: v128): v128 {
  return nearestRing(add(mul(mul(kx, kx), xFactor), squaredY), lastRing);
}

/** to += ramp * from, two spectra of one size, for the rows [firstRow, lastRow). */
export function addAligned(
  from: usize, to: usize, pitch: usize, height: i32, blocks: i32, rampX: usize, rampY: usize, firstRow: i32, lastRow: i32,
): void {
  for (let y = firstRow; y < lastRow; y++) {
    const yr = splat(rampY + (<usize>y << 3)), yi = splat(rampY + (<usize>y << 3) + 4);
    let source = from + <usize>y * pitch, target = to + <usize>y * pitch, ramp = rampX;
    for (let b = 0; b < blocks; b++) {
      const xr = load4(ramp), xi = v128.load(ramp, 16);
      const pr = nmadd(xi, yi, mul(xr, yr)), pi = madd(xi, yr, mul(xr, yi));
      const fr = load4(source), fi = v128.load(source, 16);
      store4(target, add(load4(target), nmadd(fi, pi, mul(fr, pr))));
      v128.store(target, add(v128.load(target, 16), madd(fi, pr, mul(fr, pi))), 16);
      source += 32; target += 32; ramp += 32;
    }
  }
}

/** kx^2 * xFactor of the four columns of a block. */
// @ts-ignore: decorator
@inline function squaredColumns(block: i32, xFactor: f32): v128 {
  const kx = add(f32x4.splat(<f32>(block << 2)), f32x4(0, 1, 2, 3));
  return mul(mul(kx, kx), f32x4.splat(xFactor));
}

/** One block of one row for `accumulatePanel`: x and y are the factors of its ramp. */
// @ts-ignore: decorator
@inline function accumulateBlock(from: usize, plainSum: usize, weightedSum: usize, xr: v128, xi: v128, yr: v128, yi: v128, weights: usize, squared: v128, lastRing: v128): void {
  const pr = nmadd(xi, yi, mul(xr, yr)), pi = madd(xi, yr, mul(xr, yi));
  const fr = load4(from), fi = v128.load(from, 16);
  const re = nmadd(fi, pi, mul(fr, pr)), im = madd(fi, pr, mul(fr, pi));
  store4(plainSum, add(load4(plainSum), re));
  v128.store(plainSum, add(v128.load(plainSum, 16), im), 16);
  if (weightedSum) {
    const w = gather(weights, nearestRing(squared, lastRing));
    store4(weightedSum, madd(w, re, load4(weightedSum)));
    v128.store(weightedSum, madd(w, im, v128.load(weightedSum, 16)), 16);
  }
}

/**
 * plainSum += ramp * frame and, if `weightedSum` is not 0, weightedSum += weights * ramp * frame, for one
 * panel (two blocks of all rows, 64 bytes a row). The sums contain the low frequencies of the frame (Fourier
 * crop).
 * @param panel - index of the panel; its first block is 2 * panel
 */
export function accumulatePanel(
  frame: usize, frameHeight: i32, plainSum: usize, weightedSum: usize, height: i32, panel: i32,
  rampX: usize, rampY: usize, weights: usize, lastRing: i32, xFactor: f32, yFactor: f32,
): void {
  const lastIndex = i32x4.splat(lastRing), ramp = rampX + (<usize>panel << 6);
  const ar = load4(ramp), ai = v128.load(ramp, 16), br = v128.load(ramp, 32), bi = v128.load(ramp, 48);
  const squaredA = squaredColumns(2 * panel, xFactor), squaredB = squaredColumns(2 * panel + 1, xFactor);
  for (let y = 0; y < height; y++) {
    const ky = signedFrequency(y, height), squaredY = f32x4.splat(<f32>ky * <f32>ky * yFactor);
    const yr = splat(rampY), yi = splat(rampY + 4);
    const from = frame + (<usize>(ky >= 0 ? ky : ky + frameHeight) << 6);
    accumulateBlock(from, plainSum, weightedSum, ar, ai, yr, yi, weights, add(squaredA, squaredY), lastIndex);
    accumulateBlock(from + 32, plainSum + 32, weightedSum ? weightedSum + 32 : 0, br, bi, yr, yi, weights, add(squaredB, squaredY), lastIndex);
    plainSum += 64; rampY += 8;
    if (weightedSum) weightedSum += 64;
  }
}

/** One panel of a spectrum *= weights. */
export function weighPanel(at: usize, height: i32, panel: i32, weights: usize, lastRing: i32, xFactor: f32, yFactor: f32): void {
  const lastIndex = i32x4.splat(lastRing);
  const squaredA = squaredColumns(2 * panel, xFactor), squaredB = squaredColumns(2 * panel + 1, xFactor);
  for (let y = 0; y < height; y++) {
    const ky = <f32>signedFrequency(y, height), squaredY = f32x4.splat(ky * ky * yFactor);
    const a = gather(weights, nearestRing(add(squaredA, squaredY), lastIndex)), b = gather(weights, nearestRing(add(squaredB, squaredY), lastIndex));
    store4(at, mul(a, load4(at)));
    v128.store(at, mul(a, v128.load(at, 16)), 16);
    v128.store(at, mul(b, v128.load(at, 32)), 32);
    v128.store(at, mul(b, v128.load(at, 48)), 48);
    at += 64;
  }
}

/** to += factor * from * columnFactors, a row of `blocks`; `columnFactors` has one factor per column. */
export function addProduct(from: usize, to: usize, columnFactors: usize, blocks: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (let b = 0; b < blocks; b++) {
    const w = mul(f, load4(columnFactors));
    store4(to, madd(w, load4(from), load4(to)));
    v128.store(to, madd(w, v128.load(from, 16), v128.load(to, 16)), 16);
    from += 32; to += 32; columnFactors += 16;
  }
}

/** transfer += ramp: the factor by which the sum of aligned frames attenuates a static pattern. */
export function addRamp(transfer: usize, pitch: usize, blocks: i32, rampX: usize, rampY: usize, firstRow: i32, lastRow: i32): void {
  for (let y = firstRow; y < lastRow; y++) {
    const yr = splat(rampY + (<usize>y << 3)), yi = splat(rampY + (<usize>y << 3) + 4);
    let to = transfer + <usize>y * pitch, ramp = rampX;
    for (let b = 0; b < blocks; b++) {
      const xr = load4(ramp), xi = v128.load(ramp, 16);
      store4(to, add(load4(to), nmadd(xi, yi, mul(xr, yr))));
      v128.store(to, add(v128.load(to, 16), madd(xi, yr, mul(xr, yi))), 16);
      to += 32; ramp += 32;
    }
  }
}

/**
 * Cross-correlation spectrum of one frame, aligned by its ramp, with the sum of all other aligned frames:
 * out = weights * A conj(reference - A) - pattern * (ramp conj(transfer) - 1), A = ramp * frame. Its inverse
 * transform has its peak at the residual shift of the frame. The second term is the contribution of the fixed
 * pattern of the detector. The lines kx = 0 and ky = 0, which contain stripes of the camera, are set to zero.
 */
export function correlate(
  frame: usize, reference: usize, transfer: usize, out: usize, pitch: usize, height: i32, blocks: i32,
  rampX: usize, rampY: usize, weights: usize, pattern: usize, lastRing: i32, xFactor: f32, yFactor: f32,
): void {
  const four = f32x4.splat(4), factor = f32x4.splat(xFactor), lastIndex = i32x4.splat(lastRing), one = f32x4.splat(1);
  for (let y = 0; y < height; y++) {
    const ky = <f32>signedFrequency(y, height), squaredY = f32x4.splat(ky * ky * yFactor), row = <usize>y * pitch;
    const yr = splat(rampY + (<usize>y << 3)), yi = splat(rampY + (<usize>y << 3) + 4);
    let from = frame + row, sum = reference + row, transferAddress = transfer + row, to = out + row, ramp = rampX, kx = f32x4(0, 1, 2, 3);
    for (let b = 0; b < blocks; b++) {
      const xr = load4(ramp), xi = v128.load(ramp, 16);
      const pr = nmadd(xi, yi, mul(xr, yr)), pi = madd(xi, yr, mul(xr, yi));
      const fr = load4(from), fi = v128.load(from, 16);
      const ar = nmadd(fi, pi, mul(fr, pr)), ai = madd(fi, pr, mul(fr, pi));
      const br = sub(load4(sum), ar), bi = sub(v128.load(sum, 16), ai);
      const index = ringAt(kx, factor, squaredY, lastIndex);
      const w = gather(weights, index), p = gather(pattern, index);
      const tr = load4(transferAddress), ti = v128.load(transferAddress, 16);
      const patternRe = sub(madd(pi, ti, mul(pr, tr)), one), patternIm = nmadd(pr, ti, mul(pi, tr));
      store4(to, nmadd(p, patternRe, mul(w, madd(ai, bi, mul(ar, br)))));
      v128.store(to, nmadd(p, patternIm, mul(w, nmadd(ar, bi, mul(ai, br)))), 16);
      from += 32; sum += 32; transferAddress += 32; to += 32; ramp += 32;
      kx = add(kx, four);
    }
    const start = out + row;
    store<f32>(start, 0);
    store<f32>(start, 0, 16);
  }
  memory.fill(out, 0, <usize>blocks << 5);
}

/** sums[ring] += |F|^2 (f64) over kx >= 1, ky != 0, up to the ring `lastRing` - 1. */
export function ringPower(spectrum: usize, pitch: usize, height: i32, columns: i32, sums: usize, lastRing: i32, xFactor: f32, yFactor: f32): void {
  for (let y = 1; y < height; y++) {
    const ky = <f32>signedFrequency(y, height), squaredY = ky * ky * yFactor, row = spectrum + <usize>y * pitch;
    for (let x = 1; x < columns; x++) {
      const ring = <i32>(sqrt<f32>(<f32>x * <f32>x * xFactor + squaredY) + 0.5);
      if (ring >= lastRing) break;
      const at = row + (<usize>(x >> 2) << 5) + (<usize>(x & 3) << 2);
      const re = load<f32>(at), im = load<f32>(at, 16), sum = sums + (<usize>ring << 3);
      store<f64>(sum, load<f64>(sum) + <f64>(re * re + im * im));
    }
  }
}
