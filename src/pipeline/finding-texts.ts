import type {
  AlignFinding,
  CtfFinding,
  CtfWeakness,
  FrameProblem,
  NoLocalMotion,
} from '../engine/findings.ts';
import { gainWarnings } from './gain-advice.ts';

/** The engine's findings as sentences, for the warnings of a record. */

/** One warning for each finding that users should see; some need none. */
export const alignWarnings = (findings: readonly AlignFinding[]): string[] => findings.flatMap(alignTexts);

function alignTexts(finding: AlignFinding): string[] {
  switch (finding.kind) {
    case 'eer-dose-missing':
      return ['The dose per fraction cannot be applied because the dose of the movie is not known.'];
    case 'eer-dose-too-high':
      return [
        `The dose per frame times ${finding.cameraFrames} camera frames is ${finding.totalDoseEA2.toPrecision(3)} e/A^2 in total. For EER, give the dose of one camera frame, not of a fraction.`,
      ];
    case 'eer-binned':
      return ['The micrograph has twice the physical pixel size: EER movies do not need superresolution.'];
    case 'gain-resized':
      return [gainResizedText(finding)];
    case 'defects-rotated':
      return [
        `The defect list has RotationAndFlip ${finding.rotationAndFlip}. No rotation is applied to it: it is assumed to have the orientation of the movies already, like a list that SerialEM writes next to them.`,
      ];
    case 'too-many-hot-pixels':
      return [
        'Too many pixels of the summed frames are outliers, so none was treated as hot. Check the gain reference.',
      ];
    case 'unusable-frames':
      return [unusableFramesText(finding)];
    case 'not-counts':
      return [notCountsText(finding)];
    case 'gain-checked':
      return gainWarnings(finding.check);
    case 'dose-unknown':
      return ['The dose is not known: there is no dose-weighted micrograph.'];
    case 'even-odd-not-weighted':
      return ['The dose is not known: the even and odd sums are not dose-weighted.'];
    case 'no-local-motion':
      return finding.reason.kind === 'moves-as-a-whole'
        ? []
        : [`Local motion was not corrected. ${noLocalMotionText(finding.reason)}`];
    case 'one-frame':
      return [oneFrameText(finding)];
    case 'no-motion-measured':
      return ['Motion could not be measured: the frames were summed without alignment.'];
    case 'not-converged':
      return ['Alignment did not converge: inspect the drift plot before using this micrograph.'];
  }
}

function notCountsText({ values, hasGain }: AlignFinding & { kind: 'not-counts' }): string {
  const reason =
    values === 'negative' ? 'many are below zero' : 'they vary less than the shot noise of counts';
  const gain = hasGain
    ? ', and the orientation of the gain reference is not checked. Gain correction is valid only for counts without an offset'
    : '';
  return `The pixel values are not electron counts (${reason}): the mean counts per pixel are not known${gain}.`;
}

function oneFrameText({ frames, used, cameraFrames }: AlignFinding & { kind: 'one-frame' }): string {
  const consequence = 'there is nothing to align, and there are no motion values.';
  if (used > 1) return `Only one of the ${used} used frames can be aligned: ${consequence}`;
  if (frames > 1) return `Only one of the ${frames} frames is used (throw, trunc): ${consequence}`;
  return cameraFrames !== null && cameraFrames > 1
    ? `All ${cameraFrames} camera frames are in one fraction: ${consequence} Give fewer camera frames per fraction (eer_grouping), or a lower dose per fraction (eer_fraction_dose).`
    : `The movie has one frame: ${consequence}`;
}

function gainResizedText({ ratio, width, height }: AlignFinding & { kind: 'gain-resized' }): string {
  return ratio === 2
    ? `The gain reference is twice the size of the movie (${width}x${height}): each block of 2x2 of its pixels is averaged.`
    : `The gain reference is half the size of the movie (${width}x${height}): each of its pixels is used for 2x2 pixels of the movie.`;
}

const FRAME_PROBLEMS: Record<FrameProblem, readonly [finding: string, consequence: string]> = {
  dark: ['less than a quarter of the electrons of the other frames', 'not aligned. Was the beam blanked?'],
  bright: [
    'more than four times the electrons of the other frames',
    'not aligned, but included in the micrograph.',
  ],
  quiet: ['much less noise than the other frames', 'not aligned. Was the beam blanked?'],
  noisy: ['much more noise than the other frames', 'not aligned, but included in the micrograph.'],
  flat: [
    'saturated (nearly all pixels have the same maximum value)',
    'excluded, unless there are no others. Was the camera overexposed?',
  ],
};

function unusableFramesText({ problem, ranges }: AlignFinding & { kind: 'unusable-frames' }): string {
  const names = ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
  const [finding, consequence] = FRAME_PROBLEMS[problem];
  const noun = ranges.length === 1 && ranges[0]?.[0] === ranges[0]?.[1] ? 'Frame' : 'Frames';
  return `${noun} ${names}: ${finding}; ${consequence}`;
}

/** The reason as a sentence. */
export function noLocalMotionText(reason: NoLocalMotion): string {
  switch (reason.kind) {
    case 'frame-too-small':
      return 'The frame is too small for this number of patches.';
    case 'frame-not-aligned':
      return 'Whole-frame alignment failed or did not converge.';
    case 'too-few-electrons':
      return 'The dose or the number of frames is too low to track patches individually.';
    case 'moves-as-a-whole':
      return 'No significant local motion was detected.';
    case 'patches-not-tracked':
      return `Patches could not be tracked: ${reason.outliers} of ${reason.points} points do not fit a smooth motion.`;
    case 'not-credible':
      return `The fitted local motion (${reason.largestPixels.toFixed(0)} pixels) is implausibly large.`;
  }
}

export const ctfWarnings = (findings: readonly CtfFinding[]): string[] => findings.map(ctfText);

function ctfText(finding: CtfFinding): string {
  switch (finding.kind) {
    case 'no-rings':
      return `no usable Thon rings in the spectrum: defocus and astigmatism are unreliable (${weaknessText(finding.weakness)})`;
    case 'uncertain':
      return `the defocus is uncertain: ${weaknessText(finding.weakness)}`;
    case 'at-range-edge':
      return `the defocus is at the edge of the search range ${finding.minimumDefocusA}-${finding.maximumDefocusA} A`;
    case 'fading':
      return `Thon rings fade faster in the direction at ${finding.directionDeg} degrees than perpendicular to it: the image moved during the exposure`;
  }
}

function weaknessText(weakness: CtfWeakness): string {
  switch (weakness.kind) {
    case 'faint':
      return 'Thon rings barely rise above the noise, or a smooth background peak fits equally well';
    case 'not-repeated':
      return 'a peak of the spectrum may match one Thon ring of the model, but the others do not match';
    case 'few-rings':
      return `the spectrum agrees with the fit over only ${weakness.rings.toFixed(1)} rings`;
    case 'ambiguous':
      return 'another defocus fits the spectrum nearly as well';
    case 'inaccurate':
      return `the standard error of the defocus is ${(100 * weakness.relativeError).toFixed(1)} %`;
  }
}
