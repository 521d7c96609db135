import { createHash } from 'node:crypto';
import { DEFAULT_CTF_SEARCH } from '../../src/contract/recipe.ts';
import type { Ctf, Motion, ResultRecord } from '../../src/contract/record.ts';
import { recipeFromParameters } from '../../src/pipeline/recipe.ts';

/** Results of a successful record, derived from a number, for tests of whole sessions. */
export const resultsOf = (base: string, n: number) =>
  ({
    motion: motionOf(n),
    ctf: ctfOf(n),
    statistics: {
      width: 64,
      height: 32,
      pixelSizeA: 0.85,
      minimum: 0,
      maximum: 9,
      mean: 4,
      standardDeviation: 1,
      meanDosePerPixelFrame: 1,
    },
    files: {
      sum: `${base}.mrc`,
      doseWeighted: `${base}_DW.mrc`,
      motionStar: `${base}.star`,
      spectrum: `${base}.ctf`,
    },
  }) satisfies Partial<ResultRecord>;

const motionOf = (n: number): Motion => ({
  frames: 2,
  firstFrame: 1,
  lastFrame: 2,
  referenceFrame: 1,
  converged: true,
  iterations: 3,
  shiftsPixels: [
    [0, 0],
    [n, 0],
  ],
  shiftsA: [
    [0, 0],
    [n, 0],
  ],
  totalA: n,
  earlyA: n / 4,
  lateA: (3 * n) / 4,
  meanShiftA: n,
});

const ctfOf = (n: number): Ctf => ({
  defocusUA: 10_000 + n,
  defocusVA: 9_900 + n,
  astigmatismA: 100,
  astigmatismAngleDeg: -30,
  phaseShiftDeg: 0,
  figureOfMerit: 0.2,
  fitResolutionA: 3.5,
  fitCriterion: 'test',
  confidence: 0.9,
  iceRingScore: 0.1,
  iceRingDensity: 0.5,
  profile: { frequencyPerA: [], data: [], model: [], cc: [] },
});

export function successfulRecord(n: number, changes: Partial<ResultRecord> = {}): ResultRecord {
  const base = `FoilHole_${n}`;
  const hash = createHash('sha256').update(base).digest('hex');
  const now = '2026-01-02T03:04:05.000Z';
  return {
    version: 1,
    movie: { path: `GridSquare_1/Data/${base}_fractions.tiff`, base, sizeBytes: 1, mtimeMs: 1 },
    recipe: {
      ...recipeFromParameters(
        { apix: 0.425, kev: 300, superresolution: true },
        { gainPath: null, defectMapPath: null },
      ),
      ctf: DEFAULT_CTF_SEARCH,
    },
    recipeHash: hash,
    stepHashes: { align: hash, ctf: hash },
    attempt: 1,
    host: 'here',
    executor: 'test',
    serviceVersion: '0',
    startedAt: now,
    finishedAt: now,
    steps: [],
    warnings: [],
    outcome: { status: 'ok' },
    ...resultsOf(base, n),
    ...changes,
  };
}
