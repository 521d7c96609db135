import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Batch } from '../../src/contract/batch.ts';
import { createMrcStackWriter } from '../../src/formats/mrc/write.ts';
import { readRecord } from '../../src/pipeline/record-file.ts';
import { outputFoldersOf } from '../../src/pipeline/run.ts';
import { runBatch } from '../../src/pipeline/run-batch.ts';
import { micrographRow } from '../../src/pipeline/session-stars.ts';
import { identityOf, SMALL, smallBatch } from '../support/movies.ts';
import { createStubProgram } from './stub-program.ts';

/** A movie that differs from its session, from its files to its record and tables. */
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

test('it keeps its values if only the CTF is repeated', async () => {
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

test('the voltage and dose of its metadata are used for a movie that differs', async () => {
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
