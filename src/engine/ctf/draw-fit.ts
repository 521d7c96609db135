import type { Ctf } from '../../contract/record.ts';
import type { CtfOutcome, CtfRequest } from '../ports.ts';
import { diagnosticPicture } from './diagnostic.ts';
import { localCorrelation } from './fit-resolution.ts';
import { type CtfOptics, type DefocusVector, fromUva, opticsOf } from './model.ts';
import type { PolarSpectrum } from './polar.ts';
import { type RingProfile, ringProfile } from './profile.ts';
import { chooseTileSize } from './spectrum.ts';
import { measureTiles } from './tiles.ts';

/** Highest frequency used, 1/A: higher than that of Thon rings in any single micrograph known so far. */
const MAX_FREQUENCY_PER_A = 0.5;
/** Fraction of Nyquist that is used: beyond it, interpolation and the camera attenuate the signal. */
const USED_FRACTION_OF_NYQUIST = 0.98;
/** The picture extends at least to this frequency, 1/A, so that the ice ring is visible. */
const MIN_EDGE_PER_A = 0.3;
/** Maximum number of points of the profile in a record. */
const MAX_PROFILE_POINTS = 512;

/** A fit as shown to users: its curves in the record, and its picture. */
interface FitDrawing {
  readonly curves: Ctf['profile'];
  readonly diagnostic: CtfOutcome['diagnostic'];
}

type FitNumbers = Pick<
  Ctf,
  'defocusUA' | 'defocusVA' | 'astigmatismAngleDeg' | 'phaseShiftDeg' | 'fitResolutionA'
>;

/**
 * Draws the fit of a program that writes numbers only, on the spectrum of the micrograph.
 * @throws CodedError CTF_FAILED if no spectrum can be computed: a constant image, or one that is too small
 */
export function drawFit(request: CtfRequest, fit: FitNumbers): FitDrawing {
  const { voltageKv, csMm, amplitudeContrast, pixelSizeA } = request;
  const phaseShiftRad = (fit.phaseShiftDeg * Math.PI) / 180;
  const optics = opticsOf(voltageKv, csMm, amplitudeContrast, phaseShiftRad);
  const size = chooseTileSize(request, optics);
  const meanSpectrum = measureTiles(request, size, maxFrequencyPerA(pixelSizeA)).mean;
  const defocus = fromUva(fit.defocusUA, fit.defocusVA, fit.astigmatismAngleDeg);
  const profile = ringProfile(optics, meanSpectrum, defocus);
  const { cc } = localCorrelation(optics, profile, defocus.mean);
  return drawingOf(request, { optics, defocus, resolutionA: fit.fitResolutionA }, meanSpectrum, {
    profile,
    cc,
  });
}

interface ShownFit {
  /** Optics with the phase shift of the fit. */
  readonly optics: CtfOptics;
  readonly defocus: DefocusVector;
  readonly resolutionA: number;
}

export function drawingOf(
  { pixelSizeA, search }: CtfRequest,
  { optics, defocus, resolutionA }: ShownFit,
  meanSpectrum: PolarSpectrum,
  { profile, cc }: { readonly profile: RingProfile; readonly cc: Float64Array },
): FitDrawing {
  const wantedEdgePerA = Math.max(MIN_EDGE_PER_A, 1 / search.highResolutionA, 1.2 / resolutionA);
  const edgePerA = Math.min(maxFrequencyPerA(pixelSizeA), wantedEdgePerA);
  return {
    curves: recordProfile(profile, cc),
    diagnostic: diagnosticPicture(optics, meanSpectrum, profile, defocus, edgePerA),
  };
}

/** Highest frequency of the spectrum, 1/A. */
export const maxFrequencyPerA = (pixelSizeA: number): number =>
  Math.min(MAX_FREQUENCY_PER_A, (USED_FRACTION_OF_NYQUIST * 0.5) / pixelSizeA);

/** At most MAX_PROFILE_POINTS points, averages of neighbours; rounded, because the record is text. */
function recordProfile(profile: RingProfile, cc: Float64Array): Ctf['profile'] {
  const step = Math.ceil(profile.frequency.length / MAX_PROFILE_POINTS);
  const reduce = (values: Float64Array) =>
    Array.from({ length: Math.floor(values.length / step) }, (_, i) =>
      roundToFourDigits(meanOf(values.subarray(i * step, (i + 1) * step))),
    );
  return {
    frequencyPerA: reduce(profile.frequency),
    data: reduce(profile.data.map((v) => Math.max(-1, Math.min(2, v)))),
    model: reduce(profile.model),
    cc: reduce(cc),
  };
}

export function meanOf(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
}

/** Four digits, because a record is text. */
export const roundToFourDigits = (value: number): number => Number(value.toPrecision(4));
