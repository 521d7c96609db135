import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BATCH_VERSION, type Batch } from '../../src/contract/batch.ts';
import type { ResultRecord } from '../../src/contract/record.ts';
import { writeMrc } from '../../src/formats/mrc/write.ts';
import { parseStar } from '../../src/formats/star/parse.ts';
import { registerPrograms } from '../../src/pipeline/adapter.ts';
import { builtinAdapter } from '../../src/pipeline/builtin.ts';
import { enginePictures } from '../../src/pipeline/pictures.ts';
import { recipeFromParameters } from '../../src/pipeline/recipe.ts';
import { readRecord } from '../../src/pipeline/record-file.ts';
import { outputFoldersOf } from '../../src/pipeline/run.ts';
import { runBatch } from '../../src/pipeline/run-batch.ts';
import { createDetector } from '../../src/simulator/gain.ts';
import { type MovieFacts, simulateMovie } from '../../src/simulator/movie.ts';
import { identityOf } from '../support/movies.ts';

/**
 * Runs the built-in engine in the pipeline, from a simulated movie to its record. This tests that all parts
 * use the same units and signs.
 */
const SIZE = { width: 1024, height: 1024, frames: 8 };
const APIX = 1.2;

let directory: string;
let truth: MovieFacts;
let record: ResultRecord;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cryoem-builtin-'));
  const [rawDir, processedDir] = ['raw', 'processed'].map((name) => join(directory, name)) as [
    string,
    string,
  ];
  mkdirSync(rawDir);
  mkdirSync(processedDir);
  const detector = createDetector({ ...SIZE, seed: 1 });
  const gainPath = join(directory, 'gain.mrc');
  writeMrc(gainPath, { ...SIZE, data: detector.gain }, null);
  const path = join(rawDir, 'X_fractions.tiff');
  truth = await simulateMovie({ ...SIZE, path, seed: 3, detector, pixelSizeA: APIX, dosePerFrameEA2: 3 });
  const batch: Batch = {
    version: BATCH_VERSION,
    token: 'builtin-test',
    rawDir,
    processedDir,
    recipe: recipeFromParameters({ apix: APIX, kev: 300, fmdose: 3 }, { gainPath, defectMapPath: null }),
    executor: 'test',
    threads: 1,
    movies: [{ ...identityOf(rawDir, 'X_fractions.tiff', 'X'), attempt: 1 }],
  };
  const tools = {
    programs: registerPrograms(builtinAdapter('test')),
    pictures: enginePictures,
    serviceVersion: 'test',
  };
  await runBatch(batch, tools);
  record = (await readRecord(outputFoldersOf({ processedDir }), 'X'))!;
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the built-in engine in the pipeline', () => {
  it('finds the motion of the content, in pixels, and writes it to the STAR file with the sign convention of RELION', () => {
    expect(record.outcome).toEqual({ status: 'ok' });
    const reference = truth.shiftsPixels[record.motion!.referenceFrame - 1]!;
    const star = parseStar(readFileSync(join(directory, 'processed', 'X.star'), 'utf8'));
    const rows = star.find((block) => block.name === 'global_shift')!.rows;
    expect(rows).toHaveLength(SIZE.frames);
    for (const [i, [x, y]] of truth.shiftsPixels.entries()) {
      const [foundX, foundY] = record.motion!.shiftsPixels[i]!;
      expect(Math.hypot(foundX - (x - reference[0]), foundY - (y - reference[1]))).toBeLessThan(0.15);
      expect(Number(rows[i]![0])).toBe(i + 1);
      expect(Number(rows[i]![1])).toBeCloseTo(-foundX, 5);
      expect(Number(rows[i]![2])).toBeCloseTo(-foundY, 5);
    }
  });

  it('finds the defocus within a few percent', () => {
    const fittedA = (record.ctf!.defocusUA + record.ctf!.defocusVA) / 2;
    const expected = (truth.defocusUA + truth.defocusVA) / 2;
    expect(Math.abs(fittedA / expected - 1)).toBeLessThan(0.03);
  });

  it('lists the hot pixels of the camera, and counts the dead pixels of the gain reference', () => {
    const camera = createDetector({ ...SIZE, seed: 1 });
    const coordinates = (pixels: readonly (readonly number[])[]) =>
      pixels.map(([x, y]) => `${x},${y}`).sort();
    const { known, hot, hotCount } = record.replacedPixels!;
    expect(known).toBe(new Set(coordinates(camera.deadPixels)).size);
    expect(coordinates(hot)).toEqual(coordinates(camera.hotPixels));
    expect(hotCount).toBe(hot.length);
  });

  it('writes its images as JPEG files', () => {
    for (const role of ['thumbnail', 'ctfPicture', 'combined', 'gainPicture']) {
      const bytes = readFileSync(join(directory, 'processed', record.files[role]!));
      expect([...bytes.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    }
  });
});
