/**
 * Micrographs with a known CTF, made without a line of the engine: own wavelength, own CTF, own f64 FFT, own random
 * numbers. White specimen and white noise: every ring seen is the CTF's.
 */
export interface Truth {
  readonly size: number;
  readonly pixelSizeA: number;
  readonly voltageKv: number;
  readonly csMm: number;
  readonly amplitudeContrast: number;
  readonly defocusUA: number;
  readonly defocusVA: number;
  readonly angleDeg: number;
  /** Standard deviation of specimen over that of noise, per pixel before the CTF. */
  readonly signal: number;
  readonly bFactorA2: number;
  /** Amplitude of a ring at 3.7 A beside noise of 1. */
  readonly iceRing: number;
  readonly seed: number;
}

export const USUAL: Truth = {
  size: 1024,
  pixelSizeA: 1.1,
  voltageKv: 300,
  csMm: 2.7,
  amplitudeContrast: 0.1,
  defocusUA: 15000,
  defocusVA: 15000,
  angleDeg: 0,
  signal: 0.5,
  bFactorA2: 100,
  iceRing: 0,
  seed: 1,
};

/** Textbook form, in Angstrom and volts: 12.2643 / sqrt(V + 0.97845e-6 V^2). */
export function wavelengthA(voltageKv: number): number {
  const volts = voltageKv * 1000;
  return 12.2643 / Math.sqrt(volts + 0.97845e-6 * volts * volts);
}

/** Contrast transfer as sqrt(1-A^2) sin(chi) + A cos(chi), the form of Mindell & Grigorieff (2003). */
export function contrastTransfer(t: Truth, kx: number, ky: number): number {
  const lambda = wavelengthA(t.voltageKv);
  const g2 = kx * kx + ky * ky;
  const alpha = (t.angleDeg / 180) * Math.PI;
  const df =
    0.5 *
    (t.defocusUA + t.defocusVA + (t.defocusUA - t.defocusVA) * Math.cos(2 * (Math.atan2(ky, kx) - alpha)));
  const chi = Math.PI * lambda * g2 * (df - 0.5 * lambda * lambda * g2 * t.csMm * 1e7);
  return -(Math.sqrt(1 - t.amplitudeContrast ** 2) * Math.sin(chi) + t.amplitudeContrast * Math.cos(chi));
}

/** @returns size*size, row-major, y with the row index */
export function simulateMicrograph(t: Truth): Float32Array {
  const n = t.size;
  const random = gaussians(t.seed);
  const re = new Float64Array(n * n);
  const im = new Float64Array(n * n);
  // The real part of the transform of white complex numbers times an even function is real noise of that spectrum.
  for (let row = 0; row < n; row++) {
    const ky = (row < n / 2 ? row : row - n) / (n * t.pixelSizeA);
    for (let column = 0; column < n; column++) {
      const kx = (column < n / 2 ? column : column - n) / (n * t.pixelSizeA);
      const k = Math.hypot(kx, ky);
      const ice = (t.iceRing / t.signal) * Math.exp(-(((k - 1 / 3.7) / 0.006) ** 2));
      const factor = contrastTransfer(t, kx, ky) * Math.exp((-t.bFactorA2 * k * k) / 4) + ice;
      re[row * n + column] = factor * random();
      im[row * n + column] = factor * random();
    }
  }
  fft2(re, im, n);
  return Float32Array.from(re, (v) => 40 + 4 * ((t.signal * v) / n + random()));
}

export function noiseImage(size: number, seed: number): Float32Array {
  const random = gaussians(seed);
  return Float32Array.from({ length: size * size }, () => 100 + 10 * random());
}

/** Forward transform of an n*n complex image in place; n a power of two. */
export function fft2(re: Float64Array, im: Float64Array, n: number): void {
  const lineRe = new Float64Array(n);
  const lineIm = new Float64Array(n);
  for (const [step, stride] of [
    [1, n],
    [n, 1],
  ] as const) {
    for (let line = 0; line < n; line++) {
      for (let i = 0; i < n; i++) {
        lineRe[i] = re[line * stride + i * step] as number;
        lineIm[i] = im[line * stride + i * step] as number;
      }
      fft(lineRe, lineIm);
      for (let i = 0; i < n; i++) {
        re[line * stride + i * step] = lineRe[i] as number;
        im[line * stride + i * step] = lineIm[i] as number;
      }
    }
  }
}

const twiddles = new Map<number, { cos: Float64Array; sin: Float64Array }>();

function fft(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  let table = twiddles.get(n);
  if (!table) {
    const angle = (i: number) => (-2 * Math.PI * i) / n;
    table = {
      cos: new Float64Array(n / 2).map((_, i) => Math.cos(angle(i))),
      sin: new Float64Array(n / 2).map((_, i) => Math.sin(angle(i))),
    };
    twiddles.set(n, table);
  }
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j] as number, re[i] as number];
      [im[i], im[j]] = [im[j] as number, im[i] as number];
    }
  }
  for (let length = 2; length <= n; length *= 2) {
    const half = length / 2;
    const stride = n / length;
    for (let start = 0; start < n; start += length) {
      for (let k = 0; k < half; k++) {
        const c = table.cos[k * stride] as number;
        const s = table.sin[k * stride] as number;
        const a = start + k;
        const b = a + half;
        const xr = (re[b] as number) * c - (im[b] as number) * s;
        const xi = (re[b] as number) * s + (im[b] as number) * c;
        re[b] = (re[a] as number) - xr;
        im[b] = (im[a] as number) - xi;
        re[a] = (re[a] as number) + xr;
        im[a] = (im[a] as number) + xi;
      }
    }
  }
}

/** Normally distributed numbers: xorshift32 through Box and Muller. */
export function gaussians(seed: number): () => number {
  let state = (seed * 2654435761) | 1;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 4294967296;
  };
  for (let i = 0; i < 20; i++) uniform();
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
