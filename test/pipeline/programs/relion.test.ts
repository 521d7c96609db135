import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultRecordSchema } from '../../../src/contract/record.ts';
import type { AlignRequest } from '../../../src/engine/ports.ts';
import { createMrcStackWriter, writeMrc } from '../../../src/formats/mrc/write.ts';
import { openMovie } from '../../../src/formats/open.ts';
import { parseStar } from '../../../src/formats/star/parse.ts';
import { registerPrograms } from '../../../src/pipeline/adapter.ts';
import { allPrograms } from '../../../src/pipeline/programs/registry.ts';
import { relionAdapter } from '../../../src/pipeline/programs/relion.ts';
import { readRecord } from '../../../src/pipeline/record-file.ts';
import { outputFoldersOf } from '../../../src/pipeline/run.ts';
import { runBatch } from '../../../src/pipeline/run-batch.ts';
import { alignRequest } from '../../engine/motion/align-request.ts';
import { drift, rmsd, syntheticFrames, writeSyntheticMovie } from '../../engine/motion/synthetic-movie.ts';
import { until } from '../../sessions/support.ts';
import { buildEer, EIGHT_BIT, streamOf } from '../../support/formats/eer-file.ts';
import { identityOf, smallBatch } from '../../support/movies.ts';
import { randomNumbers } from '../../support/random.ts';
import { TEST_TIMEOUT_MS } from '../../support/test-timeout.ts';
import { createStubProgram } from '../stub-program.ts';
import { describeAligner } from './align-conformance.ts';
import { hangingScript, isRunning, StandIns, settingsOf } from './stand-in.ts';

const isMissing = spawnSync('relion_run_motioncorr', ['--version']).error !== undefined;
const reason = isMissing ? 'relion_run_motioncorr is not installed' : null;
const standIns = new StandIns();
afterAll(() => standIns.remove());

describeAligner('RELION', {
  create: () => relionAdapter(settingsOf({})),
  kind: 'computes',
  skipReason: reason,
});

const SIZE = { width: 256, height: 192 };
const FRAMES = 6;
const TRUTH = drift(FRAMES, 4);
const MOVIE = join(standIns.top, 'a movie_fractions.mrc');
beforeAll(() => writeSyntheticMovie(MOVIE, { ...SIZE, shifts: TRUTH, dose: 3, contrast: 0.3 }));

let count = 0;
function align(
  changes: Partial<AlignRequest> = {},
  relion?: string,
  additionalArguments?: string,
  timeoutSeconds = TEST_TIMEOUT_MS / 1000,
) {
  const workDir = join(standIns.top, `work-${++count}`);
  mkdirSync(workDir);
  const adapter = relionAdapter(settingsOf({ ...(relion ? { relion } : {}), timeoutSeconds }));
  const request = alignRequest(MOVIE, { pixelSizeA: 1.1, dosePerFrameEA2: 1.5, patches: null, ...changes });
  return adapter.align!(request, { workDir, additionalArguments });
}

describe.skipIf(isMissing)(`RELION itself${reason ? ` [skipped: ${reason}]` : ''}`, () => {
  it('is recorded with its version, its log and a command line that can be run again', async () => {
    const { external, outcome, command } = await align();
    expect(external!.version).toMatch(/^\d+\.\d+/);
    expect(outcome.programLog).toMatch(/Global alignment:\s+Iteration 1: RMSD/);
    const folder = join(standIns.top, 'again');
    mkdirSync(folder);
    expect(spawnSync('sh', ['-c', command], { cwd: folder }).status).toBe(0);
    expect(readdirSync(join(folder, 'out'))).toContain('movie_noDW.mrc');
  });

  it('does not use fewer than 3x3 patches, and the result contains the reason', async () => {
    const { outcome } = await align({ patches: [2, 5] });
    expect(outcome.local).toEqual({
      fit: null,
      reason: 'RELION needs at least 3x3 patches for local motion.',
    });
    expect(outcome.warnings.join()).toMatch(/Local motion was not corrected. RELION needs/);
  });

  it('accepts additional arguments, which override the same arguments of the service', async () => {
    const { command } = await align({}, undefined, '--bfactor 300 --j 2');
    expect(command).toMatch(/--bfactor 300 --j 2$/);
    expect(command.match(/--j /g)).toHaveLength(1);
    await expect(align({}, undefined, '--bin_factor 2')).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      location: { field: '[programs] relion_arguments', found: '--bin_factor' },
    });
  });

  it('that fails causes an error with the message of RELION', async () => {
    await expect(align({ voltageKv: 120 })).rejects.toMatchObject({
      code: 'PROGRAM_FAILED',
      message: expect.stringMatching(/RELION ended with exit code 1.*supported only for 300, 200 or 100 kV/s),
    });
    await expect(align({}, undefined, '--no_such_option 1 --gainref nowhere.mrc')).rejects.toThrow(
      /RELION ended with exit code 1.*nowhere.mrc/s,
    );
  });

  it('is not run with fewer frames than it needs', async () => {
    await expect(align({ throwFrames: 4 })).rejects.toMatchObject({
      code: 'TOO_FEW_FRAMES',
      message: expect.stringMatching(/RELION needs 3/),
    });
  });

  it('receives a gain reference of half the size, scaled to the movie', async () => {
    const path = join(standIns.top, 'half.mrc');
    writeMrc(path, { width: 128, height: 96, data: new Float32Array(128 * 96).fill(2) }, null);
    const { outcome } = await align({ gain: { path, rotate: 0, flip: 0 } });
    expect(outcome.warnings.join()).toMatch(/half the size/);
    expect(outcome.meanCountsPerPixelFrame! / 6).toBeCloseTo(1, 1);
  });

  it.each(['does not state', 'states'])(
    'receives unsigned bytes above 127 unchanged if the header %s that they are unsigned',
    async (verb) => {
      const moviePath = join(standIns.top, 'bytes.mrc');
      const writer = createMrcStackWriter(moviePath, { ...SIZE, mode: 0, pixelSizeA: 1.1 });
      for (const frame of syntheticFrames({ ...SIZE, shifts: TRUTH, dose: 120, contrast: 0.3 }))
        writer.appendFrame(Uint8Array.from(frame, (value) => Math.min(255, value)));
      writer.finish();
      const file = readFileSync(moviePath);
      // IMOD's stamp is at 152, its flags at 156; no flag is set for unsigned bytes.
      if (verb === 'does not state') file.fill(0, 152, 160);
      else file.writeInt32LE(0, 156);
      writeFileSync(moviePath, file);
      const { outcome } = await align({ moviePath });
      expect(outcome.meanCountsPerPixelFrame! / 120).toBeCloseTo(1, 1);
      expect(rmsd(outcome.shiftsPixels, TRUTH)).toBeLessThan(0.3);
    },
  );

  it('returns no mean counts for values that are not counts, with a warning', async () => {
    const moviePath = join(standIns.top, 'shifted.mrc');
    const writer = createMrcStackWriter(moviePath, { ...SIZE, mode: 1, pixelSizeA: 1.1 });
    for (const frame of syntheticFrames({ ...SIZE, shifts: TRUTH, dose: 3, contrast: 0.3 }))
      writer.appendFrame(new Uint8Array(Int16Array.from(frame, (value) => value + 900).buffer));
    writer.finish();
    const { outcome } = await align({ moviePath });
    expect(outcome.meanCountsPerPixelFrame).toBeNull();
    expect(outcome.warnings.join()).toContain('not electron counts');
  });

  it('receives the number of camera frames per EER fraction', async () => {
    const side = 4096;
    // Enough counts that RELION does not treat single electrons as hot pixels.
    const electronsPerFrame = 300_000;
    const step = Math.floor((side * side) / electronsPerFrame);
    const random = randomNumbers(3);
    const frame = () =>
      Array.from({ length: electronsPerFrame }, (_, i) => {
        const pixel = i * step + Math.floor(random() * step);
        return { x: pixel % side, y: Math.floor(pixel / side), quarterX: 0, quarterY: 0 };
      });
    const moviePath = join(standIns.top, 'movie.eer');
    const streams = Array.from({ length: 7 }, () => streamOf(EIGHT_BIT, side, side, frame()));
    writeFileSync(moviePath, buildEer({ width: side, height: side, coding: EIGHT_BIT }, streams));
    const eer = { framesPerFraction: 2, dosePerFractionEA2: null, upsampling: 1 } as const;
    const { outcome } = await align({ moviePath, eer, dosePerFrameEA2: null });
    expect(outcome).toMatchObject({ frames: 3, width: side, eer: { framesPerFraction: 2, leftOver: 1 } });
    const electrons = outcome.meanCountsPerPixelFrame! * side * side;
    expect(electrons / (2 * electronsPerFrame)).toBeGreaterThan(0.97);
    expect(electrons / (2 * electronsPerFrame)).toBeLessThan(1.03);
  });

  it('in the pipeline: outputs have the names of the service, and the movie is reprocessed when the program changes', async () => {
    const stub = createStubProgram();
    const otherPrograms = [...allPrograms('1.2.3', settingsOf({})).values()];
    const fit = { ...stub.tools.programs.get('builtin')!, name: 'stub' };
    const tools = { ...stub.tools, programs: registerPrograms(...otherPrograms, fit) };
    const batch = await smallBatch(join(standIns.top, 'session'), { token: 'relion-pipeline', movies: 1 });
    const file = 'X_fractions.mrc';
    writeSyntheticMovie(join(batch.rawDir, file), { ...SIZE, shifts: TRUTH, dose: 3, contrast: 0.3 });
    batch.movies = [{ ...identityOf(batch.rawDir, file, 'X'), attempt: 1 }];
    batch.recipe.programs = { align: 'relion', ctf: 'stub', alignArguments: '--bfactor 200' };
    await runBatch(batch, tools);
    const record = resultRecordSchema.parse(await readRecord(outputFoldersOf(batch), 'X'));
    expect(record.outcome).toEqual({ status: 'ok' });
    expect(rmsd(record.motion!.shiftsPixels, TRUTH)).toBeLessThan(0.3);
    const step = record.steps.find(({ name }) => name === 'align')!;
    expect(step).toMatchObject({ program: 'relion', cpuSeconds: null });
    expect(step.command).toMatch(/relion_run_motioncorr --use_own --i movie.mrcs .*--bfactor 200$/);
    expect(step.version).toMatch(/^\d/);
    const path = (role: string) => join(batch.processedDir, record.files[role]!);
    expect(record.files).toMatchObject({
      sum: 'X.mrc',
      doseWeighted: 'X_DW.mrc',
      motionStar: 'X.star',
      alignLog: 'X_align.log',
    });
    expect(readFileSync(path('alignLog'), 'utf8')).toMatch(/Iteration 1: RMSD/);
    const rows = parseStar(readFileSync(path('motionStar'), 'utf8')).find(
      (b) => b.name === 'global_shift',
    )!.rows;
    expect(Number(rows.at(-1)!.at(-2))).toBeCloseTo(-record.motion!.shiftsPixels.at(-1)![0], 4);
    const sum = openMovie(path('sum'));
    expect([sum.width, sum.height, sum.pixelType]).toEqual([SIZE.width, SIZE.height, 'f32']);
    sum.close();
    batch.recipe.programs = { align: 'builtin', ctf: 'stub' };
    await runBatch(batch, tools);
    const secondRecord = resultRecordSchema.parse(await readRecord(outputFoldersOf(batch), 'X'));
    expect(secondRecord.steps.find(({ name }) => name === 'align')).toMatchObject({ program: 'builtin' });
    expect(readdirSync(batch.processedDir)).not.toContain('X_align.log');
  });
});

/** A program that runs RELION, and then a script that changes its outputs. */
const relionWithSpoiltOutputs = (spoil: string) =>
  standIns.script(`
const ran = require('node:child_process').spawnSync('relion_run_motioncorr', args, { encoding: 'utf8' });
process.stdout.write(ran.stdout);
if (args[0] !== '--version') { ${spoil} }
process.exitCode = ran.status;`);
const rewrite = (name: string, expression: string) =>
  `const path = 'out/${name}'; const text = fs.readFileSync(path, 'utf8'); fs.writeFileSync(path, ${expression});`;

describe.skipIf(isMissing)(`unexpected outputs of RELION${reason ? ` [skipped: ${reason}]` : ''}`, () => {
  it.each([
    ['no sum', "fs.rmSync('out/movie_noDW.mrc');", /did not write out\/movie_noDW.mrc/],
    ['no dose-weighted sum', "fs.rmSync('out/movie.mrc');", /did not write out\/movie.mrc/],
    ['half a sum', "fs.truncateSync('out/movie.mrc', 5000);", /wrote out\/movie.mrc incompletely/],
    ['no STAR file', "fs.rmSync('out/movie.star');", /did not write out\/movie.star/],
    [
      'half a STAR file',
      rewrite('movie.star', "text.slice(0, text.indexOf('data_global'))"),
      /data_global_shift/,
    ],
    ['no shifts', rewrite('movie.star', "text.replace(/ 0\\.000000 /, ' -9999.0 ')"), /a frame has no shift/],
    ['an empty log', rewrite('movie.log', "''"), /it has no alignment/],
  ])('%s: the movie fails', async (_description, spoil, message) => {
    await expect(align({}, relionWithSpoiltOutputs(spoil))).rejects.toMatchObject({
      code: 'PROGRAM_FAILED',
      message: expect.stringMatching(message),
    });
  });
});

describe('RELION that fails (a stand-in)', () => {
  const versionScript =
    'if (args[0] === "--version") { console.log("RELION version: 9.9"); process.exit(0); }\n';

  it('is stopped with its children when it hangs', async () => {
    const pidFile = join(standIns.top, 'hanging-child');
    const program = standIns.script(versionScript + hangingScript(pidFile));
    await expect(align({}, program, undefined, 1.5)).rejects.toThrow(
      /RELION did not finish within 1.5 s and was stopped/,
    );
    const child = Number(readFileSync(pidFile, 'utf8'));
    await until('its child is gone', () => !isRunning(child));
  });

  it('is reported with the signal that killed it', async () => {
    const program = standIns.script(
      `${versionScript}process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);`,
    );
    await expect(align({}, program)).rejects.toThrow(/RELION was killed by SIGKILL/);
  });

  it('is reported as missing if it is not installed, with the key of the config', async () => {
    await expect(align({}, '/opt/no/relion_run_motioncorr')).rejects.toMatchObject({
      code: 'PROGRAM_MISSING',
      location: { field: '[programs] relion' },
    });
  });
});
