import { CodedError } from '../../contract/errors.ts';

/** How the camera frames of an EER file, which have too few electrons to align, become fractions. */
export interface EerOptions {
  /** Camera frames that are summed into one fraction; takes precedence over the dose. */
  readonly framesPerFraction?: number | null;
  /** e/A^2 that a fraction should have. */
  readonly dosePerFractionEA2?: number | null;
  /** e/A^2 of one camera frame, and of the entire file; one of them is needed to reach a given dose. */
  readonly dosePerFrameEA2?: number | null;
  readonly totalDoseEA2?: number | null;
  /** 2: each pixel of the detector becomes four, by the electron's position within it. */
  readonly upsampling?: 1 | 2;
}

/** How an EER file was rendered. */
export interface EerRendering {
  readonly upsampling: 1 | 2;
  readonly framesPerFraction: number;
  /** Camera frames in the file, and how many at its end do not fill a fraction and are not used. */
  readonly cameraFrames: number;
  readonly leftOver: number;
}

/** e/A^2 of a fraction by default: what users choose (RELION's tutorial for EER has about 1). */
const DEFAULT_FRACTION_DOSE_EA2 = 1;
/** Number of fractions where the dose is not known. */
const DEFAULT_FRACTIONS = 40;
/** A pixel counts at most one electron per camera frame, so that 16 bits always hold a fraction. */
const MAX_FRAMES_PER_FRACTION = 65535;

/**
 * Camera frames per fraction: the given number, or the one whose dose is closest to the given dose. Remaining
 * frames at the end are not used, as in RELION: a fraction with another dose would get the wrong weight.
 * @throws CodedError TOO_FEW_FRAMES if the file has not enough for one fraction
 */
export function groupCameraFrames(cameraFrames: number, options: EerOptions): EerRendering {
  const perFrame =
    options.dosePerFrameEA2 ?? (options.totalDoseEA2 ? options.totalDoseEA2 / cameraFrames : null);
  const wantedDose = options.dosePerFractionEA2 ?? DEFAULT_FRACTION_DOSE_EA2;
  const byDose = perFrame ? Math.round(wantedDose / perFrame) : Math.floor(cameraFrames / DEFAULT_FRACTIONS);
  const framesPerFraction =
    options.framesPerFraction ?? Math.max(1, Math.min(byDose, cameraFrames, MAX_FRAMES_PER_FRACTION));
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
