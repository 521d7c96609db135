import { CodedError } from '../../contract/errors.ts';
import { type Ctf, GOOD_CONFIDENCE, NO_RINGS_CONFIDENCE } from '../../contract/record.ts';
import { drawFit } from '../../engine/ctf/draw-fit.ts';
import { estimateCtf } from '../../engine/ctf/estimate.ts';
import type { CtfOutcome, CtfRequest } from '../../engine/ports.ts';
import type { FitCurves } from '../../formats/logs/curves.ts';

/** Two fits within this fraction of the mean defocus agree: the definition of "good" in the contract. */
const AGREEMENT = 0.02;
const PROFILE_POINTS = 512;

/** Result of an external program for a micrograph; angle from x to the first defocus. */
export interface ForeignFit {
  readonly defocus1A: number;
  readonly defocus2A: number;
  readonly angleDeg: number;
  readonly phaseShiftDeg: number;
  readonly figureOfMerit: number;
  /** null: it found no rings. */
  readonly fitResolutionA: number | null;
  readonly fitCriterion: string;
  /** Absent: the program writes none. */
  readonly curves?: FitCurves;
}

/**
 * An external fit in the format of the record. External programs give no confidence, so their fit is compared
 * with the built-in fit of the same micrograph: the confidence is the built-in one if both agree, and at most
 * that of a doubtful fit otherwise. The ice rings are measured by the built-in fit too. Curves and picture
 * that the program does not write are drawn from its numbers.
 * @param picture - the program's own; absent: it writes none
 * @throws CodedError CTF_FAILED if something must be drawn and no spectrum can be computed
 */
export async function recordFit(
  name: string,
  fit: ForeignFit,
  picture: CtfOutcome['diagnostic'] | undefined,
  request: CtfRequest,
): Promise<{ ctf: Ctf; diagnostic: CtfOutcome['diagnostic']; warnings: string[] }> {
  const warnings: string[] = [];
  const own = await builtinOpinion(request, warnings);
  const mean = (fit.defocus1A + fit.defocus2A) / 2;
  const isSeen = fit.fitResolutionA !== null;
  if (!isSeen) warnings.push(`${name} fitted no ring: its defocus is a guess`);
  const ownMean = own && (own.ctf.defocusUA + own.ctf.defocusVA) / 2;
  const agrees = ownMean !== null && Math.abs(mean / ownMean - 1) <= AGREEMENT;
  if (own && isSeen && own.ctf.confidence < GOOD_CONFIDENCE)
    warnings.push(`the fit of ${name} is good, the built-in fit is not`);
  else if (isSeen && ownMean !== null && !agrees)
    warnings.push(
      `${name} finds a mean defocus of ${mean.toFixed(0)} A, the built-in fit ${ownMean.toFixed(0)} A`,
    );
  const [uA, vA, angle] =
    fit.defocus1A >= fit.defocus2A
      ? [fit.defocus1A, fit.defocus2A, fit.angleDeg]
      : [fit.defocus2A, fit.defocus1A, fit.angleDeg + 90];
  const numbers = {
    defocusUA: uA,
    defocusVA: vA,
    astigmatismA: uA - vA,
    astigmatismAngleDeg: withinHalfTurn(angle),
    phaseShiftDeg: fit.phaseShiftDeg,
    figureOfMerit: fit.figureOfMerit,
    fitResolutionA: fit.fitResolutionA ?? request.search.lowResolutionA,
    fitCriterion: fit.fitCriterion,
    confidence: isSeen ? confidenceOf(own?.ctf.confidence ?? 0, agrees) : 0,
    iceRingScore: own?.ctf.iceRingScore ?? null,
    ...(own?.ctf.iceRingDensity === undefined ? {} : { iceRingDensity: own.ctf.iceRingDensity }),
  };
  const { profile, diagnostic } = shownFit(fit, picture, () => drawFit(request, numbers));
  return { ctf: { ...numbers, profile }, diagnostic, warnings };
}

function shownFit(
  { curves }: ForeignFit,
  picture: CtfOutcome['diagnostic'] | undefined,
  draw: () => ReturnType<typeof drawFit>,
): { profile: Ctf['profile']; diagnostic: CtfOutcome['diagnostic'] } {
  if (curves && picture) return { profile: thinned(curves), diagnostic: picture };
  const drawn = draw();
  return { profile: curves ? thinned(curves) : drawn.curves, diagnostic: picture ?? drawn.diagnostic };
}

/**
 * If the fits differ, one is wrong, and it is not known which: the result is doubtful, whatever the
 * confidence of either.
 */
const confidenceOf = (own: number, agrees: boolean): number =>
  agrees ? own : Math.min(own, NO_RINGS_CONFIDENCE);

/** If the built-in fit is not possible, the other one cannot be confirmed. */
async function builtinOpinion(request: CtfRequest, warnings: string[]): Promise<CtfOutcome | null> {
  try {
    return await estimateCtf(request);
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'CTF_FAILED') throw error;
    warnings.push(`the built-in fit failed: ${error.message}`);
    return null;
  }
}

/** The same direction of a line, -90 up to 90 degrees. */
const withinHalfTurn = (deg: number): number => ((((deg + 90) % 180) + 180) % 180) - 90;

/** Every n-th point, rounded, because a record is text. */
function thinned(curves: FitCurves): Ctf['profile'] {
  const step = Math.ceil(curves.frequencyPerA.length / PROFILE_POINTS);
  const take = (values: readonly number[]) =>
    values.filter((_, i) => i % step === 0).map((value) => Number(value.toPrecision(4)));
  const { frequencyPerA, data, model, cc } = curves;
  return { frequencyPerA: take(frequencyPerA), data: take(data), model: take(model), cc: take(cc) };
}
