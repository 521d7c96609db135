// One pass of a complex Stockham transform, decimation in frequency (self-sorting, so no bit reversal),
// for radices 8, 4 and any other.
//
// An element is a vector of four independent complex numbers, 32 bytes: [re x4][im x4]. A pass of radix r
// over n = r * groups elements reads, for each group and each i < run, r inputs `fromInput` bytes apart, and
// writes r outputs `toOutput` bytes apart, output k times the twiddle exp(-2 pi i * group * k / n). Names of
// the parameters, offsets in bytes:
//   fromGroup, fromInput, fromStep   from one group / input / i to the next in the source
//   toGroup, toOutput, toStep        the same in the result
//   reFrom, imFrom, reTo, imTo       position of the real and imaginary vectors in an element: exchanged,
//                                    they invert the transform
//   twiddles                         (radix - 1) complex f32 for each group; the last pass (groups == 1) has
//                                    none
//   scale                            factor of the last pass
//   roots, pairs                     of the generic pass: radix complex f32 exp(-2 pi i j / radix), and
//                                    64 bytes for each pair j, radix - j
import { add, load4, madd, mul, splat, store4, storeTimes, sub } from './_simd.as';

function pass4(from: usize, fromGroup: usize, fromInput: usize, imFrom: usize, reFrom: usize,
  to: usize, toGroup: usize, toOutput: usize, imTo: usize, reTo: usize,
  groups: i32, run: i32, fromStep: usize, toStep: usize, twiddles: usize, scale: f32): void {
  const isLast = groups == 1;
  for (let group: i32 = 0; group < groups; group++) {
    let in0 = from, out0 = to;
    if (isLast) {
      const scaling = f32x4.splat(scale);
      for (let i: i32 = 0; i < run; i++) {
        const in1 = in0 + fromInput, in2 = in1 + fromInput, in3 = in2 + fromInput;
        const x0r = load4(in0 + reFrom), x0i = load4(in0 + imFrom), x1r = load4(in1 + reFrom), x1i = load4(in1 + imFrom), x2r = load4(in2 + reFrom), x2i = load4(in2 + imFrom), x3r = load4(in3 + reFrom), x3i = load4(in3 + imFrom);
        const t0r = add(x0r, x2r), t0i = add(x0i, x2i), t1r = sub(x0r, x2r), t1i = sub(x0i, x2i);
        const t2r = add(x1r, x3r), t2i = add(x1i, x3i), t3r = sub(x1r, x3r), t3i = sub(x1i, x3i);
        const out1 = out0 + toOutput, out2 = out1 + toOutput, out3 = out2 + toOutput;
        store4(out0 + reTo, mul(scaling, add(t0r, t2r))); store4(out0 + imTo, mul(scaling, add(t0i, t2i)));
        store4(out1 + reTo, mul(scaling, add(t1r, t3i))); store4(out1 + imTo, mul(scaling, sub(t1i, t3r)));
        store4(out2 + reTo, mul(scaling, sub(t0r, t2r))); store4(out2 + imTo, mul(scaling, sub(t0i, t2i)));
        store4(out3 + reTo, mul(scaling, sub(t1r, t3i))); store4(out3 + imTo, mul(scaling, add(t1i, t3r)));
        in0 += fromStep; out0 += toStep;
      }
    } else {
      const w1r = splat(twiddles), w1i = splat(twiddles + 4);
      const w2r = splat(twiddles + 8), w2i = splat(twiddles + 12);
      const w3r = splat(twiddles + 16), w3i = splat(twiddles + 20);
      for (let i: i32 = 0; i < run; i++) {
        const in1 = in0 + fromInput, in2 = in1 + fromInput, in3 = in2 + fromInput;
        const x0r = load4(in0 + reFrom), x0i = load4(in0 + imFrom), x1r = load4(in1 + reFrom), x1i = load4(in1 + imFrom), x2r = load4(in2 + reFrom), x2i = load4(in2 + imFrom), x3r = load4(in3 + reFrom), x3i = load4(in3 + imFrom);
        const t0r = add(x0r, x2r), t0i = add(x0i, x2i), t1r = sub(x0r, x2r), t1i = sub(x0i, x2i);
        const t2r = add(x1r, x3r), t2i = add(x1i, x3i), t3r = sub(x1r, x3r), t3i = sub(x1i, x3i);
        const out1 = out0 + toOutput, out2 = out1 + toOutput, out3 = out2 + toOutput;
        store4(out0 + reTo, add(t0r, t2r)); store4(out0 + imTo, add(t0i, t2i));
        storeTimes(out1 + reTo, out1 + imTo, add(t1r, t3i), sub(t1i, t3r), w1r, w1i);
        storeTimes(out2 + reTo, out2 + imTo, sub(t0r, t2r), sub(t0i, t2i), w2r, w2i);
        storeTimes(out3 + reTo, out3 + imTo, sub(t1r, t3i), add(t1i, t3r), w3r, w3i);
        in0 += fromStep; out0 += toStep;
      }
      twiddles += 24;
    }
    from += fromGroup; to += toGroup;
  }
}


const SQRT_HALF: f32 = 0.70710678118654752440;
function pass8(from: usize, fromGroup: usize, fromInput: usize, imFrom: usize, reFrom: usize,
  to: usize, toGroup: usize, toOutput: usize, imTo: usize, reTo: usize,
  groups: i32, run: i32, fromStep: usize, toStep: usize, twiddles: usize, scale: f32): void {
  const isLast = groups == 1;
  const root8 = f32x4.splat(SQRT_HALF);
  for (let group: i32 = 0; group < groups; group++) {
    let in0 = from, out0 = to;
    for (let i: i32 = 0; i < run; i++) {
      const in1 = in0 + fromInput, in2 = in1 + fromInput, in3 = in2 + fromInput, in4 = in3 + fromInput, in5 = in4 + fromInput, in6 = in5 + fromInput, in7 = in6 + fromInput;
      let xr = load4(in0 + reFrom), xi = load4(in0 + imFrom), yr = load4(in4 + reFrom), yi = load4(in4 + imFrom);
      const b0r = add(xr, yr), b0i = add(xi, yi), b4r = sub(xr, yr), b4i = sub(xi, yi);
      xr = load4(in2 + reFrom); xi = load4(in2 + imFrom); yr = load4(in6 + reFrom); yi = load4(in6 + imFrom);
      const b2r = add(xr, yr), b2i = add(xi, yi), b6r = sub(xr, yr), b6i = sub(xi, yi);
      xr = load4(in1 + reFrom); xi = load4(in1 + imFrom); yr = load4(in5 + reFrom); yi = load4(in5 + imFrom);
      const b1r = add(xr, yr), b1i = add(xi, yi), b5r = sub(xr, yr), b5i = sub(xi, yi);
      xr = load4(in3 + reFrom); xi = load4(in3 + imFrom); yr = load4(in7 + reFrom); yi = load4(in7 + imFrom);
      const b3r = add(xr, yr), b3i = add(xi, yi), b7r = sub(xr, yr), b7i = sub(xi, yi);
      // outputs 0, 2, 4, 6: a transform of length 4 of b0..b3
      const e0r = add(b0r, b2r), e0i = add(b0i, b2i), e1r = sub(b0r, b2r), e1i = sub(b0i, b2i);
      const e2r = add(b1r, b3r), e2i = add(b1i, b3i), e3r = sub(b1r, b3r), e3i = sub(b1i, b3i);
      // outputs 1, 3, 5, 7: b4, b6 times -i, b5 times w, b7 times w^3, where w = exp(-2 pi i / 8)
      const c0r = add(b4r, b6i), c0i = sub(b4i, b6r); // b4 - i b6
      const c2r = sub(b4r, b6i), c2i = add(b4i, b6r); // b4 + i b6
      // b5 w = root8 ((re + im) + i (im - re)), b7 w^3 = root8 ((im - re) - i (re + im)); u7i has the
      // opposite sign
      const u5r = add(b5r, b5i), u5i = sub(b5i, b5r), u7r = sub(b7i, b7r), u7i = add(b7r, b7i);
      const f1r = mul(root8, add(u5r, u7r)), f1i = mul(root8, sub(u5i, u7i));
      const f3r = mul(root8, sub(u5r, u7r)), f3i = mul(root8, add(u5i, u7i));
      // outputs 1 and 5: c0 +- f1; outputs 3 and 7: c2 -+ i f3
      const out1 = out0 + toOutput, out2 = out1 + toOutput, out3 = out2 + toOutput, out4 = out3 + toOutput, out5 = out4 + toOutput, out6 = out5 + toOutput, out7 = out6 + toOutput;
      if (isLast) {
        const scaling = f32x4.splat(scale);
        store4(out0 + reTo, mul(scaling, add(e0r, e2r))); store4(out0 + imTo, mul(scaling, add(e0i, e2i)));
        store4(out4 + reTo, mul(scaling, sub(e0r, e2r))); store4(out4 + imTo, mul(scaling, sub(e0i, e2i)));
        store4(out2 + reTo, mul(scaling, add(e1r, e3i))); store4(out2 + imTo, mul(scaling, sub(e1i, e3r)));
        store4(out6 + reTo, mul(scaling, sub(e1r, e3i))); store4(out6 + imTo, mul(scaling, add(e1i, e3r)));
        store4(out1 + reTo, mul(scaling, add(c0r, f1r))); store4(out1 + imTo, mul(scaling, add(c0i, f1i)));
        store4(out5 + reTo, mul(scaling, sub(c0r, f1r))); store4(out5 + imTo, mul(scaling, sub(c0i, f1i)));
        store4(out3 + reTo, mul(scaling, add(c2r, f3i))); store4(out3 + imTo, mul(scaling, sub(c2i, f3r)));
        store4(out7 + reTo, mul(scaling, sub(c2r, f3i))); store4(out7 + imTo, mul(scaling, add(c2i, f3r)));
      } else {
        store4(out0 + reTo, add(e0r, e2r)); store4(out0 + imTo, add(e0i, e2i));
        storeTimes(out4 + reTo, out4 + imTo, sub(e0r, e2r), sub(e0i, e2i), splat(twiddles + 24), splat(twiddles + 28));
        storeTimes(out2 + reTo, out2 + imTo, add(e1r, e3i), sub(e1i, e3r), splat(twiddles + 8), splat(twiddles + 12));
        storeTimes(out6 + reTo, out6 + imTo, sub(e1r, e3i), add(e1i, e3r), splat(twiddles + 40), splat(twiddles + 44));
        storeTimes(out1 + reTo, out1 + imTo, add(c0r, f1r), add(c0i, f1i), splat(twiddles), splat(twiddles + 4));
        storeTimes(out5 + reTo, out5 + imTo, sub(c0r, f1r), sub(c0i, f1i), splat(twiddles + 32), splat(twiddles + 36));
        storeTimes(out3 + reTo, out3 + imTo, add(c2r, f3i), sub(c2i, f3r), splat(twiddles + 16), splat(twiddles + 20));
        storeTimes(out7 + reTo, out7 + imTo, sub(c2r, f3i), add(c2i, f3r), splat(twiddles + 48), splat(twiddles + 52));
      }
      in0 += fromStep; out0 += toStep;
    }
    if (!isLast) twiddles += 56;
    from += fromGroup; to += toGroup;
  }
}

/**
 * Radix 2 and odd radices; inputs j and radix - j are combined into sums and differences, which halves the
 * number of products.
 */
function passGeneric(radix: i32, from: usize, fromGroup: usize, fromInput: usize, imFrom: usize, reFrom: usize,
  to: usize, toGroup: usize, toOutput: usize, imTo: usize, reTo: usize,
  groups: i32, run: i32, fromStep: usize, toStep: usize, twiddles: usize, scale: f32, roots: usize, pairs: usize): void {
  const isLast = groups == 1;
  const half = radix >> 1;
  const scaling = f32x4.splat(scale);
  for (let group: i32 = 0; group < groups; group++) {
    let in0 = from, out0 = to;
    for (let i: i32 = 0; i < run; i++) {
      const x0r = load4(in0 + reFrom), x0i = load4(in0 + imFrom);
      let sumRe = x0r, sumIm = x0i;
      if (radix == 2) {
        const x1r = load4(in0 + fromInput + reFrom), x1i = load4(in0 + fromInput + imFrom);
        sumRe = add(x0r, x1r); sumIm = add(x0i, x1i);
        const ur = sub(x0r, x1r), ui = sub(x0i, x1i);
        if (isLast) {
          store4(out0 + reTo, mul(scaling, sumRe)); store4(out0 + imTo, mul(scaling, sumIm)); store4(out0 + toOutput + reTo, mul(scaling, ur)); store4(out0 + toOutput + imTo, mul(scaling, ui));
        } else {
          store4(out0 + reTo, sumRe); store4(out0 + imTo, sumIm); storeTimes(out0 + toOutput + reTo, out0 + toOutput + imTo, ur, ui, splat(twiddles), splat(twiddles + 4));
        }
      } else {
        // for each pair j, radix - j: sum (re, im), difference (re, im)
        let aj = in0 + fromInput, ak = in0 + fromInput * <usize>(radix - 1), t = pairs;
        for (let j: i32 = 1; j <= half; j++) {
          const ar = load4(aj + reFrom), ai = load4(aj + imFrom), br = load4(ak + reFrom), bi = load4(ak + imFrom);
          const ur = add(ar, br), ui = add(ai, bi);
          store4(t, ur); store4(t + 16, ui); store4(t + 32, sub(ar, br)); store4(t + 48, sub(ai, bi));
          sumRe = add(sumRe, ur); sumIm = add(sumIm, ui);
          aj += fromInput; ak -= fromInput; t += 64;
        }
        if (isLast) { store4(out0 + reTo, mul(scaling, sumRe)); store4(out0 + imTo, mul(scaling, sumIm)); } else { store4(out0 + reTo, sumRe); store4(out0 + imTo, sumIm); }
        let dj = out0 + toOutput, dm = out0 + toOutput * <usize>(radix - 1), twj = twiddles, twm = twiddles + ((radix - 2) << 3);
        for (let k: i32 = 1; k <= half; k++) {
          let er = x0r, ei = x0i, fr = f32x4.splat(0), fi = f32x4.splat(0);
          let rootIndex = k; t = pairs;
          for (let j: i32 = 1; j <= half; j++) {
            const cosine = splat(roots + (rootIndex << 3)), sine = splat(roots + (rootIndex << 3) + 4);
            er = madd(cosine, load4(t), er); ei = madd(cosine, load4(t + 16), ei);
            fr = madd(sine, load4(t + 48), fr); fi = madd(sine, load4(t + 32), fi);
            rootIndex += k; if (rootIndex >= radix) rootIndex -= radix;
            t += 64;
          }
          // outputs k and radix - k differ in the sign of the sine terms
          const plusRe = sub(er, fr), plusIm = add(ei, fi), minusRe = add(er, fr), minusIm = sub(ei, fi);
          if (isLast) {
            store4(dj + reTo, mul(scaling, plusRe)); store4(dj + imTo, mul(scaling, plusIm)); store4(dm + reTo, mul(scaling, minusRe)); store4(dm + imTo, mul(scaling, minusIm));
          } else {
            storeTimes(dj + reTo, dj + imTo, plusRe, plusIm, splat(twj), splat(twj + 4));
            storeTimes(dm + reTo, dm + imTo, minusRe, minusIm, splat(twm), splat(twm + 4));
          }
          dj += toOutput; dm -= toOutput; twj += 8; twm -= 8;
        }
      }
      in0 += fromStep; out0 += toStep;
    }
    if (!isLast) twiddles += <usize>(radix - 1) << 3;
    from += fromGroup; to += toGroup;
  }
}

/** Runs the pass of a radix. */
// @ts-ignore: decorator
@inline export function runPass(radix: i32, from: usize, fromGroup: usize, fromInput: usize, imFrom: usize, reFrom: usize, to: usize, toGroup: usize, toOutput: usize, imTo: usize, reTo: usize,
  groups: i32, run: i32, fromStep: usize, toStep: usize, twiddles: usize, scale: f32, roots: usize, pairs: usize): void {
  if (radix == 4) pass4(from, fromGroup, fromInput, imFrom, reFrom, to, toGroup, toOutput, imTo, reTo, groups, run, fromStep, toStep, twiddles, scale);
  else if (radix == 8) pass8(from, fromGroup, fromInput, imFrom, reFrom, to, toGroup, toOutput, imTo, reTo, groups, run, fromStep, toStep, twiddles, scale);
  else passGeneric(radix, from, fromGroup, fromInput, imFrom, reFrom, to, toGroup, toOutput, imTo, reTo, groups, run, fromStep, toStep, twiddles, scale, roots, pairs);
}
