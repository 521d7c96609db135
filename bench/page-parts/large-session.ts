import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../src/base/random.ts';
import type { MovieMetadata } from '../../src/contract/metadata.ts';
import type { Ctf, Motion, ResultRecord } from '../../src/contract/record.ts';
import { recipeFromParameters, recipeHash, stepHashes } from '../../src/pipeline/recipe.ts';
import type { SessionPaths } from '../../src/sessions/names.ts';
import { epuNames } from '../../src/simulator/epu-names.ts';
import { gridPosition } from '../../src/simulator/grid.ts';

const SEED = 7;
/** 240 movies per grid square: 50,000 movies fill about 200 squares and 6,000 holes. */
const HOLE_LAYOUT = { holesPerSquare: 30, moviesPerHole: 8 };
const STARTED_AT = new Date('2026-01-01T00:00:00Z');
/** A fast microscope: 1,000 movies per hour. */
const MS_PER_MOVIE = 3600;

/**
 * Folder and name of the movie with this index (from 0). They depend only on the index, so that they are
 * known without reading the session.
 */
export const namesOf = (index: number) =>
  epuNames(SEED, gridPosition(SEED, index + 1, HOLE_LAYOUT), STARTED_AT);

/** The metadata that EPU would have written next to the movie. */
function metadataOf(index: number): MovieMetadata {
  const { stageUm, beamShift, targetFraction } = gridPosition(SEED, index + 1, HOLE_LAYOUT);
  const [x, y, z] = stageUm;
  return {
    program: 'EPU',
    file: 'generated',
    pixelSizeA: 0.8,
    superResolution: false,
    voltageKv: 300,
    doseEA2: 40,
    dosePerFrameEA2: 1,
    frames: 40,
    exposureSeconds: 2,
    stageUm: { x, y, z },
    stageAlphaDeg: 0,
    beamShift: [...beamShift],
    beamShiftUnit: 'program',
    gridSquare: null,
    hole: null,
    holePosition: null,
    targetDefocusUm: 0.8 + 1.2 * targetFraction,
    magnification: 105_000,
    detector: null,
    acquiredAt: null,
    gainReference: null,
    defectFile: null,
    warnings: [],
  };
}

/**
 * Writes a session with this number of movies, each with a result record. A movie file has four bytes, and
 * there are no outputs: the benchmark opens neither.
 * @param resultsOf - returns the results for the record of a movie
 */
export function writeLargeSession(
  paths: SessionPaths,
  movies: number,
  resultsOf: (index: number) => Partial<ResultRecord> = () => ({}),
): void {
  const recipe = recipeFromParameters({ apix: 0.8, kev: 300 }, { gainPath: null, defectMapPath: null });
  const nowMs = Date.now();
  const commonFields = {
    version: 1 as const,
    recipe,
    recipeHash: recipeHash(recipe),
    stepHashes: stepHashes(recipe),
    attempt: 1,
    host: 'bench',
    executor: 'local',
    serviceVersion: '0',
    steps: [],
    motion: null,
    ctf: null,
    statistics: null,
    warnings: [],
    outcome: { status: 'ok' as const },
  };
  mkdirSync(paths.results, { recursive: true });
  for (let i = 0; i < movies; i++) {
    const { folder, base } = namesOf(i);
    if (i % (HOLE_LAYOUT.holesPerSquare * HOLE_LAYOUT.moviesPerHole) === 0)
      mkdirSync(join(paths.raw, folder), { recursive: true });
    const path = `${folder}/${base}_fractions.tiff`;
    writeFileSync(join(paths.raw, path), 'II*\0');
    const { size: sizeBytes, mtimeMs } = statSync(join(paths.raw, path));
    const startedAt = new Date(nowMs - (movies - i) * MS_PER_MOVIE).toISOString();
    const movie = { path, base, sizeBytes, mtimeMs };
    const record: ResultRecord = {
      ...commonFields,
      startedAt,
      finishedAt: startedAt,
      movie,
      files: {},
      ...resultsOf(i),
    };
    writeFileSync(join(paths.results, `${base}.json`), JSON.stringify(record));
  }
}

/**
 * Typical results: defocus near its target, fit resolution depending on the ice of the square, one movie in
 * fifty without Thon rings.
 */
export function typicalResults(seed: number): (index: number) => Partial<ResultRecord> {
  const { uniform, gaussian: normal } = createRandom(seed);
  return (index) => {
    const hasRings = uniform() > 0.02;
    const metadata = metadataOf(index);
    const position = gridPosition(SEED, index + 1, HOLE_LAYOUT);
    const ice = Math.abs(Math.sin(index / 3000)) * 0.4 + 0.1 * (position.ice - 1) + 0.05 * Math.abs(normal());
    const defocusVA = 1e4 * ((metadata.targetDefocusUm ?? 0) + position.defocusErrorUm) + 200 * normal();
    const astigmatismA = Math.abs(250 + 120 * normal());
    const totalA = 12 + 6 * Math.abs(normal()) + (uniform() < 0.01 ? 80 * uniform() : 0);
    const earlyA = totalA * (0.4 + 0.2 * uniform());
    const ctf: Ctf = {
      defocusUA: defocusVA + astigmatismA,
      defocusVA,
      astigmatismA,
      astigmatismAngleDeg: 180 * uniform() - 90,
      phaseShiftDeg: 0,
      figureOfMerit: 0.3,
      fitResolutionA: hasRings ? 3.2 + 4 * ice + 0.3 * Math.abs(normal()) : 12 + 8 * uniform(),
      fitCriterion: 'generated',
      confidence: hasRings ? 0.8 + 0.2 * uniform() : 0.05 * uniform(),
      iceRingScore: ice,
      profile: { frequencyPerA: [], data: [], model: [], cc: [] },
    };
    const motion: Motion = {
      frames: 40,
      firstFrame: 1,
      lastFrame: 40,
      referenceFrame: 1,
      converged: true,
      iterations: 4,
      shiftsPixels: [],
      shiftsA: [],
      totalA,
      earlyA,
      lateA: totalA - earlyA,
      meanShiftA: totalA / 39,
    };
    return {
      ctf,
      motion,
      metadata,
      statistics: {
        width: 5760,
        height: 4092,
        pixelSizeA: 0.8,
        minimum: 0,
        maximum: 90,
        mean: 40,
        standardDeviation: 7,
        meanDosePerPixelFrame: 1 + 0.05 * normal(),
      },
    };
  };
}
