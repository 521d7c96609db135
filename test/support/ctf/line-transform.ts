/**
 * Complex discrete Fourier transform of a fixed length, a power of two of at least 4; radix 4, with a last
 * step of radix 2 where needed.
 */
export interface LineTransform {
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** sum over j of x(j) exp(+2 pi i j k / n), in place of `re` and `im`. */
  run(): void;
}

/**
 * Stockham's ordering: no bit reversal; each pass reads one pair of buffers (real, imaginary) and writes to
 * the other pair.
 */
export function createLineTransform(n: number): LineTransform {
  const cos = new Float64Array(n).map((_, i) => Math.cos((2 * Math.PI * i) / n));
  const sin = new Float64Array(n).map((_, i) => Math.sin((2 * Math.PI * i) / n));
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  const otherRe = new Float64Array(n);
  const otherIm = new Float64Array(n);
  const run = () => {
    let [ar, ai, br, bi] = [re, im, otherRe, otherIm];
    let stride = 1;
    for (let length = n; length > 1; ) {
      if (length >= 4) {
        radix4(ar, ai, br, bi, length, stride, cos, sin);
        stride *= 4;
        length /= 4;
      } else {
        radix2(ar, ai, br, bi, stride);
        length /= 2;
        stride *= 2;
      }
      [ar, ai, br, bi] = [br, bi, ar, ai];
    }
    if (ar !== re) {
      re.set(ar);
      im.set(ai);
    }
  };
  return { re, im, run };
}

type Line = Float64Array;

function radix4(
  ar: Line,
  ai: Line,
  br: Line,
  bi: Line,
  length: number,
  stride: number,
  cos: Line,
  sin: Line,
): void {
  const quarter = length / 4;
  const jump = stride * quarter;
  for (let p = 0; p < quarter; p++) {
    const w = p * stride;
    const c1 = cos[w]!;
    const s1 = sin[w]!;
    const c2 = cos[2 * w]!;
    const s2 = sin[2 * w]!;
    const c3 = cos[3 * w]!;
    const s3 = sin[3 * w]!;
    for (let q = 0; q < stride; q++) {
      const from = q + stride * p;
      const to = q + 4 * stride * p;
      const x0r = ar[from]!;
      const x0i = ai[from]!;
      const x1r = ar[from + jump]!;
      const x1i = ai[from + jump]!;
      const x2r = ar[from + 2 * jump]!;
      const x2i = ai[from + 2 * jump]!;
      const x3r = ar[from + 3 * jump]!;
      const x3i = ai[from + 3 * jump]!;
      const evenR = x0r + x2r;
      const evenI = x0i + x2i;
      const oddR = x1r + x3r;
      const oddI = x1i + x3i;
      const differenceR = x0r - x2r;
      const differenceI = x0i - x2i;
      // i (x1 - x3)
      const rotatedR = x3i - x1i;
      const rotatedI = x1r - x3r;
      br[to] = evenR + oddR;
      bi[to] = evenI + oddI;
      const aR = differenceR + rotatedR;
      const aI = differenceI + rotatedI;
      br[to + stride] = aR * c1 - aI * s1;
      bi[to + stride] = aR * s1 + aI * c1;
      const bR = evenR - oddR;
      const bI = evenI - oddI;
      br[to + 2 * stride] = bR * c2 - bI * s2;
      bi[to + 2 * stride] = bR * s2 + bI * c2;
      const cR = differenceR - rotatedR;
      const cI = differenceI - rotatedI;
      br[to + 3 * stride] = cR * c3 - cI * s3;
      bi[to + 3 * stride] = cR * s3 + cI * c3;
    }
  }
}

function radix2(ar: Line, ai: Line, br: Line, bi: Line, stride: number): void {
  for (let q = 0; q < stride; q++) {
    const xr = ar[q]!;
    const xi = ai[q]!;
    const yr = ar[q + stride]!;
    const yi = ai[q + stride]!;
    br[q] = xr + yr;
    bi[q] = xi + yi;
    br[q + stride] = xr - yr;
    bi[q + stride] = xi - yi;
  }
}
