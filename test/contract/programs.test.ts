import { describe, expect, it } from 'vitest';
import { PARAMETER_TABLE } from '../../src/contract/parameters.ts';
import { PROGRAMS_SECTION } from '../../src/contract/program-config.ts';
import {
  DEFAULT_PROGRAM_SETTINGS,
  describePrograms,
  PROGRAM_TABLE,
  programSettingsSchema,
} from '../../src/contract/programs.ts';
import { allPrograms } from '../../src/pipeline/programs/registry.ts';

describe('the table of programs', () => {
  it.each(PROGRAM_TABLE)(
    'gives $name a key of [programs], a setting in a batch, a choice and an adapter',
    (row) => {
      const { kind, name, command } = row;
      expect(PROGRAMS_SECTION.parse({})).toMatchObject({ [name]: command });
      expect(DEFAULT_PROGRAM_SETTINGS[name]).toBe(command);
      const parameter = PARAMETER_TABLE.find((p) => p.name === `${kind}_program`);
      expect(parameter).toMatchObject({ choices: expect.arrayContaining(['builtin', name]) });
      expect(parameter?.help).toContain(row.title);
      const adapter = allPrograms('1.2.3').get(name);
      expect(adapter?.name).toBe(name);
      expect(adapter?.[kind === 'align' ? 'align' : 'estimateCtf']).toBeTypeOf('function');
    },
  );

  it('gives only aligners a key for additional arguments', () => {
    const keys = Object.keys(PROGRAMS_SECTION.shape).filter((key) => key.endsWith('_arguments'));
    const aligners = PROGRAM_TABLE.filter(({ kind }) => kind === 'align').map(
      ({ name }) => `${name}_arguments`,
    );
    expect(keys).toEqual(aligners);
  });

  it('describes which of the programs need a GPU', () => {
    expect(describePrograms('ctf')).toMatch(
      /^CTFFIND\b.* Gctf\b.* \(these must be installed; Gctf\b.* needs? a GPU\)$/,
    );
  });

  it('accepts batches that were written before a program was added', () => {
    expect(programSettingsSchema.parse({ ctffind: 'c', gctf: 'g', timeoutSeconds: 5 })).toMatchObject({
      ctffind: 'c',
      relion: 'relion_run_motioncorr',
      timeoutSeconds: 5,
    });
  });
});
