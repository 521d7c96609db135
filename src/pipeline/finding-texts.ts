import type { AlignFinding, CtfDoubt, CtfFinding, FrameFault, NoLocalMotion } from '../engine/findings.ts';
import { gainWarnings } from './gain-advice.ts';

/** The engine's findings as sentences, for the warnings of a record. */

/** One warning for each finding that a person should know; some need none. */
export const alignWarnings = (findings: readonly AlignFinding[]): string[] => findings.flatMap(alignTexts);

function alignTexts(finding: AlignFinding): string[] {
  switch (finding.kind) {
    case 'eer-dose-missing':
      return ['The dose per fraction cannot be met while the dose of the movie is not known.'];
    case 'eer-dose-too-high':
      return [
        `The dose per frame makes ${finding.totalDoseEA2.toPrecision(3)} e/A^2 in all: of an EER file it is that of one camera frame, of which there are ${finding.cameraFrames}.`,
      ];
    case 'eer-binned':
      return ['The micrograph is binned below the pixel of the sensor: EER needs no superresolution.'];
    case 'gain-resized':
      return [gainResizedText(finding)];
    case 'defects-turned':
      return [
        `The defect list was turned (RotationAndFlip ${finding.rotationAndFlip}): it is taken to be oriented as the movies are, which holds for a list that SerialEM wrote beside them.`,
      ];
    case 'too-many-hot-pixels':
      return ['So many pixels stand out of the sum that none was taken for hot: check the gain reference.'];
    case 'unusable-frames':
      return [unusableFramesText(finding)];
    case 'gain-checked':
      return gainWarnings(finding.check);
    case 'dose-unknown':
      return ['The dose is not known: there is no dose-weighted sum.'];
    case 'even-odd-not-weighted':
      return ['The dose is not known: the even and odd sums are not dose-weighted.'];
    case 'no-local-motion':
      return finding.reason.kind === 'moves-as-a-whole'
        ? []
        : [`Local motion was not corrected. ${noLocalMotionText(finding.reason)}`];
    case 'no-motion-followed':
      return ['No motion could be followed: the frames were summed as they are.'];
    case 'not-settled':
      return ['Alignment did not settle: look at the drift before trusting this movie.'];
  }
}

function gainResizedText({ ratio, width, height }: AlignFinding & { kind: 'gain-resized' }): string {
  return ratio === 2
    ? `The gain has twice the size of the movie (${width}x${height}): 2x2 of its pixels are combined into one.`
    : `The gain has half the size of the movie (${width}x${height}): each of its pixels is used for 2x2 pixels.`;
}

const FRAME_FAULTS: Record<FrameFault, readonly [finding: string, consequence: string]> = {
  dark: [
    'hold less than a quarter of the electrons of the others',
    'they were not aligned. Was the beam blanked?',
  ],
  bright: [
    'hold more than four times the electrons of the others',
    'they were not aligned, but are in the sums.',
  ],
  flat: [
    'are saturated (nearly every pixel has the same, largest value)',
    'they were left out, unless there are no others. Was the camera overexposed?',
  ],
};

function unusableFramesText({ fault, ranges }: AlignFinding & { kind: 'unusable-frames' }): string {
  const names = ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
  const [finding, consequence] = FRAME_FAULTS[fault];
  return `Frames ${names} ${finding}: ${consequence}`;
}

/** A sentence. */
export function noLocalMotionText(reason: NoLocalMotion): string {
  switch (reason.kind) {
    case 'frame-too-small':
      return 'The frame is too small for so many patches.';
    case 'frame-not-followed':
      return 'The frame as a whole could not be followed.';
    case 'too-few-electrons':
      return 'Too few electrons, or frames, to follow patches by themselves.';
    case 'moves-as-a-whole':
      return 'Patches move as the whole frame does, as far as can be seen.';
    case 'patches-not-followed':
      return `Patches could not be followed: ${reason.outliers} of ${reason.points} points fit no smooth motion.`;
    case 'not-credible':
      return `The fit asks for ${reason.largestPixels.toFixed(0)} pixels of local motion, which is not credible.`;
  }
}

export const ctfWarnings = (findings: readonly CtfFinding[]): string[] => findings.map(ctfText);

function ctfText(finding: CtfFinding): string {
  switch (finding.kind) {
    case 'no-rings':
      return `no Thon rings are seen in the spectrum: defocus and astigmatism are a guess (${doubtText(finding.doubt)})`;
    case 'doubtful':
      return `the defocus is in doubt: ${doubtText(finding.doubt)}`;
    case 'at-range-edge':
      return `the defocus lies at the edge of the search range ${finding.minimumDefocusA}-${finding.maximumDefocusA} A`;
    case 'fading':
      return `Thon rings fade faster along ${finding.directionDeg} degrees than across: the image moved during the exposure`;
  }
}

function doubtText(doubt: CtfDoubt): string {
  switch (doubt.kind) {
    case 'faint':
      return 'Thon rings hardly stand out of the noise, or a smooth bump explains them as well';
    case 'not-repeated':
      return 'what stands out does not repeat as the Thon rings of one defocus do';
    case 'few-rings':
      return `the spectrum follows the fit over ${doubt.rings.toFixed(1)} rings only`;
    case 'ambiguous':
      return 'another defocus explains the spectrum nearly as well';
    case 'inaccurate':
      return `its standard error is ${(100 * doubt.relativeError).toFixed(1)} %`;
  }
}
