import { CodedError } from '../../contract/errors.ts';
import { type Ctf, GOOD_CONFIDENCE, NO_RINGS_CONFIDENCE } from '../../contract/record.ts';
import type { CtfFinding } from '../findings.ts';
import type { CtfRequest, EstimateCtf } from '../ports.ts';
import { reliabilityOf } from './confidence.ts';
import { diagnosticPicture } from './diagnostic.ts';
import { fadingDirection } from './drift.ts';
import { FIT_CRITERION, fitResolutionA, localCorrelation } from './fit-resolution.ts';
import { iceRingDensity, iceRingScore } from './ice.ts';
import { ctfPhase, type DefocusVector, opticsOf, toUva } from './model.ts';
import { polarRange } from './polar.ts';
import { type RingProfile, ringProfile } from './profile.ts';
import { agreement, refine } from './refine.ts';
import { fading, ringData } from './ring-data.ts';
import { coarseSearch } from './search.ts';
import { chooseTileSize } from './spectrum.ts';
import { measureTiles } from './tiles.ts';
import { fitTilt } from './tilt.ts';

/** Highest frequency used, 1/A: beyond the resolution of the rings of any single micrograph so far. */
const FINEST_PER_A = 0.5;
/** Fraction of Nyquist that is used: beyond it, interpolation and the camera attenuate the signal. */
const USED_OF_NYQUIST = 0.98;
/** The picture extends beyond the ice ring, so that a person sees it. */
const ICE_SEEN_PER_A = 0.3;
/** Maximum number of points of the profile in a record. */
const PROFILE_POINTS = 512;

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
  const finest = Math.min(FINEST_PER_A, (USED_OF_NYQUIST * 0.5) / pixelSizeA);
  const tiles = measureTiles(request, chooseTileSize(request, optics), finest);
  const whole = tiles.mean;
  const fitted = polarRange(whole, 1 / search.lowResolutionA, Math.min(1 / search.highResolutionA, finest));
  if (fitted.bins < 32) {
    throw new CodedError(
      'CTF_FAILED',
      `between ${search.lowResolutionA} and ${search.highResolutionA} A the spectrum has only ${fitted.bins} samples`,
    );
  }
  await pause(signal);
  const rings = ringData(fitted);
  const phaseRange = phaseRangeOf(search);
  const candidates = coarseSearch(optics, rings, { ...search, phaseRange }, signal);
  await pause(signal);
  const { expectedAstigmatismA, minimumDefocusA } = search;
  const options = { expectedAstigmatismA, minimumDefocusA, phaseRange: phaseRange ?? undefined };
  const best = refine(optics, fitted, candidates.slice(0, phaseRange ? 5 : 3), options, signal);
  const plate = { ...optics, constantPhase: optics.constantPhase + best.phaseShiftRad };
  const quality = agreement(plate, rings, best.defocus, fading(fitted, candidates[0]?.bFactorA2 ?? 0));
  await pause(signal);

  const profile = ringProfile(plate, whole, best.defocus);
  const { cc, halfWidth } = localCorrelation(plate, profile, best.defocus.mean);
  const followedA = fitResolutionA(profile.frequency, cc, halfWidth);
  const phaseAt = (frequency: number) => ctfPhase(plate, best.defocus.mean, frequency ** 2);
  const { confidence, doubt } = reliabilityOf({
    significance: Math.min(quality.significance, best.significance),
    firstRings: meanOf(cc.subarray(0, fitted.bins >> 1)),
    ringsSeen: (phaseAt(1 / followedA) - phaseAt(1 / search.lowResolutionA)) / Math.PI,
    unambiguous: best.unambiguous,
    relativeError: best.errorA / best.defocus.mean,
  });
  const local =
    confidence < NO_RINGS_CONFIDENCE
      ? { defocusMap: null, tiltAngleDeg: null, tiltAxisDeg: null }
      : fitTilt(plate, tiles, fitted, best, pixelSizeA);
  const fadingDirectionDeg = confidence < NO_RINGS_CONFIDENCE ? null : fadingDirection(best.drift);
  const resolutionA = confidence < NO_RINGS_CONFIDENCE ? 1 / (profile.frequency[0] ?? 1) : followedA;
  const ctf: Ctf = {
    ...roundedDefocus(best.defocus),
    phaseShiftDeg: Math.round((best.phaseShiftRad * 18000) / Math.PI) / 100,
    figureOfMerit: significant(Math.max(-1, Math.min(1, quality.correlation))),
    fitResolutionA: significant(resolutionA),
    fitCriterion: FIT_CRITERION,
    confidence: significant(confidence),
    iceRingScore: nullable(iceRingScore(whole)),
    iceRingDensity: nullable(iceRingDensity(profile, pixelSizeA)),
    ...local,
    fadingDirectionDeg,
    profile: recordProfile(profile, cc),
  };
  const findings: CtfFinding[] = [];
  if (confidence < NO_RINGS_CONFIDENCE) findings.push({ kind: 'no-rings', doubt });
  else if (confidence < GOOD_CONFIDENCE) findings.push({ kind: 'doubtful', doubt });
  else if (isAtEdge(best.defocus, search)) {
    const { maximumDefocusA } = search;
    findings.push({ kind: 'at-range-edge', minimumDefocusA, maximumDefocusA });
  }
  if (fadingDirectionDeg !== null) findings.push({ kind: 'fading', directionDeg: fadingDirectionDeg });
  const edgePerA = Math.min(finest, Math.max(ICE_SEEN_PER_A, 1 / search.highResolutionA, 1.2 / resolutionA));
  return { ctf, diagnostic: diagnosticPicture(plate, whole, profile, best.defocus, edgePerA), findings };
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
      `pixels of ${pixelSizeA} A hold no rings between ${search.lowResolutionA} and ${search.highResolutionA} A`,
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

function isAtEdge({ mean }: DefocusVector, search: CtfRequest['search']): boolean {
  return mean < search.minimumDefocusA + 50 || mean > search.maximumDefocusA - 50;
}

/** At most PROFILE_POINTS points, averages of neighbours; rounded, because the record is text. */
function recordProfile(profile: RingProfile, cc: Float64Array): Ctf['profile'] {
  const step = Math.ceil(profile.frequency.length / PROFILE_POINTS);
  const reduce = (values: Float64Array) =>
    Array.from({ length: Math.floor(values.length / step) }, (_, i) =>
      significant(meanOf(values.subarray(i * step, (i + 1) * step))),
    );
  return {
    frequencyPerA: reduce(profile.frequency),
    data: reduce(profile.data.map((v) => Math.max(-1, Math.min(2, v)))),
    model: reduce(profile.model),
    cc: reduce(cc),
  };
}

function meanOf(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
}

function nullable(value: number | null): number | null {
  return value === null ? null : significant(value);
}

function significant(value: number): number {
  return Number(value.toPrecision(4));
}
