import type { LocalMotionRecord, Motion } from '../contract/record.ts';
import type { Alignment } from './adapter.ts';

/** Boundary between early and late motion, e/A^2, as in RELION and cryoSPARC. */
const EARLY_DOSE_EA2 = 4;
const ROUNDING = 1e-9;

type MotionSource = Pick<
  Alignment,
  | 'frames'
  | 'firstFrame'
  | 'lastFrame'
  | 'referenceFrame'
  | 'shiftsPixels'
  | 'dosePerFrameEA2'
  | 'converged'
  | 'iterations'
  | 'local'
  | 'isUnmeasured'
>;

/**
 * Motion for the record, from the shifts of an alignment. All lengths are path lengths over the used frames.
 * The step to frame n (1-based) counts as early if the dose up to the end of that frame, n * dose, is at most
 * 4 e/A^2, as in RELION; skipped frames were exposed too.
 * There are no values if no motion was measured.
 * @param pixelSizeA - of the movie as rendered, before binning
 */
export function describeMotion(aligned: MotionSource, pixelSizeA: number): Motion {
  if (aligned.isUnmeasured) return { ...framesOf(aligned), ...NO_MOTION };
  const shiftsPixels = aligned.shiftsPixels.map(([x, y]): [number, number] => [x, y]);
  const shiftsA = shiftsPixels.map(([x, y]): [number, number] => [x * pixelSizeA, y * pixelSizeA]);
  const stepsA = shiftsA.slice(1).map(([x, y], i) => {
    const [previousX, previousY] = shiftsA[i] ?? [x, y];
    return Math.hypot(x - previousX, y - previousY);
  });
  const totalA = sumOf(stepsA);
  const dose = aligned.dosePerFrameEA2;
  const earlySteps =
    dose === null
      ? null
      : stepsA.filter((_, i) => (aligned.firstFrame + i + 1) * dose <= EARLY_DOSE_EA2 * (1 + ROUNDING));
  return {
    ...framesOf(aligned),
    shiftsPixels,
    shiftsA,
    totalA,
    earlyA: earlySteps && sumOf(earlySteps),
    lateA: earlySteps && sumOf(stepsA.slice(earlySteps.length)),
    meanShiftA: stepsA.length === 0 ? 0 : totalA / stepsA.length,
    converged: aligned.converged,
    iterations: aligned.iterations,
    local: describeLocal(aligned.local),
  };
}

const framesOf = ({ frames, firstFrame, lastFrame, referenceFrame }: MotionSource) => ({
  frames,
  firstFrame,
  lastFrame,
  referenceFrame,
});

/** Values of a movie whose motion was not measured; zeros would mean that the specimen did not move. */
const NO_MOTION = {
  shiftsPixels: [],
  shiftsA: [],
  totalA: null,
  earlyA: null,
  lateA: null,
  meanShiftA: null,
  converged: false,
  iterations: 0,
  local: null,
} satisfies Partial<Motion>;

function describeLocal(local: Alignment['local']): LocalMotionRecord | null {
  if (!local?.fit) return null;
  const { patches, coefficientsX, coefficientsY, ...numbers } = local.fit;
  return {
    patches: [patches[0], patches[1]],
    coefficientsX: [...coefficientsX],
    coefficientsY: [...coefficientsY],
    ...numbers,
  };
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
