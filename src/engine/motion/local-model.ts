/**
 * Local motion as in RELION: a polynomial of third order in time and second order in space, for each axis.
 */

/** Terms of one axis: for each of 1, x, x^2, y, y^2, xy the coefficients of z, z^2, z^3. */
export const COEFFICIENTS = 18;
const SPATIAL_TERMS = 6;
const TEMPORAL_TERMS = 3;

export interface LocalModel {
  /** Motion of the content relative to the whole frame, movie pixels; COEFFICIENTS numbers. */
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const spatialTerms = (x: number, y: number): number[] => [1, x, x * x, y, y * y, x * y];

/** The 18 products of spatial and temporal terms, in the order of the coefficients. */
export const modelTerms = (z: number, x: number, y: number): number[] =>
  spatialTerms(x, y).flatMap((s) => [s * z, s * z * z, s * z * z * z]);

/** Coefficients of 1, x, x^2, y, y^2, xy at one time. @param z - frames since the first used frame */
export function spatialCoefficients(coefficients: readonly number[], z: number): number[] {
  return Array.from({ length: SPATIAL_TERMS }, (_, i) => {
    const [a, b, c] = coefficients.slice(i * TEMPORAL_TERMS, (i + 1) * TEMPORAL_TERMS) as [
      number,
      number,
      number,
    ];
    return z * (a + z * (b + z * c));
  });
}

/**
 * Local motion at a position, [x, y] movie pixels.
 * @param z - frames since the first used frame
 * @param x, y - position in the corrected image, in fractions of its size, -0.5 to 0.5
 */
export function localShift(model: LocalModel, z: number, x: number, y: number): [number, number] {
  const terms = modelTerms(z, x, y);
  const dot = (c: readonly number[]) => terms.reduce((sum, t, i) => sum + t * c[i]!, 0);
  return [dot(model.x), dot(model.y)];
}

/**
 * Splits a model into its mean over the field at each frame, which belongs to the motion of the whole frame,
 * and the rest. The mean of x^2 and of y^2 over -0.5..0.5 is 1/12, those of x, y and xy are zero.
 */
export function splitMean(
  model: LocalModel,
  frames: number,
): { rest: LocalModel; means: [number, number][] } {
  const meanOf = (coefficients: readonly number[], power: number) =>
    coefficients[power]! + (coefficients[6 + power]! + coefficients[12 + power]!) / 12;
  const meanAt = (coefficients: readonly number[], z: number) =>
    z * (meanOf(coefficients, 0) + z * (meanOf(coefficients, 1) + z * meanOf(coefficients, 2)));
  const restOf = (coefficients: readonly number[]) =>
    coefficients.map((v, i) => (i < TEMPORAL_TERMS ? v - meanOf(coefficients, i) : v));
  return {
    rest: { x: restOf(model.x), y: restOf(model.y) },
    means: Array.from({ length: frames }, (_, z) => [meanAt(model.x, z), meanAt(model.y, z)]),
  };
}

/** Maximum motion along one axis over a grid of positions and all frames, movie pixels. */
export function maxShift(model: LocalModel, frames: number): number {
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
