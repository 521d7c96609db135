import type { DefocusMap } from '../../contract/record.ts';
import { removeSmooth, smoothBasis } from './background.ts';
import type { LikelihoodFit } from './likelihood.ts';
import { type CtfOptics, defocusAlong, equalPhaseS, writeRings } from './model.ts';
import { fitPlane } from './plane.ts';
import { type PolarSpectrum, sectorAngle } from './polar.ts';
import type { TileSpectra, TileSpectrum } from './tiles.ts';

/** Defocus of each tile, and the tilt derived from it. */
export interface TiltFit {
  readonly defocusMap: DefocusMap | null;
  readonly tiltAngleDeg: number | null;
  /** Angle of the tilt axis, measured from the x axis, -90..90. */
  readonly tiltAxisDeg: number | null;
}

/**
 * Minimum significance of the rings of a tile: the best of about a hundred defocus values reaches 4 by
 * chance.
 */
const MIN_RING_SIGMAS = 6;
/** Maximum difference from the mean defocus: Angstrom, and fraction of the mean defocus. */
const MAX_DIFFERENCE_A = 4000;
const MAX_RELATIVE_DIFFERENCE = 0.3;
const BACKGROUND_PIECES = 3;
/** Change of phase at the highest frequency from one defocus to the next, radians. */
const PHASE_STEP = 0.5;
const MIN_TILES = 4;
/** Minimum ratio of a slope to its error for it to be reported as tilt. */
const MIN_TILT_SIGMAS = 5;

/**
 * Fits the mean defocus of each tile separately, with the astigmatism and phase shift of the whole
 * micrograph, and fits a plane to the values.
 * @param fittedSpectrum - spectrum in the range of the fit, with the bins of `fit`
 */
export function fitTilt(
  optics: CtfOptics,
  { grid, tiles }: TileSpectra,
  fittedSpectrum: PolarSpectrum,
  fit: LikelihoodFit,
  pixelSizeA: number,
): TiltFit {
  const noTilt = { defocusMap: null, tiltAngleDeg: null, tiltAxisDeg: null };
  if (tiles.length < MIN_TILES) return noTilt;
  const mapping = profileMappingOf(
    optics,
    fittedSpectrum,
    fit,
    grid.bins,
    fittedSpectrum.firstBin - grid.firstBin,
  );
  const models = ringModels(optics, fittedSpectrum, fit, mapping.weight);
  const tileFits = tiles.map((tile) => tileDefocus(tile, mapping, models));
  const columns = new Set(tiles.map((t) => t.x)).size;
  const defocusMap = {
    columns,
    rows: tiles.length / columns,
    defocusA: tileFits.map((f) => (f ? Math.round(f.defocusA) : null)),
  };
  const points = tiles.flatMap((t, i) => {
    const f = tileFits[i];
    return f ? [{ x: t.x * pixelSizeA, y: t.y * pixelSizeA, value: f.defocusA, error: f.errorA }] : [];
  });
  const plane = points.length >= MIN_TILES ? fitPlane(points) : null;
  if (!plane || plane.sigmas < MIN_TILT_SIGMAS) return { ...noTilt, defocusMap };
  const axis = (Math.atan2(plane.slopeY, plane.slopeX) * 180) / Math.PI + 90;
  return {
    defocusMap,
    tiltAngleDeg: Math.round((10 * (Math.atan(Math.hypot(plane.slopeX, plane.slopeY)) * 180)) / Math.PI) / 10,
    tiltAxisDeg: Math.round(10 * ((((axis + 90) % 180) + 180) % 180) - 900) / 10,
  };
}

/** How the cells of all directions are averaged into one radial profile, and the expected level. */
interface ProfileMapping {
  /**
   * For each fitted cell: its index in the cells of a tile, its bin on the profile, and its fraction in the
   * next bin.
   */
  readonly tileCell: Int32Array;
  readonly bin: Int32Array;
  readonly fraction: Float64Array;
  /** Pixels per bin of one tile, over the squared expected power. */
  readonly weight: Float64Array;
  readonly pixels: Float64Array;
  /** Background and half the height of the rings: subtracted first. */
  readonly level: Float64Array;
}

function profileMappingOf(
  optics: CtfOptics,
  fittedSpectrum: PolarSpectrum,
  fit: LikelihoodFit,
  tileBins: number,
  skippedBins: number,
): ProfileMapping {
  const { bins, sectors, s, firstBin, stepPerA, weight } = fittedSpectrum;
  const tileCell = new Int32Array(bins * sectors);
  const bin = new Int32Array(bins * sectors).fill(-1);
  const fraction = new Float64Array(bins * sectors);
  const pixels = new Float64Array(bins);
  for (let j = 0; j < sectors; j++) {
    const defocusA = defocusAlong(fit.defocus, sectorAngle(j));
    for (let i = 0; i < bins; i++) {
      const at = j * bins + i;
      tileCell[at] = j * tileBins + skippedBins + i;
      const index = Math.sqrt(equalPhaseS(optics, defocusA, fit.defocus.mean, s[i]!)) / stepPerA - firstBin;
      const floor = Math.floor(index);
      if (weight[at] === 0 || floor < 0 || floor + 1 >= bins) continue;
      bin[at] = floor;
      fraction[at] = index - floor;
    }
  }
  // The fitted curves are uncertain at their ends: a fraction of the mean of the ring is the lower limit.
  const level = fit.background.map((b, i) =>
    Math.max(0.3 * fittedSpectrum.ringAmplitude[i]! ** 2, b + 0.5 * Math.max(0, fit.envelope[i]!)),
  );
  return {
    tileCell,
    bin,
    fraction,
    pixels,
    level,
    weight: profileWeights(fittedSpectrum, bin, fraction, level, fit.trust, pixels),
  };
}

/** Adds the pixels of the whole micrograph to `pixels`, by bin, and returns trust * pixels / level^2. */
function profileWeights(
  { weight }: PolarSpectrum,
  bin: Int32Array,
  fraction: Float64Array,
  level: Float64Array,
  trust: Float64Array,
  pixels: Float64Array,
): Float64Array {
  bin.forEach((b, at) => {
    if (b < 0) return;
    pixels[b] = pixels[b]! + (1 - fraction[at]!) * weight[at]!;
    pixels[b + 1] = pixels[b + 1]! + fraction[at]! * weight[at]!;
  });
  return pixels.map((p, i) => (trust[i]! * p) / level[i]! ** 2);
}

/** Rings for each defocus, without their smooth part and normalised under the weights. */
interface RingModels {
  readonly firstA: number;
  readonly stepA: number;
  readonly basis: ReturnType<typeof smoothBasis>;
  readonly rings: readonly Float64Array[];
}

function ringModels(
  optics: CtfOptics,
  { s, bins, frequency }: PolarSpectrum,
  fit: LikelihoodFit,
  weight: Float64Array,
): RingModels {
  const basis = smoothBasis(
    frequency.map((f) => Math.sqrt(f)),
    weight,
    BACKGROUND_PIECES,
  );
  const { mean } = fit.defocus;
  const maxDifference = Math.min(MAX_DIFFERENCE_A, MAX_RELATIVE_DIFFERENCE * mean);
  const stepA = PHASE_STEP / (2 * Math.PI * optics.wavelengthA * s[bins - 1]!);
  const steps = Math.max(2, Math.ceil(maxDifference / stepA));
  const rings = Array.from({ length: 2 * steps + 1 }, (_, k) => {
    const model = new Float64Array(bins);
    writeRings(optics, mean + (k - steps) * stepA, s, model);
    for (let i = 0; i < bins; i++) model[i] = model[i]! * Math.max(0, fit.envelope[i]!);
    removeSmooth(basis, model);
    const norm = Math.sqrt(model.reduce((sum, v, i) => sum + weight[i]! * v * v, 0)) || Infinity;
    return model.map((v) => v / norm);
  });
  return { firstA: mean - steps * stepA, stepA, basis, rings };
}

/**
 * Defocus of a tile and its standard error; null if its rings are too weak.
 * Plain loops and functions without closures: in V8 13.6 (Node 24), a closure created here occasionally used
 * the data of an earlier tile (docs/decisions/2026-11-26-wrong-closures.md).
 */
function tileDefocus(tile: TileSpectrum, mapping: ProfileMapping, models: RingModels) {
  const { data, scoreFactor } = ringsOfTile(tile, mapping);
  removeSmooth(models.basis, data);
  const scores = new Float64Array(models.rings.length);
  for (let k = 0; k < scores.length; k++) {
    scores[k] = scoreFactor * product(mapping.weight, models.rings[k]!, data);
  }
  const best = scores.indexOf(Math.max(...scores));
  if (best <= 0 || best >= scores.length - 1 || scores[best]! < MIN_RING_SIGMAS) return null;
  const [a, b, c] = [scores[best - 1]!, scores[best]!, scores[best + 1]!];
  const curvature = 2 * b - a - c;
  return {
    defocusA: models.firstA + (best + (c - a) / (2 * curvature)) * models.stepA,
    errorA: models.stepA / Math.sqrt(b * curvature),
  };
}

/**
 * Profile of a tile's power minus its level. Weights are those of the whole micrograph: `scoreFactor` is the
 * square root of the tile's fraction of the pixels.
 */
function ringsOfTile(
  { power, weight }: TileSpectrum,
  mapping: ProfileMapping,
): { data: Float64Array; scoreFactor: number } {
  const { tileCell, bin, fraction, level } = mapping;
  const data = new Float64Array(level.length);
  const pixels = new Float64Array(level.length);
  for (let at = 0; at < bin.length; at++) {
    const b = bin[at]!;
    if (b < 0) continue;
    const w = weight[tileCell[at]!]!;
    const value = power[tileCell[at]!]!;
    data[b] = data[b]! + (1 - fraction[at]!) * value;
    data[b + 1] = data[b + 1]! + fraction[at]! * value;
    pixels[b] = pixels[b]! + (1 - fraction[at]!) * w;
    pixels[b + 1] = pixels[b + 1]! + fraction[at]! * w;
  }
  for (let i = 0; i < data.length; i++) {
    data[i] = pixels[i]! > 0 ? data[i]! / pixels[i]! - level[i]! : 0;
  }
  return { data, scoreFactor: Math.sqrt(totalOf(pixels) / Math.max(1, totalOf(mapping.pixels))) };
}

function totalOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

function product(weight: Float64Array, a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += weight[i]! * a[i]! * b[i]!;
  return sum;
}
