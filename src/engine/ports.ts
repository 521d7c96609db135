import type { Boundary } from '../base/real-path.ts';
import type { GainCheck } from '../contract/gain-check.ts';
import type { EerSetting, GainSetting, Recipe } from '../contract/recipe.ts';
import type { Ctf } from '../contract/record.ts';
import type { EerRendering } from '../formats/eer/grouping.ts';
import type { Image } from '../formats/movie.ts';
import type { AlignFinding, CtfFinding, NoLocalMotion } from './findings.ts';
import type { GainPattern } from './gain-orientation/pattern.ts';
import type { PixelSet } from './motion/defects.ts';
import type { GainTarget } from './motion/gain-size.ts';

/** Interface of the engine to the pipeline. Implementations: `motion/align.ts`, `ctf/estimate.ts`. */

export interface AlignRequest {
  readonly moviePath: string;
  /** Pixel size of the frames as recorded; for EER, the physical pixel size, not the upsampled one. */
  readonly pixelSizeA: number;
  readonly voltageKv: number;
  /**
   * Dose per frame of the file (for EER, per camera frame), e/A^2. If this and the total dose are null, there
   * is no dose weighting, and motion is not split into early and late.
   */
  readonly dosePerFrameEA2: number | null;
  readonly totalDoseEA2: number | null;
  readonly binning: number;
  readonly throwFrames: number;
  readonly truncFrames: number;
  readonly gain: GainSetting | null;
  readonly defectMapPath: string | null;
  /**
   * Real paths of the folders that the files must be in, whatever links point to them; absent: anywhere.
   */
  readonly within?: Boundaries | undefined;
  /** How the frames of an EER file become fractions; absent: see `formats/eer/grouping.ts`. */
  readonly eer?: EerSetting | undefined;
  /** Patches along x and y for local motion; absent, null or one patch: whole-frame motion only. */
  readonly patches?: readonly [number, number] | null | undefined;
  /** The sum for which even-numbered and odd-numbered frames are also summed separately. */
  readonly evenOdd?: 'plain' | 'weighted' | undefined;
  readonly threads: number;
  readonly signal?: AbortSignal;
  /** Called repeatedly with the completed fraction, up to 1. */
  readonly onProgress?: (fraction: number) => void;
  /**
   * Called once, before frames are read. It receives the gain because the gain is too large to be part of the
   * result, and reading the file again would be slow.
   */
  readonly onReferences?: (references: LoadedReferences) => void;
}

/** Where the real paths of the movie and its references must be; absent: anywhere. */
export interface Boundaries {
  readonly movie?: Boundary;
  readonly gain?: Boundary;
  readonly defects?: Boundary;
}

/** Gain and defects, converted to the size of the movie. */
export interface LoadedReferences {
  readonly movie: GainTarget;
  /** Factors in the orientation of the movie; zero or not a number: a dead pixel. Null: no gain was given. */
  readonly gain: Image | null;
  /** Pixels in the defect map; null: no map was given. */
  readonly mappedDefects: PixelSet | null;
}

export interface AlignOutcome {
  /** Size and pixel size of the sums. */
  readonly width: number;
  readonly height: number;
  readonly pixelSizeA: number;
  /** Plain sum, height*width, row-major, counts. */
  readonly sum: Float32Array;
  /** Dose-weighted sum; null if the dose is unknown. */
  readonly doseWeighted: Float32Array | null;
  /**
   * The part of the dose-weighted sum, or of the plain sum, from even-numbered frames of the movie (1-based);
   * the rest is from odd-numbered frames. Absent if not requested or not provided by the program. Only the
   * even part is returned, because an image is large.
   */
  readonly evenOdd?: {
    readonly isWeighted: boolean;
    readonly even: Float32Array;
  };
  readonly movieWidth: number;
  readonly movieHeight: number;
  readonly frames: number;
  /** 1-based. */
  readonly firstFrame: number;
  readonly lastFrame: number;
  readonly referenceFrame: number;
  /** Motion of the content, [x, y] in unbinned pixels, one per used frame; zero at the reference frame. */
  readonly shiftsPixels: readonly (readonly [number, number])[];
  /** The shifts are zero because fewer than two frames could be aligned, or because alignment failed. */
  readonly isUnmeasured?: true;
  /** Local motion; absent or null if not requested. */
  readonly local?: LocalMotion | null;
  /** Dose per frame on which the weights are based, e/A^2; null if unknown. */
  readonly dosePerFrameEA2: number | null;
  readonly iterations: number;
  readonly converged: boolean;
  /** Mean counts after gain correction; null if they cannot be derived from the sum that a program wrote. */
  readonly meanCountsPerPixelFrame: number | null;
  readonly hotPixels: readonly (readonly [number, number])[];
  /** Number of bad pixels, excluding hot ones; absent if the program does not report it. */
  readonly knownBadPixels?: number | undefined;
  /** For an EER file: its fractions. Frames, sizes and shifts are those of the rendering. */
  readonly eer?: EerRendering | undefined;
  /** Only from the built-in engine, if there is a gain. */
  readonly gainCheck?: GainCheck | undefined;
  /** With `gainCheck`: the pattern of the gain in the counts before and after correction, for a picture. */
  readonly gainPattern?: GainPattern | undefined;
  /** Warnings of the movie's reader. */
  readonly readerWarnings: readonly string[];
  readonly findings: readonly AlignFinding[];
}

/** Either a fit, by which the sums have been corrected, or the reason why there is none. */
export type LocalMotion<Reason = NoLocalMotion> =
  | { readonly fit: LocalMotionFit; readonly reason: null }
  | { readonly fit: null; readonly reason: Reason };

/**
 * Motion of the content relative to the whole frame, in unbinned pixels: for each axis 18 coefficients, sum
 * over {1, x, x^2, y, y^2, xy} of (a z + b z^2 + c z^3), z = frames since the first used frame, x and y
 * in -0.5..0.5 of the corrected image.
 */
interface LocalMotionFit {
  readonly patches: readonly [number, number];
  readonly coefficientsX: readonly number[];
  readonly coefficientsY: readonly number[];
  /** Root mean square distance of the patches from the model, unbinned pixels. */
  readonly rmsPixels: number;
  readonly points: number;
  readonly outliers: number;
}

export type AlignMovie = (request: AlignRequest) => Promise<AlignOutcome>;

export interface CtfRequest {
  /** Micrograph, height*width row-major. */
  readonly image: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly pixelSizeA: number;
  readonly voltageKv: number;
  readonly csMm: number;
  readonly amplitudeContrast: number;
  readonly search: Recipe['ctf'];
  readonly signal?: AbortSignal;
}

export interface CtfOutcome {
  readonly ctf: Ctf;
  /**
   * Picture of the fit, size*size row-major, zero frequency at (size/2, size/2), `edgeFrequencyPerA` (1/A) at
   * the middle of each edge: left half background-free spectrum, right half model.
   */
  readonly diagnostic: {
    readonly size: number;
    readonly data: Float32Array;
    readonly edgeFrequencyPerA: number;
    /** The picture of another program, with its own layout and scale. */
    readonly isForeign?: true;
  };
  readonly findings: readonly CtfFinding[];
}

/**
 * @throws CodedError CTF_FAILED if no spectrum can be computed. A micrograph without rings is not an error:
 * its fit has a low confidence.
 */
export type EstimateCtf = (request: CtfRequest) => Promise<CtfOutcome>;
