import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ctf, Motion, ResultRecord } from '../../src/contract/record.ts';
import { recipeFromParameters, recipeHash, stepHashes } from '../../src/pipeline/recipe.ts';
import type { SessionPaths } from '../../src/sessions/names.ts';
import { chance } from '../ctf-parts/random.ts';

const MOVIES_PER_SQUARE = 500;
/** A fast microscope: 1,000 movies an hour. */
const MS_PER_MOVIE = 3600;

/**
 * Writes a session of so many movies, all with a record. Movies are four bytes, and outputs are not there: neither is
 * opened by what is measured.
 * @param resultsOf - what the record of a movie says beyond that it is good
 */
export function writeLargeSession(
  paths: SessionPaths,
  movies: number,
  resultsOf: (index: number) => Partial<ResultRecord> = () => ({}),
): void {
  const recipe = recipeFromParameters({ apix: 0.8, kev: 300 }, { gainPath: null, defectMapPath: null });
  const nowMs = Date.now();
  const shared = {
    ...{
      version: 1 as const,
      recipe,
      recipeHash: recipeHash(recipe),
      stepHashes: stepHashes(recipe),
      attempt: 1,
    },
    ...{ host: 'bench', executor: 'local', serviceVersion: '0', steps: [] },
    ...{ motion: null, ctf: null, statistics: null, warnings: [], outcome: { status: 'ok' as const } },
  };
  mkdirSync(paths.results, { recursive: true });
  for (let i = 0; i < movies; i++) {
    const folder = `GridSquare_${Math.floor(i / MOVIES_PER_SQUARE)}/Data`;
    if (i % MOVIES_PER_SQUARE === 0) mkdirSync(join(paths.raw, folder), { recursive: true });
    const base = `FoilHole_${String(i).padStart(6, '0')}_Data_1_20260101_000000`;
    const path = `${folder}/${base}_fractions.tiff`;
    writeFileSync(join(paths.raw, path), 'II*\0');
    const { size: sizeBytes, mtimeMs } = statSync(join(paths.raw, path));
    const startedAt = new Date(nowMs - (movies - i) * MS_PER_MOVIE).toISOString();
    const movie = { path, base, sizeBytes, mtimeMs };
    const record: ResultRecord = {
      ...{ ...shared, startedAt, finishedAt: startedAt, movie, files: {} },
      ...resultsOf(i),
    };
    writeFileSync(join(paths.results, `${base}.json`), JSON.stringify(record));
  }
}

/** Figures as a session shows them: defocus in steps by hole, drift of resolution with ice, one in fifty without rings. */
export function likelyResults(seed: number): (index: number) => Partial<ResultRecord> {
  const { uniform: even, gaussian: normal } = chance(seed);
  return (index) => {
    const hasRings = even() > 0.02;
    const ice = Math.abs(Math.sin(index / 3000)) * 0.4 + 0.05 * Math.abs(normal());
    const defocusVA = 8000 + 1500 * (index % 10) + 400 * normal();
    const astigmatismA = Math.abs(250 + 120 * normal());
    const totalA = 12 + 6 * Math.abs(normal()) + (even() < 0.01 ? 80 * even() : 0);
    const earlyA = totalA * (0.4 + 0.2 * even());
    const ctf: Ctf = {
      ...{ defocusUA: defocusVA + astigmatismA, defocusVA, astigmatismA },
      ...{ astigmatismAngleDeg: 180 * even() - 90, phaseShiftDeg: 0, figureOfMerit: 0.3 },
      fitResolutionA: hasRings ? 3.2 + 4 * ice + 0.3 * Math.abs(normal()) : 12 + 8 * even(),
      ...{ fitCriterion: 'generated', confidence: hasRings ? 0.8 + 0.2 * even() : 0.05 * even() },
      iceRingScore: ice,
      profile: { frequencyPerA: [], data: [], model: [], cc: [] },
    };
    const motion: Motion = {
      ...{ frames: 40, firstFrame: 1, lastFrame: 40, referenceFrame: 1, converged: true, iterations: 4 },
      ...{ shiftsPixels: [], shiftsA: [], totalA, earlyA, lateA: totalA - earlyA, meanShiftA: totalA / 39 },
    };
    return {
      ...{ ctf, motion },
      statistics: {
        ...{ width: 5760, height: 4092, pixelSizeA: 0.8, minimum: 0, maximum: 90, mean: 40 },
        ...{ standardDeviation: 7, meanDosePerPixelFrame: 1 + 0.05 * normal() },
      },
    };
  };
}
