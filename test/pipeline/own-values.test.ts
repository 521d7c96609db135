import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Batch } from '../../src/contract/batch.ts';
import { createMrcStackWriter, writeMrc } from '../../src/formats/mrc/write.ts';
import { recipeFromParameters } from '../../src/pipeline/recipe.ts';
import { readRecord } from '../../src/pipeline/record-file.ts';
import { outputFoldersOf } from '../../src/pipeline/run.ts';
import { runBatch } from '../../src/pipeline/run-batch.ts';
import { micrographRow } from '../../src/pipeline/session-stars.ts';
import { identityOf, SMALL, smallBatch } from '../support/movies.ts';
import { createStubProgram } from './stub-program.ts';

/** Processes movies that differ from their session, and checks their records and rows of the tables. */
let directory: string;
let batch: Batch;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cryoem-own-'));
  batch = await smallBatch(directory, { token: 'own-values', movies: 1 });
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string, pixelSizeA: number | null, size: number = SMALL.width): Batch['movies'][number] {
  const path = join(batch.rawDir, `${name}.mrc`);
  const writer = createMrcStackWriter(path, { width: size, height: size, mode: 6, pixelSizeA });
  for (let frame = 0; frame < SMALL.frames; frame++)
    writer.appendFrame(new Uint8Array(2 * size ** 2).fill(1));
  writer.finish();
  return { ...identityOf(batch.rawDir, `${name}.mrc`, name), attempt: 1 };
}

async function recordsOf(movies: Batch['movies'], recipe = batch.recipe) {
  const session = { ...batch, recipe, peers: movies.map(({ path }) => path), movies };
  const stub = createStubProgram();
  await runBatch(session, stub.tools);
  const records = await Promise.all(movies.map(({ base }) => readRecord(outputFoldersOf(session), base)));
  return { stub, records: records.map((record) => record!) };
}

test('a movie with another pixel size has it in its record, micrograph and tables', async () => {
  const movies = [write('a', 1), write('b', 1), write('c', 2)];
  const { records } = await recordsOf(movies);
  expect(records.map(({ recipe }) => recipe.pixelSizeA)).toEqual([1, 1, 2]);
  expect(records.map(({ statistics }) => statistics?.pixelSizeA)).toEqual([1, 1, 2]);
  expect(records[2]!.warnings.join()).toMatch(/align: .*its header gives 2 A per pixel/);
  const rows = records.map((record) => micrographRow(record)!.optics.moviePixelSizeA);
  expect(rows).toEqual([1, 1, 2]);
});

test('a movie with another pixel size keeps it if only its CTF fit is repeated', async () => {
  const movies = [write('a', 1), write('b', 2)];
  await recordsOf(movies);
  const { stub, records } = await recordsOf(movies, { ...batch.recipe, csMm: 1.4 });
  expect(stub.calls).toMatchObject({ align: 0, ctf: 2 });
  expect(records[1]!.recipe).toMatchObject({ pixelSizeA: 2, csMm: 1.4 });
  expect(records[1]!.warnings.join()).toMatch(/its header gives 2 A per pixel/);
});

test('a movie of another size whose pixel size is not known fails, and the others do not', async () => {
  const movies = [write('a', null), write('b', null), write('c', null, 128)];
  const { records } = await recordsOf(movies);
  expect(records.map(({ outcome }) => outcome.status)).toEqual(['ok', 'ok', 'failed']);
  expect(records[2]!.outcome).toMatchObject({ code: 'MOVIE_DIFFERS', retryable: false });
});

test('a movie whose metadata have another voltage and dose is processed with these values', async () => {
  const movies = ['a', 'b', 'c'].map((name) => write(name, 1));
  const mdoc = (kv: number, dose: number) =>
    `Voltage = ${kv}\n[FrameSet = 0]\nBinning = 1\nPixelSpacing = 1\nFrameDosesAndNumber = ${dose} ${SMALL.frames}\n`;
  for (const [i, text] of [mdoc(300, 1.5), mdoc(300, 1.5), mdoc(200, 3)].entries())
    writeFileSync(join(batch.rawDir, `${movies[i]!.path}.mdoc`), text);
  const { records } = await recordsOf(movies);
  expect(records.map(({ recipe }) => [recipe.voltageKv, recipe.dosePerFrameEA2])).toEqual([
    [300, 1.5],
    [300, 1.5],
    [200, 3],
  ]);
});

/**
 * Processes a session in which a gain reference was found by its name; the mdoc of its movie names another
 * one, which is next to the movie.
 * @returns path of the gain reference that was used, warnings, outcome
 */
async function gainUsed(changes: Partial<Batch>) {
  const movie = write('a', 1);
  const size = { width: SMALL.width, height: SMALL.height };
  for (const [i, name] of ['b_gain.mrc', 'CountRef_new.mrc'].entries())
    writeMrc(
      join(batch.rawDir, name),
      { ...size, data: new Float32Array(size.width ** 2).fill(1 + i) },
      null,
    );
  writeFileSync(join(batch.rawDir, 'a.mrc.mdoc'), '[FrameSet = 0]\nGainReference = CountRef_new.mrc\n');
  const gainPath = join(batch.rawDir, 'b_gain.mrc');
  const recipe = recipeFromParameters({ apix: 1, kev: 300 }, { gainPath, defectMapPath: null });
  const session = { ...batch, root: directory, recipe, ...changes, movies: [movie] };
  const stub = createStubProgram();
  stub.beforeStep.align = ({ onReferences }) =>
    onReferences?.({ movie: { format: 'mrc', ...size }, gain: null, mappedDefects: null });
  await runBatch(session, stub.tools);
  const record = await readRecord(outputFoldersOf(session), 'a');
  return [record?.recipe.gain?.path, record?.warnings.join(), record?.outcome] as const;
}

test('a gain reference that is next to a movie and named in its metadata is used for the movie', async () => {
  const [used, warnings] = await gainUsed({});
  expect(used).toBe(join(batch.rawDir, 'CountRef_new.mrc'));
  expect(warnings).toMatch(/CountRef_new\.mrc is used instead of b_gain\.mrc, because a\.mrc\.mdoc names it/);
});

test('a gain reference that was given at the start is used although metadata name another, with a warning', async () => {
  const given = join(batch.rawDir, 'b_gain.mrc');
  const [used, warnings] = await gainUsed({ named: [given] });
  expect(used).toBe(given);
  expect(warnings).toMatch(/names the gain reference CountRef_new\.mrc, but b_gain\.mrc was given/);
});

test('a gain reference of half the size is refused only if the config file says so', async () => {
  const movie = write('a', 1);
  const half = SMALL.width / 2;
  const gainPath = join(directory, 'half_gain.mrc');
  writeMrc(gainPath, { width: half, height: half, data: new Float32Array(half ** 2).fill(1) }, null);
  const recipe = recipeFromParameters({ apix: 1, kev: 300 }, { gainPath, defectMapPath: null });
  const session: Batch = { ...batch, recipe, movies: [movie], halfSizeGain: 'refuse' };
  await runBatch(session, createStubProgram().tools);
  const { outcome } = (await readRecord(outputFoldersOf(session), 'a'))!;
  expect(outcome).toMatchObject({
    code: 'GAIN_SIZE_MISMATCH',
    message: expect.stringMatching(/half_size_gain/),
  });
});
