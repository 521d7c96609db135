import { CodedError } from '../../contract/errors.ts';

/** How an EER file, whose camera frames are too thin to align, is made a movie of fractions. */
export interface EerWishes {
  /** Camera frames that are summed into one fraction; goes before the dose. */
  readonly framesPerFraction?: number | null;
  /** e/A^2 that a fraction should have. */
  readonly dosePerFractionEA2?: number | null;
  /** e/A^2 of one camera frame, and of the whole file; one of them is needed to aim at a dose. */
  readonly dosePerFrameEA2?: number | null;
  readonly totalDoseEA2?: number | null;
  /** 2: each pixel of the sensor becomes four, by the place of the electron within it. */
  readonly upsampling?: 1 | 2;
}

/** What an EER file was made into. */
export interface EerRendering {
  readonly upsampling: 1 | 2;
  readonly framesPerFraction: number;
  /** Camera frames in the file, and how many at its end fill no whole fraction and are not used. */
  readonly cameraFrames: number;
  readonly leftOver: number;
}

/** e/A^2 of a fraction where nobody says: what people choose (RELION's tutorial for EER aims at about 1). */
export const DEFAULT_FRACTION_DOSE_EA2 = 1;
/** Fractions to aim at where the dose is not known. */
const DEFAULT_FRACTIONS = 40;
/** A pixel counts at most one electron per camera frame, so that 16 bits always hold a fraction. */
export const MAX_FRAMES_PER_FRACTION = 65535;

/**
 * Camera frames per fraction: as asked for, or those whose dose comes nearest to the one aimed at. The frames that are left
 * over at the end are not used, as RELION does it: a fraction of another dose would be weighed wrongly.
 * @throws CodedError TOO_FEW_FRAMES where the file has not enough for one fraction
 */
export function groupCameraFrames(cameraFrames: number, wishes: EerWishes): EerRendering {
  const perFrame =
    wishes.dosePerFrameEA2 ?? (wishes.totalDoseEA2 ? wishes.totalDoseEA2 / cameraFrames : null);
  const aim = wishes.dosePerFractionEA2 ?? DEFAULT_FRACTION_DOSE_EA2;
  const byDose = perFrame ? Math.round(aim / perFrame) : Math.floor(cameraFrames / DEFAULT_FRACTIONS);
  const framesPerFraction =
    wishes.framesPerFraction ?? Math.max(1, Math.min(byDose, cameraFrames, MAX_FRAMES_PER_FRACTION));
  if (framesPerFraction > cameraFrames)
    throw new CodedError(
      'TOO_FEW_FRAMES',
      `The file has ${cameraFrames} camera frames; a fraction was to have ${framesPerFraction}.`,
    );
  return {
    upsampling: wishes.upsampling ?? 1,
    framesPerFraction,
    cameraFrames,
    leftOver: cameraFrames % framesPerFraction,
  };
}
