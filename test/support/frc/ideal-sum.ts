import { openMovie } from '../../../src/formats/open.ts';
import type { Detector } from '../../../src/simulator/gain.ts';
import type { LocalMotion } from '../../../src/simulator/local-motion.ts';
import { createShifter, forwardSpectrum, signedFrequency } from '../../../src/simulator/spectrum.ts';
import { sincFilter, warp, warpMargin } from '../../../src/simulator/warp.ts';

/**
 * Sums of a movie's frames with the true gain, bad pixels and motion; whole-frame motion is undone by phase
 * ramps, local motion by a sinc of 64 taps. They are computed without the engine.
 */
export interface IdealRequest {
  readonly moviePath: string;
  readonly detector: Detector;
  /** Motion of the content in each frame. */
  readonly shiftsPixels: readonly (readonly [number, number])[];
  readonly local: LocalMotion | null;
  readonly maxLocalPixels: number;
  readonly dosePerFrameEA2: number;
  readonly pixelSizeA: number;
}

export interface IdealSums {
  /** height*width, row-major. */
  readonly weighted: Float32Array;
  /** Sum of the frames as recorded. */
  readonly uncorrected: Float32Array;
}

/** Accurate to a thousandth up to 0.93 of Nyquist. */
const LONG_FILTER = sincFilter(32, 7);

/** @throws RangeError if width or height has a prime factor other than 2 and 3 */
export function idealSums(request: IdealRequest): IdealSums {
  const { detector, shiftsPixels, local, maxLocalPixels, dosePerFrameEA2, pixelSizeA } = request;
  const { width, height } = detector;
  const reader = openMovie(request.moviePath);
  const counts = new Uint8Array(width * height);
  const frame = new Float32Array(width * height);
  const uncorrected = new Float32Array(width * height);
  const margin = local ? warpMargin(maxLocalPixels, LONG_FILTER) : 0;
  const window = {
    x: (width - margin) % width,
    y: (height - margin) % height,
    width: width + 2 * margin,
    height: height + 2 * margin,
  };
  const shiftedFrame = new Float32Array(window.width * window.height);
  const size = (width / 2 + 1) * height;
  const sum = { nx: width, ny: height, re: new Float32Array(size), im: new Float32Array(size) };
  const squares = new Float64Array(size);
  try {
    shiftsPixels.forEach((shift, index) => {
      reader.readFrame(index, counts);
      correct(counts, detector, frame);
      frame.forEach((v, i) => {
        uncorrected[i]! += v;
      });
      createShifter(forwardSpectrum(frame, width, height), window).render(
        [-shift[0], -shift[1]],
        () => 1,
        shiftedFrame,
      );
      if (local) {
        const reverseMotion = (x: number, y: number): [number, number] => {
          const [dx, dy] = local(index, x / width - 0.5, y / height - 0.5);
          return [-dx, -dy];
        };
        warp(shiftedFrame, width, height, margin, reverseMotion, frame, LONG_FILTER);
      } else {
        frame.set(shiftedFrame);
      }
      const { re, im } = forwardSpectrum(frame, width, height);
      const dose = (index + 1) * dosePerFrameEA2;
      for (let kx = 0; kx <= width / 2; kx++) {
        for (let ky = 0; ky < height; ky++) {
          const coefficient = kx * height + ky;
          const perA = Math.hypot(kx / width, signedFrequency(ky, height) / height) / pixelSizeA;
          const weight = doseWeight(perA, dose);
          sum.re[coefficient]! += weight * re[coefficient]!;
          sum.im[coefficient]! += weight * im[coefficient]!;
          squares[coefficient]! += weight * weight;
        }
      }
    });
  } finally {
    reader.close();
  }
  squares.forEach((square, coefficient) => {
    sum.re[coefficient]! /= Math.sqrt(square);
    sum.im[coefficient]! /= Math.sqrt(square);
  });
  const weighted = new Float32Array(width * height);
  createShifter(sum, { x: 0, y: 0, width, height }).render([0, 0], () => 1, weighted);
  return { weighted, uncorrected };
}

/**
 * Grant and Grigorieff 2015, equations 3 and 5, at 300 kV; the scale of a ring does not affect a correlation.
 */
function doseWeight(perA: number, doseEA2: number): number {
  return perA === 0 ? 1 : Math.exp(-doseEA2 / (2 * (0.245 * perA ** -1.665 + 2.81)));
}

/** Converts counts to electrons with the gain; a bad pixel is replaced by the mean of its good neighbours. */
function correct(counts: Uint8Array, detector: Detector, frame: Float32Array): void {
  const { width, height, gain } = detector;
  for (let i = 0; i < frame.length; i++) frame[i] = counts[i]! * gain[i]!;
  const badPixels = new Set([...detector.hotPixels, ...detector.deadPixels].map(([x, y]) => y * width + x));
  for (const pixel of badPixels) {
    const [x0, y0] = [pixel % width, Math.floor(pixel / width)];
    let [total, count] = [0, 0];
    for (let y = Math.max(0, y0 - 1); y <= Math.min(height - 1, y0 + 1); y++) {
      for (let x = Math.max(0, x0 - 1); x <= Math.min(width - 1, x0 + 1); x++) {
        if (badPixels.has(y * width + x)) continue;
        total += frame[y * width + x]!;
        count++;
      }
    }
    frame[pixel] = count > 0 ? total / count : 0;
  }
}
