/**
 * Basis of the smooth functions of frequency that describe the spectrum without its Thon rings: cubic
 * B-splines, made orthonormal under the weights of the fit, so that one projection removes the smooth part
 * from data and model in the same way. Fitting the rings to the remainder is then the exact least-squares fit
 * of rings and background together.
 */
export interface SmoothBasis {
  readonly length: number;
  readonly weights: Float64Array;
  /** Functions of `length` samples each, orthonormal: sum of w f g = 0 or 1. */
  readonly functions: readonly Float64Array[];
}

/**
 * @param x - abscissae, ascending; knots are equally spaced in it
 * @param weights - weights of the samples, not negative
 * @param intervals - number of spline pieces
 */
export function smoothBasis(x: Float64Array, weights: Float64Array, intervals: number): SmoothBasis {
  const length = x.length;
  const first = x[0] ?? 0;
  const span = (x[length - 1] ?? 1) - first || 1;
  const functions: Float64Array[] = [];
  for (let j = 0; j < intervals + 3; j++) {
    const f = new Float64Array(length);
    for (let i = 0; i < length; i++) {
      f[i] = cubicBSpline((((x[i] ?? 0) - first) / span) * intervals - (j - 1));
    }
    // Two passes are enough (Kahan): the second removes the rounding errors of the first.
    for (let pass = 0; pass < 2; pass++) {
      for (const g of functions) subtractScaled(f, g, dot(weights, f, g));
    }
    const norm = Math.sqrt(dot(weights, f, f));
    if (norm > 1e-9) functions.push(f.map((v) => v / norm));
  }
  return { length, weights, functions };
}

/** Subtracts the smooth part from `values[offset .. offset+length]`, in place. */
export function removeSmooth(basis: SmoothBasis, values: Float64Array, offset = 0): void {
  const { weights, length } = basis;
  for (const f of basis.functions) {
    let c = 0;
    for (let i = 0; i < length; i++) c += (weights[i] ?? 0) * (f[i] ?? 0) * (values[offset + i] ?? 0);
    for (let i = 0; i < length; i++) values[offset + i] = (values[offset + i] ?? 0) - c * (f[i] ?? 0);
  }
}

/** Returns the smooth part of `values`. */
export function smoothPart(basis: SmoothBasis, values: Float64Array): Float64Array {
  const rest = values.slice();
  removeSmooth(basis, rest);
  return values.map((v, i) => v - (rest[i] ?? 0));
}

/**
 * Cubic B-splines; four of them are non-zero at each sample: spline firstSpline[i] + p has the value
 * values[4 i + p] at sample i.
 */
export interface LocalSplines {
  readonly count: number;
  readonly firstSpline: Int32Array;
  readonly values: Float64Array;
}

/** @param x - abscissae, ascending; knots are equally spaced in it. The splines add up to 1 everywhere. */
export function localSplines(x: Float64Array, intervals: number): LocalSplines {
  const start = x[0] ?? 0;
  const span = (x[x.length - 1] ?? 1) - start || 1;
  const firstSpline = new Int32Array(x.length);
  const values = new Float64Array(4 * x.length);
  x.forEach((v, i) => {
    const t = ((v - start) / span) * intervals;
    const piece = Math.min(intervals - 1, Math.floor(t));
    firstSpline[i] = piece;
    for (let p = 0; p < 4; p++) values[4 * i + p] = cubicBSpline(t - (piece + p - 1));
  });
  return { count: intervals + 3, firstSpline, values };
}

/** The curve at each sample for the given coefficients. */
export function splineSum({ firstSpline, values }: LocalSplines, coefficients: Float64Array): Float64Array {
  return new Float64Array(firstSpline.length).map((_, i) => {
    let sum = 0;
    for (let p = 0; p < 4; p++)
      sum += (coefficients[(firstSpline[i] ?? 0) + p] ?? 0) * (values[4 * i + p] ?? 0);
    return sum;
  });
}

/** Uniform cubic B-spline with unit knot spacing, centred on 0. */
function cubicBSpline(t: number): number {
  const a = Math.abs(t);
  if (a >= 2) return 0;
  if (a >= 1) return (2 - a) ** 3 / 6;
  return 2 / 3 - a * a + (a * a * a) / 2;
}

function dot(w: Float64Array, a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (w[i] ?? 0) * (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function subtractScaled(a: Float64Array, b: Float64Array, scale: number): void {
  for (let i = 0; i < a.length; i++) a[i] = (a[i] ?? 0) - scale * (b[i] ?? 0);
}
