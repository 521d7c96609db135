/** Motion that differs over the field, as RELION keeps it: a polynomial of third order in time and second order in space, for each axis. */

/** Terms of one axis: for each of 1, x, x^2, y, y^2, xy the factors of z, z^2, z^3. */
export const COEFFICIENTS = 18;
export const SPATIAL_TERMS = 6;
const TEMPORAL_TERMS = 3;

export interface LocalModel {
  /** Motion of the content beyond that of the whole frame, movie pixels; COEFFICIENTS numbers. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export const spatialTerms = (x: number, y: number): number[] => [1, x, x * x, y, y * y, x * y];

/** The 18 products of spatial and temporal terms, in the order of the coefficients. */
export const modelTerms = (z: number, x: number, y: number): number[] =>
  spatialTerms(x, y).flatMap((s) => [s * z, s * z * z, s * z * z * z]);

/** Factors of 1, x, x^2, y, y^2, xy at one time. @param z - frames since the first used one */
export function spatialCoefficients(coefficients: readonly number[], z: number): number[] {
  return Array.from({ length: SPATIAL_TERMS }, (_, i) => {
    const [a, b, c] = coefficients.slice(i * TEMPORAL_TERMS, (i + 1) * TEMPORAL_TERMS) as [number, number, number];
    return z * (a + z * (b + z * c));
  });
}

/**
 * Motion of the content at a place beyond that of the whole frame, [x, y] movie pixels.
 * @param z - frames since the first used one
 * @param x, y - place in the corrected image, in parts of its size, -0.5 to 0.5
 */
export function localShift(model: LocalModel, z: number, x: number, y: number): [number, number] {
  const terms = modelTerms(z, x, y);
  const dot = (c: readonly number[]) => terms.reduce((sum, t, i) => sum + t * c[i]!, 0);
  return [dot(model.x), dot(model.y)];
}

/** Largest motion along one axis over a grid of places and all frames, movie pixels. */
export function largestShift(model: LocalModel, frames: number): number {
  const grid = [-0.5, -0.25, 0, 0.25, 0.5];
  let largest = 0;
  for (let z = 0; z < frames; z++) {
    for (const x of grid) {
      for (const y of grid) {
        const [dx, dy] = localShift(model, z, x, y);
        largest = Math.max(largest, Math.abs(dx), Math.abs(dy));
      }
    }
  }
  return largest;
}
