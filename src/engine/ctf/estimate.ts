import { CodedError } from '../../contract/errors.ts';
import { type Ctf, GOOD_CONFIDENCE, NO_RINGS_CONFIDENCE } from '../../contract/record.ts';
import type { CtfFinding } from '../findings.ts';
import type { CtfRequest, EstimateCtf } from '../ports.ts';
import { reliabilityOf } from './confidence.ts';
import { drawingOf, maxFrequencyPerA, meanOf, roundToFourDigits } from './draw-fit.ts';
import { fadingDirection } from './drift.ts';
import { FIT_CRITERION, fitResolutionA, localCorrelation } from './fit-resolution.ts';
import { iceRingDensity, iceRingScore } from './ice.ts';
import { ctfPhase, type DefocusVector, opticsOf, toUva } from './model.ts';
import { polarRange } from './polar.ts';
import { ringProfile } from './profile.ts';
import { agreement, refine } from './refine.ts';
import { bFactorEnvelope, ringData } from './ring-data.ts';
import { coarseSearch } from './search.ts';
import { chooseTileSize } from './spectrum.ts';
import { measureTiles } from './tiles.ts';
import { fitTilt } from './tilt.ts';

/**
 * Estimates defocus, astigmatism and their reliability from a micrograph (rings are strongest in the sum
 * without dose weighting). Angles run from x (fast axis) towards y, y growing with the row index; see
 * model.ts.
 * @throws CodedError CTF_FAILED if no spectrum can be computed: a constant image, one that is too small, or a
 * resolution range without rings
 */
export const estimateCtf: EstimateCtf = async (request) => {
  const { pixelSizeA, search, signal } = request;
  checkRequest(request);
  const optics = opticsOf(request.voltageKv, request.csMm, request.amplitudeContrast);
  const maxFrequency = maxFrequencyPerA(pixelSizeA);
  const tiles = measureTiles(request, chooseTileSize(request, optics), maxFrequency);
  const meanSpectrum = tiles.mean;
  const fittedSpectrum = polarRange(
    meanSpectrum,
    1 / search.lowResolutionA,
    Math.min(1 / search.highResolutionA, maxFrequency),
  );
  if (fittedSpectrum.bins < 32) {
    throw new CodedError(
      'CTF_FAILED',
      `between ${search.lowResolutionA} and ${search.highResolutionA} A the spectrum has only ${fittedSpectrum.bins} samples`,
    );
  }
  await pause(signal);
  const rings = ringData(fittedSpectrum);
  const phaseRange = phaseRangeOf(search);
  const candidates = coarseSearch(optics, rings, { ...search, phaseRange }, signal);
  await pause(signal);
  const { expectedAstigmatismA, minimumDefocusA } = search;
  const options = { expectedAstigmatismA, minimumDefocusA, phaseRange: phaseRange ?? undefined };
  const best = refine(optics, fittedSpectrum, candidates.slice(0, phaseRange ? 5 : 3), options, signal);
  const fittedOptics = { ...optics, constantPhase: optics.constantPhase + best.phaseShiftRad };
  const quality = agreement(
    fittedOptics,
    rings,
    best.defocus,
    bFactorEnvelope(fittedSpectrum, candidates[0]?.bFactorA2 ?? 0),
  );
  await pause(signal);

  const profile = ringProfile(fittedOptics, meanSpectrum, best.defocus);
  const { cc, halfWidth } = localCorrelation(fittedOptics, profile, best.defocus.mean);
  const ringResolutionA = fitResolutionA(profile.frequency, cc, halfWidth);
  const phaseAt = (frequency: number) => ctfPhase(fittedOptics, best.defocus.mean, frequency ** 2);
  const { confidence, weakness } = reliabilityOf({
    significance: Math.min(quality.significance, best.significance),
    lowResolutionCorrelation: meanOf(cc.subarray(0, fittedSpectrum.bins >> 1)),
    ringCount: (phaseAt(1 / ringResolutionA) - phaseAt(1 / search.lowResolutionA)) / Math.PI,
    uniqueness: best.uniqueness,
    relativeError: best.errorA / best.defocus.mean,
  });
  const localDefocus =
    confidence < NO_RINGS_CONFIDENCE
      ? { defocusMap: null, tiltAngleDeg: null, tiltAxisDeg: null }
      : fitTilt(fittedOptics, tiles, fittedSpectrum, best, pixelSizeA);
  const fadingDirectionDeg = confidence < NO_RINGS_CONFIDENCE ? null : fadingDirection(best.drift);
  const resolutionA = confidence < NO_RINGS_CONFIDENCE ? 1 / (profile.frequency[0] ?? 1) : ringResolutionA;
  const shownFit = { optics: fittedOptics, defocus: best.defocus, resolutionA };
  const { curves, diagnostic } = drawingOf(request, shownFit, meanSpectrum, { profile, cc });
  const ctf: Ctf = {
    ...roundedDefocus(best.defocus),
    phaseShiftDeg: Math.round((best.phaseShiftRad * 18000) / Math.PI) / 100,
    figureOfMerit: roundToFourDigits(Math.max(-1, Math.min(1, quality.correlation))),
    fitResolutionA: roundToFourDigits(resolutionA),
    fitCriterion: FIT_CRITERION,
    confidence: roundToFourDigits(confidence),
    iceRingScore: roundOrNull(iceRingScore(meanSpectrum)),
    iceRingDensity: roundOrNull(iceRingDensity(profile, pixelSizeA)),
    ...localDefocus,
    fadingDirectionDeg,
    profile: curves,
  };
  const findings: CtfFinding[] = [];
  if (confidence < NO_RINGS_CONFIDENCE) findings.push({ kind: 'no-rings', weakness });
  else if (confidence < GOOD_CONFIDENCE) findings.push({ kind: 'uncertain', weakness });
  else if (isAtRangeEdge(best.defocus, search)) {
    const { maximumDefocusA } = search;
    findings.push({ kind: 'at-range-edge', minimumDefocusA, maximumDefocusA });
  }
  if (fadingDirectionDeg !== null) findings.push({ kind: 'fading', directionDeg: fadingDirectionDeg });
  return { ctf, diagnostic, findings };
};

function phaseRangeOf({ phaseShift }: CtfRequest['search']): [number, number] | null {
  if (!phaseShift) return null;
  return [(phaseShift.minimumDeg * Math.PI) / 180, (phaseShift.maximumDeg * Math.PI) / 180];
}

function checkRequest({ image, width, height, pixelSizeA, search }: CtfRequest): void {
  if (image.length !== width * height) {
    throw new CodedError('CTF_FAILED', `the micrograph has ${image.length} pixels, not ${width}x${height}`);
  }
  if (!(search.minimumDefocusA < search.maximumDefocusA)) {
    throw new CodedError('CTF_FAILED', 'the defocus range is empty');
  }
  if (!(search.highResolutionA < search.lowResolutionA) || 2 * pixelSizeA >= search.lowResolutionA / 2) {
    throw new CodedError(
      'CTF_FAILED',
      `at a pixel size of ${pixelSizeA} A there are no rings between ${search.lowResolutionA} and ${search.highResolutionA} A`,
    );
  }
}

/** Lets signals and timers run between stages. */
async function pause(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}

function roundedDefocus(defocus: DefocusVector) {
  const { uA, vA, angleDeg } = toUva(defocus);
  const round = (v: number) => Math.round(v * 10) / 10;
  return {
    defocusUA: round(uA),
    defocusVA: round(vA),
    astigmatismA: round(round(uA) - round(vA)),
    astigmatismAngleDeg: Math.round(angleDeg * 100) / 100,
  };
}

function isAtRangeEdge({ mean }: DefocusVector, search: CtfRequest['search']): boolean {
  return mean < search.minimumDefocusA + 50 || mean > search.maximumDefocusA - 50;
}

function roundOrNull(value: number | null): number | null {
  return value === null ? null : roundToFourDigits(value);
}
