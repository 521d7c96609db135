import type { GainCheck } from '../contract/record.ts';

/** What a person may need to know of a result, as facts. `pipeline/finding-texts.ts` has the words. */

/** Why motion was not corrected by patches where it was asked for. */
export type NoLocalMotion =
  /** For so many patches. */
  | { readonly kind: 'frame-too-small' }
  | { readonly kind: 'frame-not-followed' }
  | { readonly kind: 'too-few-electrons' }
  /** As far as can be seen: there is nothing to correct. */
  | { readonly kind: 'moves-as-a-whole' }
  /** So many of the points fit no smooth motion. */
  | { readonly kind: 'patches-not-followed'; readonly outliers: number; readonly points: number }
  | { readonly kind: 'not-credible'; readonly largestPixels: number };

/**
 * dark: next to no electrons. bright: far too many. flat: one value nearly everywhere, as of a saturated camera. See
 * `motion/unusable.ts`.
 */
export type FrameFault = 'dark' | 'bright' | 'flat';

export type AlignFinding =
  /** A dose per fraction was asked for, and the dose of the movie is not known. */
  | { readonly kind: 'eer-dose-missing' }
  /** The dose per frame was meant for a fraction, and was taken for that of a camera frame. */
  | { readonly kind: 'eer-dose-too-high'; readonly totalDoseEA2: number; readonly cameraFrames: number }
  | { readonly kind: 'eer-binned' }
  /** Size of the gain over that of the movie: 0.5 or 2. */
  | {
      readonly kind: 'gain-resized';
      readonly ratio: 0.5 | 2;
      readonly width: number;
      readonly height: number;
    }
  /** SerialEM turned the list; it is taken to be oriented as the movies are. */
  | { readonly kind: 'defects-turned'; readonly rotationAndFlip: number }
  /** More than can be hot: none was taken for hot. */
  | { readonly kind: 'too-many-hot-pixels' }
  | {
      readonly kind: 'unusable-frames';
      readonly fault: FrameFault;
      /** 1-based first and last frames. */
      readonly ranges: readonly (readonly [number, number])[];
    }
  | { readonly kind: 'gain-checked'; readonly check: GainCheck }
  /** There is no dose-weighted sum. */
  | { readonly kind: 'dose-unknown' }
  | { readonly kind: 'even-odd-not-weighted' }
  | { readonly kind: 'no-local-motion'; readonly reason: NoLocalMotion }
  /** The frames were summed as they are. */
  | { readonly kind: 'no-motion-followed' }
  | { readonly kind: 'not-settled' };

/** What weighs most against a CTF fit. */
export type CtfDoubt =
  /** Rings hardly stand out of the noise, or a smooth bump explains them as well. */
  | { readonly kind: 'faint' }
  | { readonly kind: 'not-repeated' }
  | { readonly kind: 'few-rings'; readonly rings: number }
  /** Another defocus explains the spectrum nearly as well. */
  | { readonly kind: 'ambiguous' }
  /** Standard error of the mean defocus over the defocus. */
  | { readonly kind: 'inaccurate'; readonly relativeError: number };

export type CtfFinding =
  | { readonly kind: 'no-rings'; readonly doubt: CtfDoubt }
  | { readonly kind: 'doubtful'; readonly doubt: CtfDoubt }
  | {
      readonly kind: 'at-range-edge';
      readonly minimumDefocusA: number;
      readonly maximumDefocusA: number;
    }
  /** Rings fade faster along this direction than across it: the image moved during the exposure. */
  | { readonly kind: 'fading'; readonly directionDeg: number };
