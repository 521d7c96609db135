import { forwardSpectrum, signedFrequency } from '../../../src/simulator/spectrum.ts';

/**
 * Minimum error of any unbiased estimate of a movie's shifts (Cramer-Rao bound), from the noise-free frames:
 * the specimen is modelled as a Gaussian field, not known beforehand, whose power in each ring is that of the
 * frames, with white counting noise. For sensors that record one random signal with amplitudes f_i, the
 * information on their delays, summed over frequencies, is J_ij = 2 (2 pi k)^2 (d_ij g_i G - g_i g_j) / (1 +
 * G); g_i is signal over noise, and G the sum of all g (Hahn and Tretter, IEEE Trans. Inform. Theory 19
 * (1973) 608-614).
 */
export interface BoundRequest {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Noise-free electrons per pixel of a frame, height*width. */
  readonly frame: (index: number) => Float32Array;
  /** Variance of the noise of a pixel: its number of electrons (Poisson). */
  readonly noise: number;
}

/**
 * @returns root mean square over frames of the distance from the truth, pixels, both relative to the first
 * frame
 */
export function minRmsd(request: BoundRequest): number {
  const { width, height, frames, noise } = request;
  const rings = Math.floor(Math.min(width, height) / 2);
  const powers = Array.from({ length: frames }, (_, i) => ringPowers(request.frame(i), width, height, rings));
  // the information is equal for both axes: half of k^2 for each
  const information = Array.from({ length: frames }, () => new Float64Array(frames));
  for (let ring = 1; ring < rings; ring++) {
    const ratios = powers.map(({ mean }) => mean[ring]! / (noise * width * height));
    const total = ratios.reduce((sum, v) => sum + v, 0);
    const factor =
      ((2 * powers[0]!.count[ring]!) / (1 + total)) * (((2 * Math.PI * ring) / (2 * rings)) ** 2 / 2);
    ratios.forEach((a, i) => {
      const row = information[i]!;
      row[i]! += factor * a * total;
      ratios.forEach((b, j) => {
        row[j]! -= factor * a * b;
      });
    });
  }
  // the shift of the first frame is zero by definition, so its row and column are removed
  const variances = diagonalOfInverse(information.slice(1).map((row) => row.slice(1)));
  return Math.sqrt((2 * variances.reduce((sum, v) => sum + v, 0)) / frames);
}

/**
 * Mean |F|^2 and number of coefficients of each ring, over half of the plane, without the axes (which an
 * alignment should not use).
 */
function ringPowers(image: Float32Array, width: number, height: number, rings: number) {
  const { re, im } = forwardSpectrum(image, width, height);
  const sum = new Float64Array(rings);
  const count = new Float64Array(rings);
  for (let kx = 1; kx < width / 2; kx++) {
    for (let ky = 1; ky < height; ky++) {
      const ring = Math.round(2 * rings * Math.hypot(kx / width, signedFrequency(ky, height) / height));
      if (ring >= rings) continue;
      const index = kx * height + ky;
      sum[ring]! += re[index]! ** 2 + im[index]! ** 2;
      count[ring]!++;
    }
  }
  return { mean: sum.map((v, ring) => (count[ring]! > 0 ? v / count[ring]! : 0)), count };
}

/** Gauss-Jordan elimination on a symmetric positive definite matrix. */
function diagonalOfInverse(matrix: readonly Float64Array[]): number[] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => {
    const augmented = new Float64Array(2 * n);
    augmented.set(row);
    augmented[n + i] = 1;
    return augmented;
  });
  for (let k = 0; k < n; k++) {
    const pivot = rows[k]!;
    const scale = 1 / pivot[k]!;
    for (let j = 0; j < 2 * n; j++) pivot[j]! *= scale;
    for (let i = 0; i < n; i++) {
      const multiplier = rows[i]![k]!;
      if (i === k || multiplier === 0) continue;
      for (let j = 0; j < 2 * n; j++) rows[i]![j]! -= multiplier * pivot[j]!;
    }
  }
  return rows.map((row, i) => row[n + i]!);
}
