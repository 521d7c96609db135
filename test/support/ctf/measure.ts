import { DEFAULT_CTF_SEARCH } from '../../../src/contract/recipe.ts';
import type { Ctf } from '../../../src/contract/record.ts';
import { estimateCtf } from '../../../src/engine/ctf/estimate.ts';
import type { MicrographTruth } from './micrograph.ts';

/** Input of the fit for a micrograph, and its true values. */
export type CtfTruth = Pick<
  MicrographTruth,
  | 'pixelSizeA'
  | 'voltageKv'
  | 'csMm'
  | 'amplitudeContrast'
  | 'defocusUA'
  | 'defocusVA'
  | 'angleDeg'
  | 'phaseShiftDeg'
>;

export interface Row {
  readonly name: string;
  readonly meanA: number;
  readonly meanErrorA: number;
  /** Length of the error of the astigmatism, which is a vector of length U - V at twice its angle. */
  readonly astigmatismErrorA: number;
  readonly phaseErrorDeg: number | null;
  readonly confidence: number;
  readonly fitResolutionA: number;
  readonly cpuSeconds: number;
  /** Peak memory of the process so far, including the generation of the images. */
  readonly peakMb: number;
}

/** Fits a phase shift of 0-180 degrees only if the micrograph has one; the fit gets no other true values. */
export async function fitImage(
  image: Float32Array,
  width: number,
  known: CtfTruth,
): Promise<{ ctf: Ctf; cpuSeconds: number }> {
  const { pixelSizeA, voltageKv, csMm, amplitudeContrast, phaseShiftDeg } = known;
  const start = process.cpuUsage();
  const { ctf } = await estimateCtf({
    image,
    width,
    height: image.length / width,
    pixelSizeA,
    voltageKv,
    csMm,
    amplitudeContrast,
    search: {
      ...DEFAULT_CTF_SEARCH,
      ...(phaseShiftDeg > 0 && { phaseShift: { minimumDeg: 0, maximumDeg: 180 } }),
    },
  });
  const used = process.cpuUsage(start);
  return { ctf, cpuSeconds: (used.user + used.system) / 1e6 };
}

export function compare(name: string, known: CtfTruth, ctf: Ctf, cpuSeconds: number): Row {
  const meanA = (known.defocusUA + known.defocusVA) / 2;
  const found = vector(ctf.astigmatismA, ctf.astigmatismAngleDeg);
  const truth = vector(known.defocusUA - known.defocusVA, known.angleDeg);
  return {
    name,
    meanA,
    meanErrorA: (ctf.defocusUA + ctf.defocusVA) / 2 - meanA,
    astigmatismErrorA: Math.hypot(found[0] - truth[0], found[1] - truth[1]),
    phaseErrorDeg: known.phaseShiftDeg > 0 ? ctf.phaseShiftDeg - known.phaseShiftDeg : null,
    confidence: ctf.confidence,
    fitResolutionA: ctf.fitResolutionA,
    cpuSeconds,
    peakMb: process.resourceUsage().maxRSS / 1000,
  };
}

const vector = (length: number, degrees: number) =>
  [length * Math.cos((degrees * Math.PI) / 90), length * Math.sin((degrees * Math.PI) / 90)] as const;

export function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))] ?? Number.NaN;
}
