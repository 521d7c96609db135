/**
 * Frames are halved for alignment by `kernels/pixels.as.ts`: (1, 3, 3, 1) / 8 along each axis, every second
 * value kept. The filter is the convolution of three boxes of two pixels, so its response is cos^3(pi f), f
 * in cycles per pixel, and aliasing from 1/2 - f to f has the factor sin^3(pi f): up to half of the reduced
 * Nyquist this is at most 7 % of the amplitude, 0.5 % of the power.
 */

const TAPS = [
  [-1, 1 / 8],
  [0, 3 / 8],
] as const;

/** Response at a frequency in cycles per pixel of the movie. */
export function halvingResponse(frequency: number, halvings: number): number {
  let response = 1;
  for (let i = 0; i < halvings; i++) response *= Math.cos(Math.PI * frequency * 2 ** i) ** 3;
  return response;
}

/**
 * Contribution of one pixel of an axis to the reduced axis: indices and weights. Indices may be beyond its
 * ends.
 */
export function halvingWeights(
  index: number,
  halvings: number,
): (readonly [index: number, weight: number])[] {
  let weights: (readonly [number, number])[] = [[index, 1]];
  for (let i = 0; i < halvings; i++) {
    weights = weights.flatMap(([at, weight]) =>
      // an even pixel is at the second tap of its own value and at the last tap of the previous value
      TAPS.map(([step, tap]) => [(at >> 1) + (at % 2 === 0 ? step : -step), weight * tap] as const),
    );
  }
  return weights;
}

/**
 * Factors that correct the response at the columns 0, 1, ... of a spectrum of the reduced frame.
 * @param reducedLength - length of the axis of the reduced frame
 */
export function fillSharpening(factors: Float32Array, reducedLength: number, halvings: number): void {
  for (let k = 0; k < factors.length; k++) factors[k] = sharpening(k, reducedLength, halvings);
}

/** Factor that corrects the response at column `k`. */
export function sharpening(k: number, reducedLength: number, halvings: number): number {
  return 1 / halvingResponse(k / (reducedLength * 2 ** halvings), halvings);
}
