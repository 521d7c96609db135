import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { AlignRequest } from '../../../src/engine/ports.ts';
import { writeMrc } from '../../../src/formats/mrc/write.ts';
import { createTiffWriter } from '../../../src/formats/tiff/write.ts';
import { motioncorAdapter } from '../../../src/pipeline/programs/motioncor.ts';
import { until } from '../../sessions/support.ts';
import { buildEer, EIGHT_BIT, streamOf } from '../../support/formats/eer-file.ts';
import { describeAligner } from './align-conformance.ts';
import { replayScript } from './motioncor-replay.ts';
import { motioncorRuns, SIZE } from './motioncor-runs.ts';
import { hangingScript, isRunning, StandIns, settingsOf } from './stand-in.ts';

const standIns = new StandIns();
afterAll(() => standIns.remove());

const VERSIONS = [
  [2, 'MotionCor2 version 1.5.0', 'lines'],
  [2, 'MotionCor2 version 1.6.4', 'table'],
  [3, 'MotionCor3 version 1.2.1', 'lines'],
] as const;

for (const [generation, version, form] of VERSIONS)
  describeAligner(`${version} (a stand-in that replays documented outputs, because MotionCor needs a GPU)`, {
    create: (truth) => {
      const script = standIns.script(replayScript({ version, form, truth }));
      return motioncorAdapter(generation, settingsOf({ [`motioncor${generation}`]: script }));
    },
    kind: 'replays',
    skipReason: null,
  });

const { movie: MOVIE, run } = motioncorRuns(standIns);

describe('the command line of MotionCor (a stand-in)', () => {
  it('is that of the original service', async () => {
    const { line, command, external, outcome } = await run({
      request: { patches: [5, 5], binning: 2 },
    }).catch((error: Error) => {
      throw error;
    });
    expect(line).toBe(
      '-InMrc movie.mrc -OutMrc out.mrc -LogDir ./ -Throw 0 -Trunc 0 -FtBin 2 -Serial 0 -Patch 5 5 -Iter 7 -Tol 0.5 ' +
        '-Bft 500 150 -PixSize 1.1 -kV 300 -FmDose 1.5 -InitDose 0 -OutStack 0 -SumRange 0 0 -Cs 0 -GpuMemUsage 0.25 -Gpu 0',
    );
    expect(command).toMatch(/^ln -s '.*some movie_fractions.mrc' movie.mrc && .*\.cjs -InMrc movie.mrc/);
    expect(external).toEqual({ version: '1.2.1' });
    expect(outcome.programLog).toMatch(/Full-frame alignment shift[\s\S]*==> movie-Patch-Patch.log <==/);
  });

  it('passes the log directory to MotionCor2 in the syntax of both old and new versions, and omits -Cs', async () => {
    const { line } = await run({ generation: 2 });
    expect(line).toMatch(/-LogDir \.\/ -LogFile out /);
    expect(line).not.toMatch(/-Cs/);
  });

  it('includes the dose of skipped frames', async () => {
    const { line } = await run({ request: { throwFrames: 2 } });
    expect(line).toMatch(/-Throw 2 -Trunc 0 .*-FmDose 1.5 -InitDose 3 /);
  });

  it('passes on a gain reference that MotionCor can read, with its rotation, and the boxes of a defect list', async () => {
    const path = join(standIns.top, 'rotated.mrc');
    writeMrc(path, { width: SIZE.height, height: SIZE.width, data: new Float32Array(64 * 48).fill(2) }, null);
    const defectMapPath = join(standIns.top, 'boxes.txt');
    writeFileSync(defectMapPath, '3 4 2 2\n');
    const { line, workDir } = await run({ request: { gain: { path, rotate: 1, flip: 2 }, defectMapPath } });
    expect(line).toMatch(/-Gain gain.mrc -RotGain 1 -FlipGain 2 -DefectFile defects.txt /);
    expect(readFileSync(join(workDir, 'gain.mrc'))).toEqual(readFileSync(path));
  });

  it('scales a gain of half the size to the movie, with a warning', async () => {
    const path = join(standIns.top, 'half.mrc');
    writeMrc(path, { width: 32, height: 24, data: new Float32Array(32 * 24).fill(2) }, null);
    const { line, outcome, workDir } = await run({ request: { gain: { path, rotate: 2, flip: 0 } } });
    expect(line).toMatch(/-Gain gain.mrc -RotGain 0 -FlipGain 0/);
    expect(outcome.warnings.join()).toMatch(/half the size/);
    expect(readFileSync(join(workDir, 'gain.mrc')).readInt32LE(0)).toBe(64);
  });

  it('writes a defect map if the gain reference has dead pixels', async () => {
    const path = join(standIns.top, 'dead.mrc');
    const data = new Float32Array(64 * 48).fill(1);
    data[7] = 0;
    writeMrc(path, { ...SIZE, data }, null);
    const { line, workDir } = await run({ request: { gain: { path, rotate: 0, flip: 0 } } });
    expect(line).toMatch(/-DefectMap defects.mrc/);
    const map = readFileSync(join(workDir, 'defects.mrc')).subarray(1024);
    expect([map.length, map[6], map[7], map.reduce((a, b) => a + b)]).toEqual([64 * 48, 0, 1, 1]);
  });

  it('passes TIFF movies as TIFF', async () => {
    const moviePath = join(standIns.top, 'movie.tif');
    const writer = createTiffWriter(moviePath, { ...SIZE, pixelType: 'u8', compression: 'lzw' });
    for (let i = 0; i < 5; i++) writer.appendFrame(new Uint8Array(64 * 48).fill(i + 1));
    writer.finish();
    expect((await run({ request: { moviePath } })).line).toMatch(/^-InTiff movie.tiff /);
  });

  it('specifies the EER fractions, with the dose of one camera frame', async () => {
    const moviePath = join(standIns.top, 'movie.eer');
    const electrons = [{ x: 3, y: 4, quarterX: 0, quarterY: 0 }];
    const streams = Array.from({ length: 17 }, () => streamOf(EIGHT_BIT, 64, 48, electrons));
    writeFileSync(moviePath, buildEer({ ...SIZE, coding: EIGHT_BIT }, streams));
    const eer = { framesPerFraction: 3, dosePerFractionEA2: null, upsampling: 1 } as const;
    const { line, fractions, command, outcome } = await run({
      request: { moviePath, eer, dosePerFrameEA2: 0.5 },
    });
    expect(line).toMatch(/^-InEer movie.eer .*-FmIntFile fractions.txt -EerSampling 1 /);
    expect(line).not.toMatch(/-FmDose/);
    expect(fractions).toBe('17 3 0.5\n');
    expect(command).toMatch(/# fractions.txt: 17 3 0.5$/);
    expect(outcome).toMatchObject({ dosePerFrameEA2: 1.5, frames: 5 });
    expect(outcome.warnings.join()).toMatch(/adds the 2 remaining camera frames to the last fractions/);
  });

  it('accepts additional arguments, which override the same arguments of the service', async () => {
    const { line } = await run({ additionalArguments: '-Iter 15 -Group "2 4"' });
    expect(line).toMatch(/-Gpu 0 -Iter 15 -Group 2 4$/);
    expect(line).not.toMatch(/-Iter 7/);
    await expect(run({ additionalArguments: '-OutMrc elsewhere.mrc' })).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      location: { field: '[programs] motioncor3_arguments', found: '-OutMrc' },
    });
  });

  describe('with the GPUs of the worker', () => {
    const originalIds = process.env.CUDA_VISIBLE_DEVICES;
    afterEach(() => {
      if (originalIds === undefined) delete process.env.CUDA_VISIBLE_DEVICES;
      else process.env.CUDA_VISIBLE_DEVICES = originalIds;
    });

    it.each([
      ['3', '-Gpu 0'],
      ['GPU-5ebe9f43,GPU-1f22a253', '-Gpu 0 1'],
      ['', '-Gpu 0'],
    ])('CUDA_VISIBLE_DEVICES=%s gives %s, in the numbering of CUDA', async (ids, flag) => {
      process.env.CUDA_VISIBLE_DEVICES = ids;
      const { line, gpus } = await run();
      expect([line.slice(line.indexOf('-Gpu ')), gpus]).toEqual([flag, ids]);
    });
  });
});

describe('MotionCor that fails (a stand-in)', () => {
  const versionScript =
    'if (args[0] === "--version") { console.log("MotionCor3 version 1.2.1"); process.exit(0); }\n';

  it('is stopped with its children when it hangs', async () => {
    const pidFile = join(standIns.top, 'hanging-child');
    await expect(run({ body: versionScript + hangingScript(pidFile), timeoutSeconds: 1.5 })).rejects.toThrow(
      /MotionCor3 did not finish within 1.5 s and was stopped/,
    );
    const child = Number(readFileSync(pidFile, 'utf8'));
    await until('its child is gone', () => !isRunning(child));
  });

  it('is stopped with its children when the movie is cancelled', async () => {
    const pidFile = join(standIns.top, 'cancelled-child');
    const controller = new AbortController();
    const ended = expect(
      run({ body: versionScript + hangingScript(pidFile), request: { signal: controller.signal } }),
    ).rejects.toThrow('enough');
    await until('it has a child', () => existsSync(pidFile));
    controller.abort(new Error('enough'));
    await ended;
    const child = Number(readFileSync(pidFile, 'utf8'));
    await until('its child is gone', () => !isRunning(child));
  });

  it('is reported with the signal that killed it', async () => {
    const body = `${versionScript}process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);`;
    await expect(run({ body })).rejects.toThrow(/MotionCor3 was killed by SIGKILL/);
  });

  it('is stopped when it prints too much output', async () => {
    const body = `${versionScript}const line = 'CUDA error: out of memory '.repeat(4000); const more = () => process.stderr.write(line, more); more();`;
    await expect(run({ body })).rejects.toThrow(/printed too much output and was stopped.*CUDA error/s);
  });

  it('is reported as missing if it is not installed, with the key of the config', async () => {
    const adapter = motioncorAdapter(3, settingsOf({ motioncor3: '/opt/no/MotionCor3' }));
    const request = { moviePath: MOVIE } as AlignRequest;
    await expect(adapter.align!(request, { workDir: standIns.top })).rejects.toMatchObject({
      code: 'PROGRAM_MISSING',
      location: { field: '[programs] motioncor3' },
    });
  });

  it('has an unknown version if it prints none, with a warning', async () => {
    const { external, workDir, outcome } = await run({ replay: { version: 'usage: ...' } });
    expect(external).toEqual({ version: 'unknown' });
    expect(outcome.warnings.join()).toMatch(/does not report its version/);
    expect(readdirSync(workDir)).toContain('out.mrc');
  });
});
