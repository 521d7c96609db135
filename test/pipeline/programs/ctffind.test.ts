import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_CTF_SEARCH } from '../../../src/contract/recipe.ts';
import { ctfSchema, GOOD_CONFIDENCE, NO_RINGS_CONFIDENCE } from '../../../src/contract/record.ts';
import { ctffindAdapter, ctffindAnswers } from '../../../src/pipeline/programs/ctffind.ts';
import { requestOf, StandIns, settingsOf } from './stand-in.ts';

const standIns = new StandIns();
afterAll(() => standIns.remove());

/**
 * Script that writes the outputs of CTFFIND (structure: see test/formats/logs/ctffind.test.ts).
 * @param row - line of results in the text file
 * @param files - outputs that are written
 */
const replay = (version: string, row: string, files = ['text', 'curves', 'picture']) => `
const stem = answers[1].replace(/\\.mrc$/, '');
if (!fs.existsSync(answers[0])) { console.error('no input image'); process.exit(1); }
console.log('        **   Welcome to Ctffind   **\\n\\n            Version : ${version}');
fs.writeFileSync('../answers.json', JSON.stringify(answers));
const head = '# Output from CTFFind version ${version}, run on 2026-01-02 03:04:05\\n# Input file: ' + answers[0] + ' ; Number of micrographs: 1\\n';
if (${files.includes('text')}) fs.writeFileSync(stem + '.txt', head + '${row}\\n');
if (${files.includes('curves')}) fs.writeFileSync(stem + '_avrot.txt', head + '0.0 0.01 0.02\\n9 9 9\\n0.5 0.6 0.7\\n0.4 0.5 0.6\\n1 0.9 0.8\\n0 0 0\\n');
if (${files.includes('picture')}) fs.copyFileSync(${JSON.stringify(standIns.writeImage())}, stem + '.mrc');
`;
const ROW4 = '1.000000 15100.000000 14900.000000 -38.500000 0.000000 0.123000 4.250000';
const ROW5 = `${ROW4} 0.0 0.0 0.0`;

async function fitOf(body: string, changes: Parameters<typeof requestOf>[0] = {}) {
  const work = standIns.createWorkDir();
  const adapter = ctffindAdapter(settingsOf({ ctffind: standIns.script(body) }));
  const result = await adapter.estimateCtf!(requestOf(changes), work);
  const answers = JSON.parse(readFileSync(join(work.workDir, '..', 'answers.json'), 'utf8')) as string[];
  return { ...result, answers };
}

describe('CTFFIND (a stand-in that replays documented outputs: the program cannot run here)', () => {
  describe.each([
    ['4.1.14', ROW4],
    ['5.0.2', ROW5],
  ])('%s', (version, row) => {
    let result: Awaited<ReturnType<typeof fitOf>>;
    beforeAll(async () => {
      result = await fitOf(replay(version, row));
    });

    it('returns the defocus, angle, phase shift and resolution in its text file', () => {
      expect(ctfSchema.parse(result.outcome.ctf)).toMatchObject({
        defocusUA: 15100,
        defocusVA: 14900,
        astigmatismA: 200,
        astigmatismAngleDeg: -38.5,
        phaseShiftDeg: 0,
        figureOfMerit: 0.123,
        fitResolutionA: 4.25,
        fitCriterion: `CTFFIND ${version}: spacing up to which it fitted rings`,
        profile: { frequencyPerA: [0, 0.01, 0.02], data: [0.5, 0.6, 0.7], model: [0.4, 0.5, 0.6] },
      });
    });

    it('is trusted if the built-in fit agrees', () => {
      expect(result.outcome.ctf.confidence).toBeGreaterThanOrEqual(GOOD_CONFIDENCE);
      expect(result.outcome.warnings).toEqual([]);
    });

    it('is recorded with its version, and a command with every answer', () => {
      expect(result.external).toEqual({ version });
      expect(result.command.split('\n').slice(1, -1)).toEqual(result.answers.slice(0, -1));
    });

    it('keeps its text and its image, whose edge frequency is derived from the frequency step of its curves', () => {
      expect(result.outcome.ctffindText).toContain(row);
      const { size, edgeFrequencyPerA } = result.outcome.diagnostic;
      expect([size, edgeFrequencyPerA]).toEqual([64, 0.32]);
    });
  });

  it('receives the answers in the order of its prompts, with ranges in Angstrom', () => {
    expect(ctffindAnswers(requestOf(), 'X.mrc', 'X_ctffind.mrc')).toEqual(
      'X.mrc X_ctffind.mrc 1.1 300 2.7 0.1 512 30 4 3000 60000 100 no no no no no no no'.split(' '),
    );
  });

  it('receives the phase shift range in radians, and the expected astigmatism', () => {
    const search = {
      ...DEFAULT_CTF_SEARCH,
      phaseShift: { minimumDeg: 30, maximumDeg: 150 },
      expectedAstigmatismA: 200,
    };
    const answers = ctffindAnswers(requestOf({ search }), 'X.mrc', 'D.mrc');
    expect(answers.slice(12)).toEqual('no no yes 200 yes 0.523599 2.617994 0.174533 no no no'.split(' '));
  });

  it('fits only up to the Nyquist frequency', () => {
    expect(ctffindAnswers(requestOf({ pixelSizeA: 2.5 }), 'X.mrc', 'D.mrc')[8]).toBe('5');
  });

  it('is recorded with the larger defocus first, and the corresponding angle', async () => {
    const { outcome } = await fitOf(replay('4.1.14', '1.0 14900.0 15100.0 60.0 0.0 0.1 4.0'));
    expect(outcome.ctf).toMatchObject({ defocusUA: 15100, defocusVA: 14900, astigmatismAngleDeg: -30 });
  });

  it('is recorded with the phase shift in degrees', async () => {
    const { outcome } = await fitOf(replay('4.1.14', '1.0 15100.0 14900.0 60.0 1.570796 0.1 4.0'));
    expect(outcome.ctf.phaseShiftDeg).toBeCloseTo(90, 4);
  });

  it('is not trusted if the built-in fit finds another defocus, and a warning names both', async () => {
    const { outcome } = await fitOf(replay('4.1.14', '1.0 25100.0 24900.0 60.0 0.0 0.1 4.0'));
    expect(outcome.ctf).toMatchObject({ defocusUA: 25100, confidence: NO_RINGS_CONFIDENCE });
    expect(outcome.warnings.join()).toMatch(/25000 A.*built-in fit 1[45]\d{3} A/);
  });

  it('that fitted no ring has confidence 0, and the low-resolution end of the range as resolution', async () => {
    const { outcome } = await fitOf(replay('4.1.14', '1.0 15100.0 14900.0 60.0 0.0 0.1 inf'));
    expect(outcome.ctf).toMatchObject({ confidence: 0, fitResolutionA: 30 });
    expect(outcome.warnings.join()).toMatch(/fitted no Thon rings/);
  });

  it.each([
    ['no text', replay('4.1.14', ROW4, ['curves', 'picture']), /did not write X_ctffind.txt/],
    ['no curves', replay('4.1.14', ROW4, ['text', 'picture']), /did not write X_ctffind_avrot.txt/],
    ['no image', replay('4.1.14', ROW4, ['text', 'curves']), /no readable image/],
    ['a text without numbers', replay('4.1.14', ''), /no result/],
    [
      'a non-zero exit code',
      'console.error("Illegal instruction"); process.exit(4);',
      /exit code 4.*Illegal/s,
    ],
  ])('fails with %s', async (_description, body, message) => {
    await expect(fitOf(body)).rejects.toMatchObject({
      code: 'PROGRAM_FAILED',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ['/opt/no/such/ctffind', /Looked for \/opt\/no\/such\/ctffind/],
    ['no-such-ctffind', /Looked for no-such-ctffind in PATH/],
  ])('that is not installed as %s is reported as missing, with its path', async (ctffind, message) => {
    const adapter = ctffindAdapter(settingsOf({ ctffind }));
    await expect(adapter.estimateCtf!(requestOf(), standIns.createWorkDir())).rejects.toMatchObject({
      code: 'PROGRAM_MISSING',
      message: expect.stringMatching(message),
      location: { field: '[programs] ctffind' },
    });
  });
});
