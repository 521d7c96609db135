import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_CTF_SEARCH } from '../../../src/contract/recipe.ts';
import { ctfSchema, GOOD_CONFIDENCE } from '../../../src/contract/record.ts';
import { gctfAdapter, gctfArguments } from '../../../src/pipeline/programs/gctf.ts';
import { requestOf, StandIns, settingsOf } from './stand-in.ts';

const standIns = new StandIns();
afterAll(() => standIns.remove());

const FINAL = '15100.00 14900.00 34.50 0.180000 Final Values';
const LIMIT = 'Resolution limit estimated by EPA: RES_LIMIT 3.500';

/** Script that writes the outputs of Gctf (structure: see test/formats/logs) next to its input. */
const replay = (final: string, limit: string, files = ['log', 'curves', 'picture']) => `
const input = args.find((arg) => arg.endsWith('.mrc'));
if (!fs.existsSync(input)) { console.error('no input'); process.exit(1); }
const stem = input.replace(/\\.mrc$/, '');
fs.writeFileSync('../arguments.json', JSON.stringify(args));
const log = 'Gctf v1.18\\n   Defocus_U   Defocus_V       Angle         CCC\\n${final}\\n\\n${limit}\\nProcessing done successfully.\\n';
console.log(log);
if (${files.includes('log')}) fs.writeFileSync(stem + '_gctf.log', log);
if (${files.includes('curves')}) fs.writeFileSync(stem + '_EPA.log', ' Resolution |CTFsim| EPA( Ln|F| ) EPA(Ln|F| - Bg) CCC\\n50 0.1 8 0.2 0.9\\n25 0.3 7 0.4 0.8\\n');
if (${files.includes('picture')}) fs.copyFileSync(${JSON.stringify(standIns.writeImage())}, stem + '.ctf');
`;

async function fitOf(body: string) {
  const work = standIns.createWorkDir();
  const adapter = gctfAdapter(settingsOf({ gctf: standIns.script(body) }));
  const result = await adapter.estimateCtf!(requestOf(), work);
  const receivedArguments = JSON.parse(
    readFileSync(join(work.workDir, '..', 'arguments.json'), 'utf8'),
  ) as string[];
  return { ...result, receivedArguments };
}

describe('Gctf (a stand-in that replays documented outputs: the program cannot run here)', () => {
  it('is called with the command line of the original service, and returns the numbers in its log', async () => {
    const { outcome, receivedArguments, external, command } = await fitOf(replay(FINAL, LIMIT));
    const line = '--apix 1.1 --kV 300 --Cs 2.7 --ac 0.1 --ctfstar X_gctf.star --boxsize 1024 X.mrc --gid 0';
    expect(receivedArguments.join(' ')).toBe(line);
    expect(command).toMatch(new RegExp(`^/.*\\.cjs ${line}$`));
    expect(external).toEqual({ version: '1.18' });
    expect(outcome.warnings).toEqual([]);
    expect(ctfSchema.parse(outcome.ctf)).toMatchObject({
      defocusUA: 15100,
      defocusVA: 14900,
      astigmatismAngleDeg: 34.5,
      phaseShiftDeg: 0,
      figureOfMerit: 0.18,
      fitResolutionA: 3.5,
      profile: { frequencyPerA: [0.02, 0.04], data: [0.2, 0.4], model: [0.1, 0.3], cc: [0.9, 0.8] },
    });
    expect(outcome.ctf.confidence).toBeGreaterThanOrEqual(GOOD_CONFIDENCE);
    expect(outcome.diagnostic.size).toBe(64);
  });

  it('receives the requested ranges, and the phase shift in degrees', () => {
    const search = {
      ...DEFAULT_CTF_SEARCH,
      maximumDefocusA: 30000,
      phaseShift: { minimumDeg: 0, maximumDeg: 180 },
    };
    expect(gctfArguments(requestOf({ search }), 'X.mrc', 'S').join(' ')).toMatch(
      /--defH 30000 --phase_shift_L 0 --phase_shift_H 180 --phase_shift_S 10 X.mrc --gid 0$/,
    );
  });

  it('that writes no log is parsed from its printed output', async () => {
    const { outcome } = await fitOf(replay(FINAL, LIMIT, ['curves', 'picture']));
    expect(outcome.ctf.defocusUA).toBe(15100);
  });

  it('without curves keeps its fit, with a warning', async () => {
    const { outcome } = await fitOf(replay(FINAL, LIMIT, ['log', 'picture']));
    expect(outcome.ctf.profile.cc).toEqual([]);
    expect(outcome.warnings.join()).toMatch(/no X_EPA.log/);
  });

  it.each([
    ['no final values', replay('', LIMIT), /no result/],
    ['no resolution limit', replay(FINAL, ''), /no resolution/],
    ['no image', replay(FINAL, LIMIT, ['log', 'curves']), /no readable image/],
    [
      'a non-zero exit code',
      'console.error("CUDA error: no device"); process.exit(1);',
      /code 1.*CUDA error/s,
    ],
  ])('fails with %s', async (_description, body, message) => {
    await expect(fitOf(body)).rejects.toMatchObject({
      code: 'PROGRAM_FAILED',
      message: expect.stringMatching(message),
    });
  });

  it('that is not installed is reported as missing, with its path', async () => {
    const adapter = gctfAdapter(settingsOf({ gctf: '/opt/no/gctf' }));
    await expect(adapter.estimateCtf!(requestOf(), standIns.createWorkDir())).rejects.toMatchObject({
      code: 'PROGRAM_MISSING',
      message: expect.stringContaining('/opt/no/gctf'),
    });
  });
});
