import { randomSource } from '../random.ts';
import { createLineTransform } from './line-transform.ts';

/**
 * Micrographs with a known CTF, for testing the fit. They are independent of `src`: wavelength, CTF (in the
 * form of sine and cosine), transform and random numbers are implemented here.
 */
export interface MicrographTruth {
  readonly size: number;
  readonly pixelSizeA: number;
  readonly voltageKv: number;
  readonly csMm: number;
  readonly amplitudeContrast: number;
  readonly defocusUA: number;
  readonly defocusVA: number;
  readonly angleDeg: number;
  readonly phaseShiftDeg: number;
  /** Electrons per square Angstrom; Infinity: no noise. */
  readonly doseEA2: number;
  readonly film: 'ice' | 'carbon';
  /**
   * Power of the phase contrast at high frequency before CTF and envelope, square Angstrom; see `filmPower`.
   */
  readonly strengthA2: number;
  /** The amplitude is multiplied by exp(-bFactorA2 k^2 / 4). */
  readonly bFactorA2: number;
  /** Power of a ring of crystalline ice at 3.67 A, relative to the power of the film; 0: none. */
  readonly iceRing: number;
  /** Uncorrected motion during the exposure: length in Angstrom, and angle measured from the x axis. */
  readonly blurA: number;
  readonly blurDeg: number;
  readonly seed: number;
}

/** 12.2643 / sqrt(V + 0.97845e-6 V^2), Angstrom and volts (Williams & Carter): 0.019687 at 300 kV. */
export function wavelengthA(voltageKv: number): number {
  const volts = voltageKv * 1000;
  return 12.2643 / Math.sqrt(volts + 0.97845e-6 * volts * volts);
}

/**
 * Power of the contrast of thin films, in units of `strengthA2`. Randomly distributed atoms would give 4 n
 * (gamma lambda f)^2, n atoms per A^2 and f = 1.6 A: 0.09 A^2 for 300 A of water or 100 A of carbon at 300
 * kV. The power of water is smooth at low frequency and has a broad ring at 3.3 A; molecules add power at low
 * frequency.
 */
function filmPower(film: 'ice' | 'carbon', k: number): number {
  const atom = 1 / (1 + (k / 0.45) ** 2) ** 2;
  if (film === 'carbon') return atom * (0.5 + 0.7 * Math.exp(-(((k - 0.48) / 0.15) ** 2)));
  const water = 0.2 + 1.1 * Math.exp(-(((k - 0.3) / 0.07) ** 2));
  return atom * (water + 0.8 * Math.exp(-((k * 10) ** 2)) + 6 * Math.exp(-((k * 30) ** 2)));
}

/**
 * Amplitude that remains, averaged over an exposure: mean of exp(-d / 2 Ne), Ne after Grant & Grigorieff
 * (2015), 300 kV.
 */
function doseEnvelope(k: number, doseEA2: number): number {
  if (!Number.isFinite(doseEA2) || k === 0) return 1;
  const t = doseEA2 / (2 * (0.245 * k ** -1.665 + 2.81));
  return (1 - Math.exp(-t)) / t;
}

/** Tables of the components of the power that depend only on |k|; `film` is to be multiplied by CTF^2. */
function radialPower(t: MicrographTruth, steps: number, stepPerA: number) {
  const film = new Float64Array(steps);
  const ice = new Float64Array(steps);
  for (let i = 0; i < steps; i++) {
    const k = i * stepPerA;
    const envelope =
      Math.exp((-t.bFactorA2 * k * k) / 4) * (t.film === 'ice' ? doseEnvelope(k, t.doseEA2) : 1);
    film[i] = t.strengthA2 * filmPower(t.film, k) * envelope * envelope;
    ice[i] = t.iceRing * t.strengthA2 * Math.exp(-(((k - 1 / 3.67) / 0.004) ** 2));
  }
  return { film, ice };
}

/**
 * Power of the contrast as a function of the spatial frequency in 1/A, without counting noise. CTF^2 and blur
 * are computed at each call; the other factors come from tables.
 * @returns a function with values in A^2
 */
export function powerAt(t: MicrographTruth): (kx: number, ky: number) => number {
  const lambda = wavelengthA(t.voltageKv);
  const cs = t.csMm * 1e7;
  const mean = 0.5 * (t.defocusUA + t.defocusVA);
  const half = 0.5 * (t.defocusUA - t.defocusVA);
  const cos2 = Math.cos((2 * t.angleDeg * Math.PI) / 180);
  const sin2 = Math.sin((2 * t.angleDeg * Math.PI) / 180);
  const phase = (t.phaseShiftDeg * Math.PI) / 180;
  const w2 = t.amplitudeContrast;
  const w1 = Math.sqrt(1 - w2 * w2);
  const tableStep = 1e-4;
  const { film, ice } = radialPower(t, Math.ceil(0.75 / t.pixelSizeA / tableStep) + 2, tableStep);
  const bx = t.blurA * Math.cos((t.blurDeg * Math.PI) / 180);
  const by = t.blurA * Math.sin((t.blurDeg * Math.PI) / 180);
  return (kx, ky) => {
    const s = kx * kx + ky * ky;
    // |k|^2 times the defocus in this direction; cos 2(theta - alpha) expanded in kx and ky
    const underfocus = mean * s + half * ((kx * kx - ky * ky) * cos2 + 2 * kx * ky * sin2);
    const chi = Math.PI * lambda * underfocus - 0.5 * Math.PI * cs * lambda ** 3 * s * s + phase;
    const ctf = w1 * Math.sin(chi) + w2 * Math.cos(chi);
    const tablePosition = Math.sqrt(s) / tableStep;
    const i = Math.floor(tablePosition);
    const p = film[i]! + (tablePosition - i) * (film[i + 1]! - film[i]!);
    let blur = 1;
    if (t.blurA > 0) {
      const u = Math.PI * (kx * bx + ky * by);
      blur = u === 0 ? 1 : (Math.sin(u) / u) ** 2;
    }
    return p * ctf * ctf * blur + ice[i]!;
  };
}

/**
 * A micrograph in counts per pixel: mean dose times pixel area; contrast and counting noise as one Gaussian
 * field with the correct power (at 7 or more electrons per pixel the difference from the Poisson distribution
 * is invisible in a spectrum), a detector with an MTF of one half at Nyquist, and a gradient of thickness.
 * @returns size*size, row-major; y increases with the row index
 */
export function makeMicrograph(t: MicrographTruth): Float32Array {
  const power = powerAt(t);
  const noise = Number.isFinite(t.doseEA2) ? 1 / t.doseEA2 : 0;
  const nyquist = 0.5 / t.pixelSizeA;
  const image = fieldOfPower(t.size, t.pixelSizeA, t.seed, (kx, ky) => {
    const mtf = 1 - 0.5 * Math.min(1, (kx * kx + ky * ky) / (nyquist * nyquist));
    return (power(kx, ky) + noise) * mtf * mtf;
  });
  const mean = (Number.isFinite(t.doseEA2) ? t.doseEA2 : 30) * t.pixelSizeA ** 2;
  const random = randomSource(t.seed + 77);
  const [gx, gy] = [random.between(-0.1, 0.1), random.between(-0.1, 0.1)];
  const n = t.size;
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) {
      const gradient = (gx * x + gy * y) / n;
      image[y * n + x] = mean * (1 + gradient + image[y * n + x]!);
    }
  }
  return image;
}

/**
 * A real Gaussian random field: independent coefficients of the half plane, columns transformed first, then
 * rows two at a time (one as real, one as imaginary part).
 * @param power - density, A^2: the variance of a pixel is its integral over all frequencies
 */
export function fieldOfPower(
  n: number,
  pixelSizeA: number,
  seed: number,
  power: (kx: number, ky: number) => number,
): Float32Array {
  const random = randomSource(seed);
  const half = n / 2;
  const stepPerA = 1 / (n * pixelSizeA);
  const line = createLineTransform(n);
  const re = new Float32Array(half * n);
  const im = new Float32Array(half * n);
  // variance of a coefficient of the unnormalised sum over half a plane
  const scale = stepPerA / Math.SQRT2;
  for (let column = 1; column < half; column++) {
    const kx = column * stepPerA;
    for (let row = 0; row < n; row++) {
      const ky = (row < half ? row : row - n) * stepPerA;
      const amplitude = scale * Math.sqrt(power(kx, ky));
      line.re[row] = amplitude * random.gaussian();
      line.im[row] = amplitude * random.gaussian();
    }
    line.run();
    for (let row = 0; row < n; row++) {
      re[row * half + column] = line.re[row]!;
      im[row * half + column] = line.im[row]!;
    }
  }
  const image = new Float32Array(n * n);
  for (let row = 0; row < n; row += 2) {
    const [a, b] = [row * half, (row + 1) * half];
    line.re[0] = 0;
    line.im[0] = 0;
    line.re[half] = 0;
    line.im[half] = 0;
    for (let k = 1; k < half; k++) {
      // A(k) + i B(k), and conj A(k) + i conj B(k) at -k
      line.re[k] = re[a + k]! - im[b + k]!;
      line.im[k] = im[a + k]! + re[b + k]!;
      line.re[n - k] = re[a + k]! + im[b + k]!;
      line.im[n - k] = re[b + k]! - im[a + k]!;
    }
    line.run();
    for (let x = 0; x < n; x++) {
      image[row * n + x] = line.re[x]!;
      image[(row + 1) * n + x] = line.im[x]!;
    }
  }
  return image;
}
