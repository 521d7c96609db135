import { CodedError } from '../../contract/errors.ts';

/**
 * How the camera frames of an EER file are summed into fractions; a single camera frame has too few electrons
 * for alignment.
 */
export interface EerOptions {
  /** Camera frames that are summed into one fraction; takes precedence over the dose. */
  readonly framesPerFraction?: number | null;
  /** Target dose of a fraction, e/A^2. */
  readonly dosePerFractionEA2?: number | null;
  /** Dose of one camera frame and of the entire file, e/A^2; one of the two is needed for a target dose. */
  readonly dosePerFrameEA2?: number | null;
  readonly totalDoseEA2?: number | null;
  /** 2: each pixel of the detector is divided into four, using the sub-pixel positions of the electrons. */
  readonly upsampling?: 1 | 2;
}

/** How an EER file was rendered. */
export interface EerRendering {
  readonly upsampling: 1 | 2;
  readonly framesPerFraction: number;
  /** Number of camera frames in the file. */
  readonly cameraFrames: number;
  /** Number of camera frames at the end that do not fill a fraction and are not used. */
  readonly leftOver: number;
}

/** Default dose of a fraction, e/A^2: a common choice (about 1 in RELION's EER tutorial). */
const DEFAULT_FRACTION_DOSE_EA2 = 1;
/** Number of fractions if the dose is not known. */
const DEFAULT_FRACTIONS = 40;
/** A pixel counts at most one electron per camera frame, so 16 bits are sufficient for a fraction. */
const MAX_FRAMES_PER_FRACTION = 65535;

/**
 * Camera frames per fraction: the given number, or the number whose dose is closest to the target dose.
 * Remaining frames at the end are not used, as in RELION: a fraction with another dose would get the wrong
 * weight.
 * @throws CodedError TOO_FEW_FRAMES if the file has too few camera frames for one fraction
 */
export function groupCameraFrames(cameraFrames: number, options: EerOptions): EerRendering {
  const dosePerFrame =
    options.dosePerFrameEA2 ?? (options.totalDoseEA2 ? options.totalDoseEA2 / cameraFrames : null);
  const targetDose = options.dosePerFractionEA2 ?? DEFAULT_FRACTION_DOSE_EA2;
  const defaultFramesPerFraction = dosePerFrame
    ? Math.round(targetDose / dosePerFrame)
    : Math.floor(cameraFrames / DEFAULT_FRACTIONS);
  const framesPerFraction =
    options.framesPerFraction ??
    Math.max(1, Math.min(defaultFramesPerFraction, cameraFrames, MAX_FRAMES_PER_FRACTION));
  if (framesPerFraction > cameraFrames)
    throw new CodedError(
      'TOO_FEW_FRAMES',
      `The file has ${cameraFrames} camera frames; ${framesPerFraction} per fraction were requested.`,
    );
  return {
    upsampling: options.upsampling ?? 1,
    framesPerFraction,
    cameraFrames,
    leftOver: cameraFrames % framesPerFraction,
  };
}
