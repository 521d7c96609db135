import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { recordPath } from '../../src/pipeline/record-file.ts';
import { identityOf, SMALL, writeMovie } from '../support/movies.ts';
import { ALL_OUTPUTS, withMovie } from './with-movie.ts';

const { fixture, run, inProcessed, moviePath, recordOnDisk, outputs, runWithRecipe } = withMovie();

describe('a movie that has a record', () => {
  it('is left unchanged if nothing changed', async () => {
    await run();
    const originalText = readFileSync(recordPath(fixture.batch.processedDir, 'movie_1'), 'utf8');
    expect((await run({ token: 'token-two' })).status).toBe('skipped');
    expect(readFileSync(recordPath(fixture.batch.processedDir, 'movie_1'), 'utf8')).toBe(originalText);
    expect(fixture.stub.calls).toMatchObject({ align: 1, ctf: 1 });
  });

  it('repeats only its CTF estimation, from the micrograph on disk, if a change affects nothing else', async () => {
    await run();
    const firstRecord = recordOnDisk();
    rmSync(moviePath());
    expect((await runWithRecipe({ csMm: 1.4 })).status).toBe('ok');
    const secondRecord = recordOnDisk();
    expect(fixture.stub.calls).toMatchObject({ align: 1, ctf: 2 });
    expect(secondRecord.ctf?.defocusUA).toBe(10_001.4);
    expect([secondRecord.motion, secondRecord.statistics, secondRecord.files]).toEqual([
      firstRecord.motion,
      firstRecord.statistics,
      firstRecord.files,
    ]);
    expect(secondRecord.steps[0]).toEqual(firstRecord.steps[0]);
    expect(secondRecord.warnings).toEqual(firstRecord.warnings);
    expect(outputs()).toEqual(ALL_OUTPUTS);
  });

  it('uses the same pixels for a repeated CTF fit as in the first run', async () => {
    const images: Float32Array[] = [];
    fixture.stub.beforeStep.ctf = (request) => images.push(request.image);
    await run();
    await runWithRecipe({ csMm: 1.4 });
    expect(images[1]).toEqual(images[0]);
  });

  it('is fully reprocessed if the alignment is affected', async () => {
    await run();
    await runWithRecipe({ throwFrames: 1 });
    expect(fixture.stub.calls).toMatchObject({ align: 2, ctf: 2 });
  });

  it('is fully reprocessed if an output is missing', async () => {
    await run();
    rmSync(inProcessed('movie_1.mrc'));
    expect((await run()).status).toBe('ok');
    expect(fixture.stub.calls.align).toBe(2);
    expect(outputs()).toEqual(ALL_OUTPUTS);
  });

  it('is reprocessed if it was replaced by another movie of the same name', async () => {
    await run();
    writeMovie(moviePath(), 99, { ...SMALL, frames: 2 });
    const movies = [
      {
        ...fixture.batch.movies[0]!,
        ...identityOf(fixture.batch.rawDir, fixture.batch.movies[0]!.path, 'movie_1'),
      },
    ];
    expect((await run({ movies })).status).toBe('ok');
    expect(recordOnDisk().motion?.frames).toBe(2);
  });

  it('is reprocessed if the record is corrupt', async () => {
    await run();
    writeFileSync(recordPath(fixture.batch.processedDir, 'movie_1'), '{"version":');
    expect((await run()).status).toBe('ok');
    expect(recordOnDisk().outcome.status).toBe('ok');
  });

  it('loses outputs that the new recipe does not produce', async () => {
    await run();
    await runWithRecipe({ dosePerFrameEA2: null });
    expect(existsSync(inProcessed('movie_1_DW.mrc'))).toBe(false);
  });
});
