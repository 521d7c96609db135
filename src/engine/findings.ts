import type { GainCheck } from '../contract/gain-check.ts';

/** Facts about a result that users may need to know; the sentences are in `pipeline/finding-texts.ts`. */

/** Why the requested local motion correction was not done. */
export type NoLocalMotion =
  /** Too small for the number of patches. */
  | { readonly kind: 'frame-too-small' }
  | { readonly kind: 'frame-not-aligned' }
  | { readonly kind: 'too-few-electrons' }
  /** No local motion was detected. */
  | { readonly kind: 'moves-as-a-whole' }
  /** This many of the points do not fit any smooth motion. */
  | { readonly kind: 'patches-not-tracked'; readonly outliers: number; readonly points: number }
  | { readonly kind: 'not-credible'; readonly largestPixels: number };

/**
 * dark: almost no electrons. bright: far too many. quiet, noisy: the same, judged by the noise if the values
 * are not counts. flat: nearly all pixels have the same value, as from a saturated camera. See
 * `motion/unusable.ts`.
 */
export type FrameProblem = 'dark' | 'bright' | 'quiet' | 'noisy' | 'flat';

export type AlignFinding =
  /** A dose per fraction was given, but the dose of the movie is not known. */
  | { readonly kind: 'eer-dose-missing' }
  /** The given dose per frame is too high for a camera frame: it is probably the dose of a fraction. */
  | { readonly kind: 'eer-dose-too-high'; readonly totalDoseEA2: number; readonly cameraFrames: number }
  | { readonly kind: 'eer-binned' }
  /** Size of the gain divided by that of the movie: 0.5 or 2. */
  | {
      readonly kind: 'gain-resized';
      readonly ratio: 0.5 | 2;
      readonly width: number;
      readonly height: number;
    }
  /** SerialEM rotated the list; it is assumed to have the orientation of the movies. */
  | { readonly kind: 'defects-rotated'; readonly rotationAndFlip: number }
  /** More candidates than a camera has hot pixels: none was treated as hot. */
  | { readonly kind: 'too-many-hot-pixels' }
  | {
      readonly kind: 'unusable-frames';
      readonly problem: FrameProblem;
      /** 1-based first and last frames. */
      readonly ranges: readonly (readonly [number, number])[];
    }
  /** The pixel values are not electron counts: statistics that need counts are missing. */
  | {
      readonly kind: 'not-counts';
      readonly values: 'negative' | 'offset';
      /** A gain is applied; its orientation was not checked. */
      readonly hasGain: boolean;
    }
  | { readonly kind: 'gain-checked'; readonly check: GainCheck }
  /** There is no dose-weighted micrograph. */
  | { readonly kind: 'dose-unknown' }
  | { readonly kind: 'even-odd-not-weighted' }
  | { readonly kind: 'no-local-motion'; readonly reason: NoLocalMotion }
  /** There is nothing to align: the movie has one frame, or only one of the used frames is suitable. */
  | {
      readonly kind: 'one-frame';
      readonly frames: number;
      readonly used: number;
      /** Number of camera frames of an EER file, whose frames here are fractions; null: not EER. */
      readonly cameraFrames: number | null;
    }
  /** The frames were summed without alignment. */
  | { readonly kind: 'no-motion-measured' }
  | { readonly kind: 'not-converged' };

/** The main reason for a low confidence in a CTF fit. */
export type CtfWeakness =
  /** Rings barely exceed the noise, or a smooth peak fits equally well. */
  | { readonly kind: 'faint' }
  /** Most low-resolution rings do not match: the fit may be to another peak of the spectrum. */
  | { readonly kind: 'not-repeated' }
  | { readonly kind: 'few-rings'; readonly rings: number }
  /** Another defocus fits the spectrum nearly as well. */
  | { readonly kind: 'ambiguous' }
  /** Standard error of the mean defocus divided by the defocus. */
  | { readonly kind: 'inaccurate'; readonly relativeError: number };

export type CtfFinding =
  | { readonly kind: 'no-rings'; readonly weakness: CtfWeakness }
  | { readonly kind: 'uncertain'; readonly weakness: CtfWeakness }
  | {
      readonly kind: 'at-range-edge';
      readonly minimumDefocusA: number;
      readonly maximumDefocusA: number;
    }
  /** Rings fade faster in this direction than perpendicular to it: the image moved during the exposure. */
  | { readonly kind: 'fading'; readonly directionDeg: number };
