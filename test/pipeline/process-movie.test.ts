import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Batch } from '../../src/contract/batch.ts';
import { CodedError, type ErrorCode } from '../../src/contract/errors.ts';
import { openInputFile } from '../../src/formats/input-file.ts';
import { openMrc } from '../../src/formats/mrc/read.ts';
import { readImage } from '../../src/formats/open.ts';
import { identityOf, SMALL, writeMovie } from '../support/movies.ts';
import { createStubProgram, DRIFT } from './stub-program.ts';
import { ALL_OUTPUTS, withMovie } from './with-movie.ts';

const { fixture, run, inProcessed, moviePath, recordOnDisk, outputs, runWithRecipe } = withMovie();

describe('a good movie', () => {
  it('has all outputs and a record that lists them, and no temporary file is left', async () => {
    expect((await run()).status).toBe('ok');
    expect(outputs()).toEqual(ALL_OUTPUTS);
    const record = recordOnDisk();
    expect(record.outcome).toEqual({ status: 'ok' });
    expect(Object.values(record.files).sort()).toEqual(ALL_OUTPUTS.slice(0, -1));
    expect(record.steps.map((step) => step.name)).toEqual(['align', 'ctf', 'pictures']);
    expect(record.warnings).toEqual(['align: made by a stub']);
    expect(record.motion?.shiftsPixels[3]).toEqual([DRIFT[0] * 3, DRIFT[1] * 3]);
  });

  it('has a STAR file with the path of the movie relative to the session, so that the session can be moved', async () => {
    await run();
    const star = readFileSync(inProcessed('movie_1.star'), 'utf8');
    expect(/^_rlnMicrographMovieName\s+(\S+)/m.exec(star)?.[1]).toBe('raw/movie_1_fractions.mrc');
  });

  it('has the metadata of the microscope in its record', async () => {
    writeFileSync(
      `${moviePath()}.mdoc`,
      'Voltage = 300\n[FrameSet = 0]\nStagePosition = 1.5 -2\nTargetDefocus = -1.1\n',
    );
    await run();
    expect(recordOnDisk().metadata).toMatchObject({
      program: 'SerialEM',
      file: `${fixture.batch.movies[0]!.path}.mdoc`,
      voltageKv: 300,
      stageUm: { x: 1.5, y: -2, z: null },
      targetDefocusUm: 1.1,
    });
  });

  it('has a valid micrograph with the sum, and correct statistics in the record', async () => {
    await run();
    const reader = openMrc(openInputFile(inProcessed('movie_1.mrc')));
    const pixels = new Float32Array(SMALL.width * SMALL.height);
    reader.readFrame(0, new Uint8Array(pixels.buffer));
    reader.close();
    const { statistics } = recordOnDisk();
    expect(reader.pixelSizeA).toBeCloseTo(fixture.batch.recipe.pixelSizeA, 5);
    expect(Math.max(...pixels)).toBe(statistics?.maximum);
    expect(pixels.reduce((a, b) => a + b, 0) / pixels.length).toBeCloseTo(statistics!.mean, 6);
  });

  it('has no dose-weighted sum if the dose is unknown', async () => {
    await runWithRecipe({ dosePerFrameEA2: null });
    expect(existsSync(inProcessed('movie_1_DW.mrc'))).toBe(false);
    expect(recordOnDisk().files.doseWeighted).toBeUndefined();
  });

  it('does not change raw', async () => {
    const initialStats = statSync(moviePath());
    await run();
    const finalStats = statSync(moviePath());
    expect([finalStats.size, finalStats.mtimeMs]).toEqual([initialStats.size, initialStats.mtimeMs]);
    expect(readdirSync(fixture.batch.rawDir)).toEqual(['movie_1_fractions.mrc']);
  });
});

describe('even and odd sums, and 16-bit floats', () => {
  const modeOf = (name: string) => readFileSync(inProcessed(name)).readInt32LE(12);
  const pixelsOf = (name: string) => readImage(inProcessed(name)).data;
  beforeEach(() => {
    fixture.stub = createStubProgram({ hasEvenOdd: true });
  });

  it.each([
    ['plain', ['movie_1_EVN.mrc', 'movie_1_ODD.mrc']],
    ['weighted', ['movie_1_DW_EVN.mrc', 'movie_1_DW_ODD.mrc']],
  ] as const)('of the %s sum are written next to it, and listed in the record', async (evenOdd, names) => {
    await runWithRecipe({ evenOdd });
    const { files } = recordOnDisk();
    expect(Object.values(files)).toEqual(expect.arrayContaining([...names]));
    expect(outputs()).toEqual([...ALL_OUTPUTS, ...names].sort());
    const sum = pixelsOf(evenOdd === 'plain' ? 'movie_1.mrc' : 'movie_1_DW.mrc');
    const [even, odd] = names.map(pixelsOf) as [Float32Array, Float32Array];
    expect(sum.every((value, i) => Math.abs(value - even[i]! - odd[i]!) < 1e-4)).toBe(true);
  });

  it('are kept when only the CTF is repeated', async () => {
    await runWithRecipe({ evenOdd: 'plain', float16: true });
    const before = outputs();
    await runWithRecipe({ evenOdd: 'plain', float16: true, csMm: 1.4 });
    expect(fixture.stub.calls).toMatchObject({ align: 1, ctf: 2 });
    expect(outputs()).toEqual(before);
    expect(recordOnDisk().files).toMatchObject({ even: 'movie_1_EVN.mrc', odd: 'movie_1_ODD.mrc' });
  });

  it('have mode 12 if 16-bit floats are requested, unlike the diagnostic image of the fit', async () => {
    await runWithRecipe({ evenOdd: 'weighted', float16: true });
    for (const name of ['movie_1.mrc', 'movie_1_DW.mrc', 'movie_1_DW_EVN.mrc', 'movie_1_DW_ODD.mrc'])
      expect(modeOf(name), name).toBe(12);
    expect(modeOf('movie_1.ctf')).toBe(2);
    expect(recordOnDisk().warnings).toEqual(['align: made by a stub']);
  });

  it('have 32 bits if 16 bits cannot represent their values, with a warning', async () => {
    fixture.stub = createStubProgram({ hasEvenOdd: true, level: 70_000 });
    await runWithRecipe({ float16: true });
    expect(modeOf('movie_1.mrc')).toBe(2);
    expect(recordOnDisk().warnings.join()).toContain('16-bit floats cannot represent movie_1.mrc');
  });

  it('cause a warning if a program does not return them', async () => {
    fixture.stub = createStubProgram();
    await runWithRecipe({ evenOdd: 'plain' });
    expect(recordOnDisk().warnings.join()).toContain('There are no even and odd sums');
  });
});

describe('a step that fails', () => {
  it.each(['align', 'ctf', 'pictures'] as const)(
    '(%s) leaves a record with the failure, and no outputs',
    async (step) => {
      fixture.stub.beforeStep[step] = () => {
        throw new CodedError('PROGRAM_FAILED', `${step} failed.`);
      };
      expect((await run()).status).toBe('failed');
      expect(outputs()).toEqual(['results']);
      const { outcome, files, motion } = recordOnDisk();
      expect(outcome).toMatchObject({
        status: 'failed',
        code: 'PROGRAM_FAILED',
        cause: 'program',
        retryable: true,
      });
      expect([files, motion]).toEqual([{}, null]);
    },
  );

  it('does not replace a successful result of another worker', async () => {
    fixture.stub.beforeStep.ctf = async () => {
      fixture.stub.beforeStep.ctf = () => {};
      expect((await run()).status).toBe('ok');
      throw new Error('its folder was removed');
    };
    expect((await run()).status).toBe('skipped');
    expect(recordOnDisk().outcome).toEqual({ status: 'ok' });
    expect(outputs()).toEqual(ALL_OUTPUTS);
  });

  it('is repeated by the next run', async () => {
    fixture.stub.beforeStep.ctf = () => {
      throw new Error('once');
    };
    await run();
    fixture.stub.beforeStep.ctf = () => {};
    expect((await run()).status).toBe('ok');
    expect(outputs()).toEqual(ALL_OUTPUTS);
  });

  it('has the code INTERNAL and the message of the error, if the error is unexpected', async () => {
    fixture.stub.beforeStep.ctf = () => {
      throw new TypeError('x is not a function');
    };
    await run();
    expect(recordOnDisk().outcome).toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('x is not'),
    });
  });

  it('removes all outputs if one of them cannot be moved to its final name', async () => {
    mkdirSync(inProcessed('movie_1_thumb.jpg/in-the-way'), { recursive: true });
    await run();
    expect(outputs()).toEqual(['movie_1_thumb.jpg', 'results']);
    expect(recordOnDisk().outcome).toMatchObject({ code: 'OUTPUT_NOT_WRITABLE', cause: 'disk' });
  });

  it('reports a failure even if no record can be written', async () => {
    writeFileSync(inProcessed('results'), 'a file in the way');
    const result = await run();
    expect(result.status === 'failed' && result.record.warnings.join()).toContain('No record was written');
    expect(outputs()).toEqual(['results']);
  });

  it('reports the unknown program if the recipe names one', async () => {
    await runWithRecipe({ programs: { align: 'motioncor9', ctf: 'builtin' } });
    const { outcome } = recordOnDisk();
    expect(outcome).toMatchObject({
      code: 'PROGRAM_MISSING',
      message: expect.stringContaining('motioncor9'),
    });
  });
});

describe('the error code is specific if the movie', () => {
  const codeOf = async (changes: Partial<Batch> = {}): Promise<ErrorCode | null> => {
    await run(changes);
    const { outcome } = recordOnDisk();
    return outcome.status === 'failed' ? outcome.code : null;
  };
  const withCurrentIdentity = () => ({
    movies: [
      {
        ...fixture.batch.movies[0]!,
        ...identityOf(fixture.batch.rawDir, fixture.batch.movies[0]!.path, 'movie_1'),
      },
    ],
  });

  it('is missing', async () => {
    rmSync(moviePath());
    expect(await codeOf()).toBe('MOVIE_MISSING');
  });

  it('is empty', async () => {
    writeFileSync(moviePath(), '');
    expect(await codeOf(withCurrentIdentity())).toBe('MOVIE_EMPTY');
  });

  it('has changed since its discovery', async () => {
    writeMovie(moviePath(), 99, { ...SMALL, frames: 2 });
    expect(await codeOf()).toBe('MOVIE_CHANGED');
    expect(fixture.stub.calls.align).toBe(0);
  });

  it('changes while it is read', async () => {
    fixture.stub.beforeStep.ctf = () => writeMovie(moviePath(), 99, { ...SMALL, frames: 2 });
    expect(await codeOf()).toBe('MOVIE_CHANGED');
    expect(outputs()).toEqual(['results']);
  });

  it('changes while it is read, even if the reader reports another error', async () => {
    fixture.stub.beforeStep.align = () => {
      writeMovie(moviePath(), 99, { ...SMALL, frames: 2 });
      throw new CodedError('MOVIE_TRUNCATED', '');
    };
    expect(await codeOf()).toBe('MOVIE_CHANGED');
  });

  it('needs a gain reference that is missing', async () => {
    const gain = { path: join(fixture.directory, 'no-gain.mrc'), rotate: 0, flip: 0 } as const;
    expect(await codeOf({ recipe: { ...fixture.batch.recipe, gain } })).toBe('GAIN_MISSING');
    expect(recordOnDisk().outcome).toMatchObject({ message: expect.stringContaining('no-gain.mrc') });
  });
});

describe('an aborted movie', () => {
  it('leaves no file', async () => {
    const controller = new AbortController();
    fixture.stub.beforeStep.ctf = () => controller.abort();
    expect(await run({}, controller.signal)).toEqual({ status: 'cancelled' });
    expect(outputs()).toEqual([]);
  });
});

describe('a directory at the path of a file that is written', () => {
  it('is renamed if the file is the record, with a warning in the record', async () => {
    const directory = inProcessed('results/movie_1.json');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'notes'), 'precious');
    expect((await run()).status).toBe('ok');
    const renamed = readdirSync(inProcessed('results')).find((name) => name.endsWith('.dir')) ?? '';
    expect(readFileSync(join(inProcessed('results'), renamed, 'notes'), 'utf8')).toBe('precious');
    expect(recordOnDisk().warnings[0]).toContain(renamed);
  });

  it.each(['movie_1.mrc', 'movie_1_thumb.jpg'])('makes the movie fail if the file is %s', async (name) => {
    mkdirSync(inProcessed(name), { recursive: true });
    expect(await run()).toMatchObject({ status: 'failed', isRecorded: true });
    expect(recordOnDisk().outcome).toMatchObject({
      code: 'OUTPUT_NOT_WRITABLE',
      message: expect.stringMatching(new RegExp(`directory.* Move it elsewhere.*${name}`)),
    });
  });
});
