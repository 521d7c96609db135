import { afterAll, describe, expect, it } from 'vitest';
import { ctfSchema } from '../../../src/contract/record.ts';
import { ctfAdapter } from '../../../src/pipeline/programs/ctf-adapter.ts';
import { requestOf, StandIns, settingsOf } from './stand-in.ts';

const standIns = new StandIns();
afterAll(() => standIns.remove());

describe('the result of a CTF program that writes only numbers', () => {
  it('contains these numbers, and curves and an image computed from them', async () => {
    const adapter = ctfAdapter(
      {
        name: 'gctf',
        call: ({ file, stem }) => ({ args: [file, stem] }),
        read: (outputs, { stem }) => {
          const [defocus1A = 0, defocus2A = 0, angleDeg = 0] = outputs
            .text(`${stem}.txt`)
            .split(' ')
            .map(Number);
          const numbers = { phaseShiftDeg: 0, figureOfMerit: 0.2, fitResolutionA: 4, fitCriterion: 'none' };
          return { fit: { defocus1A, defocus2A, angleDeg, ...numbers }, version: '7', warnings: [] };
        },
      },
      settingsOf({ gctf: standIns.script(`fs.writeFileSync(args[1] + '.txt', '15100 14900 34.5');`) }),
    );
    const { outcome, external } = await adapter.estimateCtf(requestOf(), standIns.createWorkDir());
    const { ctf, diagnostic, warnings } = outcome;
    expect(external).toEqual({ version: '7' });
    expect(warnings).toEqual([]);
    expect(ctfSchema.parse(ctf)).toMatchObject({ defocusUA: 15100, defocusVA: 14900, fitResolutionA: 4 });
    expect(ctf.profile.cc.filter((value) => value > 0.9).length).toBeGreaterThan(50);
    expect(diagnostic.isForeign).toBeUndefined();
    expect(diagnostic.data).toHaveLength(diagnostic.size ** 2);
  });
});
