import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Recipe } from '../../../src/contract/recipe.ts';
import { GOOD_CONFIDENCE, type ResultRecord, resultRecordSchema } from '../../../src/contract/record.ts';
import { estimateCtf } from '../../../src/engine/ctf/estimate.ts';
import { parseCtffindText } from '../../../src/formats/logs/ctffind.ts';
import { openMovie } from '../../../src/formats/open.ts';
import { registerPrograms } from '../../../src/pipeline/adapter.ts';
import { allPrograms } from '../../../src/pipeline/programs/registry.ts';
import { readRecord } from '../../../src/pipeline/record-file.ts';
import { outputFoldersOf } from '../../../src/pipeline/run.ts';
import { runBatch } from '../../../src/pipeline/run-batch.ts';
import { smallBatch } from '../../support/movies.ts';
import { createStubProgram } from '../stub-program.ts';
import { requestOf, StandIns, settingsOf, simulatedMicrograph } from './stand-in.ts';

const standIns = new StandIns();
afterAll(() => standIns.remove());

/** Processes a movie whose aligned sum is the simulated micrograph. Returns its record and its outputs. */
async function processWith(ctfProgram: string, ctffind = 'no-such-ctffind', changes: Partial<Recipe> = {}) {
  const stub = createStubProgram();
  const { width, height, pixelSizeA } = requestOf();
  const aligner = {
    ...stub.tools.programs.get('builtin')!,
    name: 'aligner',
    align: async (request: Parameters<typeof align>[0]) => {
      const result = await align(request, { workDir: '' });
      const outcome = {
        ...result.outcome,
        width,
        height,
        pixelSizeA,
        sum: simulatedMicrograph(),
        doseWeighted: null,
      };
      return { ...result, outcome };
    },
  };
  const align = stub.tools.programs.get('builtin')!.align!;
  const otherPrograms = allPrograms('1.2.3', settingsOf({ ctffind }));
  const programs = registerPrograms(aligner, ...otherPrograms.values());
  const folder = join(standIns.top, `session-${ctfProgram}-${Math.random()}`);
  const batch = await smallBatch(folder, { token: 'programs', movies: 1 });
  batch.recipe = { ...batch.recipe, ...changes, programs: { align: 'aligner', ctf: ctfProgram } };
  await runBatch(batch, { ...stub.tools, programs });
  const record = resultRecordSchema.parse(await readRecord(outputFoldersOf(batch), 'movie_1'));
  const path = (role: keyof ResultRecord['files']) => join(batch.processedDir, record.files[role]!);
  return { record, path, text: (role: string) => readFileSync(path(role), 'utf8') };
}

const TEXT = `# Output from CTFFind version 4.1.14, run on 2026-01-02 03:04:05
1.000000 15100.000000 14900.000000 -38.500000 0.000000 0.123000 4.250000
`;

describe('the CTF step', () => {
  it('with the built-in fit writes its numbers as CTFFIND would, the phase shift in radians', async () => {
    const { record, text } = await processWith('builtin');
    const { ctf } = record;
    const { rows } = parseCtffindText(text('ctfText'), 'movie_1_ctffind.txt').value;
    expect(record.files.ctfText).toBe('movie_1_ctffind.txt');
    expect(
      text('ctfText')
        .split('\n')
        .filter((line) => line.startsWith('#')),
    ).toHaveLength(5);
    expect(rows).toHaveLength(1);
    expect(rows[0]!.defocus1A).toBeCloseTo(ctf!.defocusUA, 5);
    expect(rows[0]!.phaseShiftRad).toBeCloseTo((ctf!.phaseShiftDeg * Math.PI) / 180, 5);
    expect(rows[0]!.fitResolutionA).toBeCloseTo(ctf!.fitResolutionA, 5);
  });

  it('with CTFFIND (a stand-in, because CTFFIND cannot run here) keeps its text, its image, its version and the answers to its prompts', async () => {
    const program = standIns.script(`
const stem = answers[1].replace(/\\.mrc$/, '');
fs.writeFileSync(stem + '.txt', ${JSON.stringify(TEXT)});
fs.writeFileSync(stem + '_avrot.txt', '0.0 0.01\\n9 9\\n0.5 0.6\\n0.4 0.5\\n1 0.9\\n0 0\\n');
fs.copyFileSync(${JSON.stringify(standIns.writeImage())}, stem + '.mrc');
`);
    const { record, text, path } = await processWith('ctffind', program);
    expect(record.outcome).toEqual({ status: 'ok' });
    expect(text('ctfText')).toBe(TEXT);
    expect(record.ctf).toMatchObject({ defocusUA: 15100, defocusVA: 14900 });
    expect(record.ctf!.confidence).toBeGreaterThanOrEqual(GOOD_CONFIDENCE);
    const step = record.steps.find(({ name }) => name === 'ctf')!;
    expect(step).toMatchObject({ program: 'ctffind', version: '4.1.14', cpuSeconds: null });
    expect(step.command).toMatch(/movie_1.mrc\nmovie_1_ctffind.mrc\n1.1\n300/);
    const picture = openMovie(path('spectrum'));
    expect([picture.width, picture.height, picture.pixelType]).toEqual([64, 64, 'f32']);
    picture.close();
  });

  it('passes a 32-bit copy of a 16-bit micrograph to a program that reads only 32-bit floats', async () => {
    const program = standIns.script(`
const stem = answers[1].replace(/\\.mrc$/, '');
if (fs.readFileSync(answers[0]).readInt32LE(12) !== 2) process.exit(3);
fs.writeFileSync(stem + '.txt', ${JSON.stringify(TEXT)});
fs.writeFileSync(stem + '_avrot.txt', '0.0 0.01\\n9 9\\n0.5 0.6\\n0.4 0.5\\n1 0.9\\n0 0\\n');
fs.copyFileSync(${JSON.stringify(standIns.writeImage())}, stem + '.mrc');
`);
    const { record, path } = await processWith('ctffind', program, { float16: true });
    expect(record.outcome).toEqual({ status: 'ok' });
    expect(readFileSync(path('sum')).readInt32LE(12)).toBe(12);
  });

  it('with a program that is not installed fails, and names the missing file', async () => {
    const { record } = await processWith('ctffind');
    expect(record.outcome).toMatchObject({
      status: 'failed',
      code: 'PROGRAM_MISSING',
      retryable: false,
      message: expect.stringContaining('no-such-ctffind'),
    });
  });
});

const isMissing = spawnSync('relion_image_handler', ['--version']).error !== undefined;
describe.skipIf(isMissing)(
  `the diagnostic image of a fit as RELION reads it${isMissing ? ' [skipped: relion_image_handler is not installed]' : ''}`,
  () => {
    it('is an MRC image of the same size and mean, named X.ctf:mrc as in the STAR tables', async () => {
      const { path } = await processWith('builtin');
      const args = ['--i', `${path('spectrum')}:mrc`, '--stats'];
      const result = spawnSync('relion_image_handler', args, { encoding: 'utf8', cwd: standIns.top });
      expect(result.status, result.stderr).toBe(0);
      const picture = openMovie(path('spectrum'));
      expect(result.stdout).toContain(`= ${picture.width} x ${picture.height} x 1 x 1`);
      const data = new Float32Array(picture.width * picture.height);
      picture.readFrame(0, new Uint8Array(data.buffer));
      picture.close();
      const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
      expect(Number(/avg=\s*([-\d.e+]+)/.exec(result.stdout)?.[1])).toBeCloseTo(mean, 3);
    });
  },
);

describe('the simulated micrograph of these tests', () => {
  it('has a good built-in fit', async () => {
    expect((await estimateCtf(requestOf())).ctf.confidence).toBeGreaterThanOrEqual(GOOD_CONFIDENCE);
  });
});
