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

/**
 * Fits the CTF of an image; a phase shift of 0-180 degrees is fitted only if the truth has one. The fit
 * receives no true value of defocus or astigmatism.
 */
export async function fitImage(
  image: Float32Array,
  width: number,
  truth: CtfTruth,
): Promise<{ ctf: Ctf; cpuSeconds: number }> {
  const { pixelSizeA, voltageKv, csMm, amplitudeContrast, phaseShiftDeg } = truth;
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
  const usage = process.cpuUsage(start);
  return { ctf, cpuSeconds: (usage.user + usage.system) / 1e6 };
}

export function compare(name: string, truth: CtfTruth, ctf: Ctf, cpuSeconds: number): Row {
  const meanA = (truth.defocusUA + truth.defocusVA) / 2;
  const fittedAstigmatism = vector(ctf.astigmatismA, ctf.astigmatismAngleDeg);
  const trueAstigmatism = vector(truth.defocusUA - truth.defocusVA, truth.angleDeg);
  return {
    name,
    meanA,
    meanErrorA: (ctf.defocusUA + ctf.defocusVA) / 2 - meanA,
    astigmatismErrorA: Math.hypot(
      fittedAstigmatism[0] - trueAstigmatism[0],
      fittedAstigmatism[1] - trueAstigmatism[1],
    ),
    phaseErrorDeg: truth.phaseShiftDeg > 0 ? ctf.phaseShiftDeg - truth.phaseShiftDeg : null,
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
