/**
 * Plain complex FFT of one line, radices 4, 2 and 3, in f64: Stockham's autosort form (as in Van Loan,
 * "Computational Frameworks for the FFT", 1992, section 1.7). Not the engine's FFT, so that simulator and
 * engine cannot share a mistake.
 */
export interface LineFft {
  readonly length: number;
  /**
   * In place, X[k] = sum x[j] exp(-2 pi i j k / n), not normalised. With re and im exchanged, the inverse
   * transform.
   */
  transform(re: Float64Array, im: Float64Array): void;
}

interface Stage {
  readonly radix: 2 | 3 | 4;
  readonly groups: number;
  readonly stride: number;
  /** cos and sin of -2 pi p k / (radix * groups) for k = 1..radix-1, one row for each p. */
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

/** The smallest length of the form 2^a (a >= 4), 3*2^a or 9*2^a that is at least `minLength`; always even. */
export function fftLength(minLength: number): number {
  let best = 16;
  while (best < minLength) best *= 2;
  for (const odd of [3, 9]) {
    let length = odd * 16;
    while (length < minLength) length *= 2;
    best = Math.min(best, length);
  }
  return best;
}

/** @throws RangeError if the length has a factor other than 2 and 3 */
export function createLineFft(length: number): LineFft {
  const stages = planStages(length);
  const scratchRe = new Float64Array(length);
  const scratchIm = new Float64Array(length);
  return {
    length,
    transform(re, im) {
      let fromRe: Float64Array = re;
      let fromIm: Float64Array = im;
      let toRe: Float64Array = scratchRe;
      let toIm: Float64Array = scratchIm;
      for (const stage of stages) {
        if (stage.radix === 4) radix4(stage, fromRe, fromIm, toRe, toIm);
        else if (stage.radix === 3) radix3(stage, fromRe, fromIm, toRe, toIm);
        else radix2(stage, fromRe, fromIm, toRe, toIm);
        [fromRe, toRe] = [toRe, fromRe];
        [fromIm, toIm] = [toIm, fromIm];
      }
      if (fromRe !== re) {
        re.set(fromRe);
        im.set(fromIm);
      }
    },
  };
}

function planStages(length: number): Stage[] {
  const stages: Stage[] = [];
  let rest = length;
  let stride = 1;
  while (rest > 1) {
    const radix = ([4, 2, 3] as const).find((factor) => rest % factor === 0);
    if (radix === undefined)
      throw new RangeError(`no FFT of length ${length}: it has a factor other than 2 and 3`);
    const groups = rest / radix;
    const angles = Float64Array.from({ length: groups * (radix - 1) }, (_, i) => {
      const p = Math.floor(i / (radix - 1));
      const k = 1 + (i % (radix - 1));
      return (-2 * Math.PI * p * k) / rest;
    });
    stages.push({ radix, groups, stride, cos: angles.map(Math.cos), sin: angles.map(Math.sin) });
    rest = groups;
    stride *= radix;
  }
  return stages;
}

type Plane = Float64Array;

// `?? 0` only satisfies the type checker: every index is within the line.

function radix2({ groups, stride, cos, sin }: Stage, xr: Plane, xi: Plane, yr: Plane, yi: Plane): void {
  for (let p = 0; p < groups; p++) {
    const wr = cos[p] ?? 0;
    const wi = sin[p] ?? 0;
    let a = stride * p;
    let b = a + stride * groups;
    let out = 2 * stride * p;
    for (let q = 0; q < stride; q++, a++, b++, out++) {
      const ar = xr[a] ?? 0;
      const ai = xi[a] ?? 0;
      const br = xr[b] ?? 0;
      const bi = xi[b] ?? 0;
      const dr = ar - br;
      const di = ai - bi;
      yr[out] = ar + br;
      yi[out] = ai + bi;
      yr[out + stride] = wr * dr - wi * di;
      yi[out + stride] = wr * di + wi * dr;
    }
  }
}

const SIN_60 = Math.sqrt(3) / 2;

function radix3({ groups, stride, cos, sin }: Stage, xr: Plane, xi: Plane, yr: Plane, yi: Plane): void {
  const step = stride * groups;
  for (let p = 0; p < groups; p++) {
    const w1r = cos[2 * p] ?? 0;
    const w1i = sin[2 * p] ?? 0;
    const w2r = cos[2 * p + 1] ?? 0;
    const w2i = sin[2 * p + 1] ?? 0;
    let a = stride * p;
    let out = 3 * stride * p;
    for (let q = 0; q < stride; q++, a++, out++) {
      const ar = xr[a] ?? 0;
      const ai = xi[a] ?? 0;
      const secondR = xr[a + step] ?? 0;
      const secondI = xi[a + step] ?? 0;
      const thirdR = xr[a + 2 * step] ?? 0;
      const thirdI = xi[a + 2 * step] ?? 0;
      const sumR = secondR + thirdR;
      const sumI = secondI + thirdI;
      const turnR = SIN_60 * (secondI - thirdI);
      const turnI = -SIN_60 * (secondR - thirdR);
      const baseR = ar - 0.5 * sumR;
      const baseI = ai - 0.5 * sumI;
      yr[out] = ar + sumR;
      yi[out] = ai + sumI;
      const br = baseR + turnR;
      const bi = baseI + turnI;
      const cr = baseR - turnR;
      const ci = baseI - turnI;
      yr[out + stride] = w1r * br - w1i * bi;
      yi[out + stride] = w1r * bi + w1i * br;
      yr[out + 2 * stride] = w2r * cr - w2i * ci;
      yi[out + 2 * stride] = w2r * ci + w2i * cr;
    }
  }
}

// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: a hot loop, in which each `?? 0` is counted
function radix4({ groups, stride, cos, sin }: Stage, xr: Plane, xi: Plane, yr: Plane, yi: Plane): void {
  const step = stride * groups;
  for (let p = 0; p < groups; p++) {
    const w1r = cos[3 * p] ?? 0;
    const w1i = sin[3 * p] ?? 0;
    const w2r = cos[3 * p + 1] ?? 0;
    const w2i = sin[3 * p + 1] ?? 0;
    const w3r = cos[3 * p + 2] ?? 0;
    const w3i = sin[3 * p + 2] ?? 0;
    let a = stride * p;
    let out = 4 * stride * p;
    for (let q = 0; q < stride; q++, a++, out++) {
      const b = a + step;
      const c = b + step;
      const d = c + step;
      const ar = xr[a] ?? 0;
      const ai = xi[a] ?? 0;
      const br = xr[b] ?? 0;
      const bi = xi[b] ?? 0;
      const cr = xr[c] ?? 0;
      const ci = xi[c] ?? 0;
      const dr = xr[d] ?? 0;
      const di = xi[d] ?? 0;
      const acR = ar + cr;
      const acI = ai + ci;
      const bdR = br + dr;
      const bdI = bi + di;
      const amcR = ar - cr;
      const amcI = ai - ci;
      // -i (b - d)
      const turnR = bi - di;
      const turnI = dr - br;
      yr[out] = acR + bdR;
      yi[out] = acI + bdI;
      const er = amcR + turnR;
      const ei = amcI + turnI;
      const fr = acR - bdR;
      const fi = acI - bdI;
      const gr = amcR - turnR;
      const gi = amcI - turnI;
      yr[out + stride] = w1r * er - w1i * ei;
      yi[out + stride] = w1r * ei + w1i * er;
      yr[out + 2 * stride] = w2r * fr - w2i * fi;
      yi[out + 2 * stride] = w2r * fi + w2i * fr;
      yr[out + 3 * stride] = w3r * gr - w3i * gi;
      yi[out + 3 * stride] = w3r * gi + w3i * gr;
    }
  }
}
