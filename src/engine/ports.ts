import type { EerSetting, GainSetting, Recipe } from '../contract/recipe.ts';
import type { Ctf, GainCheck } from '../contract/record.ts';
import type { EerRendering } from '../formats/eer/grouping.ts';
import type { Image } from '../formats/movie.ts';
import type { AlignFinding, CtfFinding, NoLocalMotion } from './findings.ts';
import type { GainPattern } from './gain-orientation/pattern.ts';
import type { PixelSet } from './motion/defects.ts';
import type { GainTarget } from './motion/gain-size.ts';

/** What the engine offers to the pipeline. Implementations: `motion/align.ts`, `ctf/estimate.ts`. */

export interface AlignRequest {
  readonly moviePath: string;
  /** Of the file as recorded; of EER: of the sensor, whatever the upsampling. */
  readonly pixelSizeA: number;
  readonly voltageKv: number;
  /** e/A^2 per frame of the file, of EER per camera frame; null: no dose weighting, and early/late motion is not split. */
  readonly dosePerFrameEA2: number | null;
  readonly totalDoseEA2: number | null;
  readonly binning: number;
  readonly throwFrames: number;
  readonly truncFrames: number;
  readonly gain: GainSetting | null;
  readonly defectMapPath: string | null;
  /** How an EER file is made a movie of fractions; absent: see `formats/eer/grouping.ts`. */
  readonly eer?: EerSetting | undefined;
  /** Patches along x and y whose motion is followed; absent, null or one patch: the frame moves as a whole. */
  readonly patches?: readonly [number, number] | null | undefined;
  /** Of this sum, the frames of even and of odd number are wanted by themselves, too. */
  readonly evenOdd?: 'plain' | 'weighted' | undefined;
  readonly threads: number;
  readonly signal?: AbortSignal;
  /** Called now and then with a number that grows to 1. */
  readonly onProgress?: (fraction: number) => void;
  /** Called once, before frames are read: the gain is too large to be kept for the outcome, and slow to be read twice. */
  readonly onReferences?: (references: LoadedReferences) => void;
}

/** Gain and defects as they were read, of the size of the movie. */
export interface LoadedReferences {
  readonly movie: GainTarget;
  /** To multiply with, turned to the movie; zero or no number: a dead pixel. Null: none was asked for. */
  readonly gain: Image | null;
  /** Pixels that the defect map names; null: none was asked for. */
  readonly mapped: PixelSet | null;
}

export interface AlignOutcome {
  /** Size and pixel of the sums. */
  readonly width: number;
  readonly height: number;
  readonly pixelSizeA: number;
  /** Plain sum, height*width, row-major, counts. */
  readonly sum: Float32Array;
  /** Dose-weighted sum; null where the dose is unknown. */
  readonly doseWeighted: Float32Array | null;
  /**
   * Of the dose-weighted sum, or of the plain one, the part that comes from frames of even number in the movie (1-based); what is left
   * comes from those of odd number. Absent where it was not asked for or the program does not make it. Not both: an image is large.
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
  /** Motion that differs over the field; absent or null where it was not asked for. */
  readonly local?: LocalMotion | null;
  /** e/A^2 per frame that was used for the weights; null where unknown. */
  readonly dosePerFrameEA2: number | null;
  readonly iterations: number;
  readonly converged: boolean;
  /** After the gain; null where a program's sum does not tell it. */
  readonly meanCountsPerPixelFrame: number | null;
  readonly hotPixels: readonly (readonly [number, number])[];
  /** Pixels that were known to be bad before any was found hot; absent where the program does not tell. */
  readonly knownBadPixels?: number | undefined;
  /** Of an EER file: what it was made into. Frames, sizes and shifts are those of the rendering. */
  readonly eer?: EerRendering | undefined;
  /** Of the built-in engine, where there is a gain. */
  readonly gainCheck?: GainCheck | undefined;
  /** With `gainCheck`: what of the pattern is in the counts before and after correction, for a picture. */
  readonly gainPattern?: GainPattern | undefined;
  /** Of the movie's reader, in its words. */
  readonly readerWarnings: readonly string[];
  readonly findings: readonly AlignFinding[];
}

/** Either a fit, which the sums have been corrected by, or the reason why there is none. */
export type LocalMotion<Reason = NoLocalMotion> =
  | { readonly fit: LocalMotionFit; readonly reason: null }
  | { readonly fit: null; readonly reason: Reason };

/**
 * Motion of the content beyond that of the whole frame, in unbinned pixels: for each axis 18 coefficients, sum over
 * {1, x, x^2, y, y^2, xy} of (a z + b z^2 + c z^3), z = frames since the first used one, x and y in -0.5..0.5 of the corrected image.
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
   * Picture of the fit, size*size row-major, zero frequency at (size/2, size/2), Nyquist of the micrograph at the edge
   * unless `edgeFrequencyPerA` says else: left half background-free spectrum, right half model.
   */
  readonly diagnostic: {
    readonly size: number;
    readonly data: Float32Array;
    readonly edgeFrequencyPerA: number;
    /** Another program's picture: its halves and its scale are its own. */
    readonly isForeign?: true;
  };
  readonly findings: readonly CtfFinding[];
}

/** @throws CodedError CTF_FAILED where no spectrum can be made at all. No rings is not an error: confidence says so. */
export type EstimateCtf = (request: CtfRequest) => Promise<CtfOutcome>;
