import { CodedError } from '../../contract/errors.ts';
import { type Ctf, GOOD_CONFIDENCE, NO_RINGS_CONFIDENCE } from '../../contract/record.ts';
import { drawFit } from '../../engine/ctf/draw-fit.ts';
import { estimateCtf } from '../../engine/ctf/estimate.ts';
import type { CtfOutcome, CtfRequest } from '../../engine/ports.ts';
import type { FitCurves } from '../../formats/logs/curves.ts';

/** Fits agree if their mean defocus differs by at most this fraction, as for `GOOD_CONFIDENCE`. */
const DEFOCUS_TOLERANCE = 0.02;
const PROFILE_POINTS = 512;

/** Result of an external program for a micrograph; angle from x to the first defocus. */
export interface ExternalFit {
  readonly defocus1A: number;
  readonly defocus2A: number;
  readonly angleDeg: number;
  readonly phaseShiftDeg: number;
  readonly figureOfMerit: number;
  /** null: the program found no rings. */
  readonly fitResolutionA: number | null;
  readonly fitCriterion: string;
  /** Absent: the program writes none. */
  readonly curves?: FitCurves;
}

/**
 * Converts an external fit to the format of the record. External programs give no confidence, so their fit is
 * compared with the built-in fit of the same micrograph: the confidence is the built-in one if both agree,
 * and at most that of a doubtful fit otherwise. Ice rings are also measured by the built-in fit. If the
 * program writes no curves or no picture, they are drawn from its numbers.
 * @param picture - picture from the program; absent if it writes none
 * @throws CodedError CTF_FAILED if curves or picture must be drawn and no spectrum can be computed
 */
export async function convertFit(
  name: string,
  fit: ExternalFit,
  picture: CtfOutcome['diagnostic'] | undefined,
  request: CtfRequest,
): Promise<{ ctf: Ctf; diagnostic: CtfOutcome['diagnostic']; warnings: string[] }> {
  const warnings: string[] = [];
  const builtin = await builtinFit(request, warnings);
  const mean = (fit.defocus1A + fit.defocus2A) / 2;
  const hasRings = fit.fitResolutionA !== null;
  if (!hasRings) warnings.push(`${name} fitted no Thon rings: its defocus is unreliable`);
  const builtinMean = builtin && (builtin.ctf.defocusUA + builtin.ctf.defocusVA) / 2;
  const fitsAgree = builtinMean !== null && Math.abs(mean / builtinMean - 1) <= DEFOCUS_TOLERANCE;
  if (builtin && hasRings && builtin.ctf.confidence < GOOD_CONFIDENCE)
    warnings.push(`${name} fitted Thon rings, but the built-in fit is uncertain`);
  else if (hasRings && builtinMean !== null && !fitsAgree)
    warnings.push(
      `${name} finds a mean defocus of ${mean.toFixed(0)} A, the built-in fit ${builtinMean.toFixed(0)} A`,
    );
  const [uA, vA, angle] =
    fit.defocus1A >= fit.defocus2A
      ? [fit.defocus1A, fit.defocus2A, fit.angleDeg]
      : [fit.defocus2A, fit.defocus1A, fit.angleDeg + 90];
  const values = {
    defocusUA: uA,
    defocusVA: vA,
    astigmatismA: uA - vA,
    astigmatismAngleDeg: toHalfTurn(angle),
    phaseShiftDeg: fit.phaseShiftDeg,
    figureOfMerit: fit.figureOfMerit,
    fitResolutionA: fit.fitResolutionA ?? request.search.lowResolutionA,
    fitCriterion: fit.fitCriterion,
    confidence: hasRings ? confidenceOf(builtin?.ctf.confidence ?? 0, fitsAgree) : 0,
    iceRingScore: builtin?.ctf.iceRingScore ?? null,
    ...(builtin?.ctf.iceRingDensity === undefined ? {} : { iceRingDensity: builtin.ctf.iceRingDensity }),
  };
  const { profile, diagnostic } = profileAndDiagnostic(fit, picture, () => drawFit(request, values));
  return { ctf: { ...values, profile }, diagnostic, warnings };
}

function profileAndDiagnostic(
  { curves }: ExternalFit,
  picture: CtfOutcome['diagnostic'] | undefined,
  draw: () => ReturnType<typeof drawFit>,
): { profile: Ctf['profile']; diagnostic: CtfOutcome['diagnostic'] } {
  if (curves && picture) return { profile: profileOf(curves), diagnostic: picture };
  const drawing = draw();
  return { profile: curves ? profileOf(curves) : drawing.curves, diagnostic: picture ?? drawing.diagnostic };
}

/**
 * If the fits differ, one of them is wrong, and it is not known which: the result is doubtful, regardless of
 * the confidence of the built-in fit.
 */
const confidenceOf = (builtinConfidence: number, fitsAgree: boolean): number =>
  fitsAgree ? builtinConfidence : Math.min(builtinConfidence, NO_RINGS_CONFIDENCE);

/** Null if the built-in fit failed; the external fit cannot be confirmed then. */
async function builtinFit(request: CtfRequest, warnings: string[]): Promise<CtfOutcome | null> {
  try {
    return await estimateCtf(request);
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'CTF_FAILED') throw error;
    warnings.push(`the built-in fit failed: ${error.message}`);
    return null;
  }
}

/** An equivalent angle, -90 up to 90 degrees: the direction of a line repeats every 180 degrees. */
const toHalfTurn = (deg: number): number => ((((deg + 90) % 180) + 180) % 180) - 90;

/** Every n-th point, rounded, because a record is text. */
function profileOf(curves: FitCurves): Ctf['profile'] {
  const step = Math.ceil(curves.frequencyPerA.length / PROFILE_POINTS);
  const reduce = (values: readonly number[]) =>
    values.filter((_, i) => i % step === 0).map((value) => Number(value.toPrecision(4)));
  const { frequencyPerA, data, model, cc } = curves;
  return { frequencyPerA: reduce(frequencyPerA), data: reduce(data), model: reduce(model), cc: reduce(cc) };
}
