import { expect, it } from 'vitest';
import { CONFIG_SECTIONS } from '../../src/contract/config.ts';
import { KEYED_SETTINGS, keyInFile, keyOf } from '../../src/contract/config-keys.ts';

it('every key that a message contains exists in its section of the config file', () => {
  for (const [section, key] of Object.values(KEYED_SETTINGS)) {
    const shapes = Object.entries(CONFIG_SECTIONS).filter(([name]) => name === section);
    expect(shapes.map(([, { shape }]) => key in shape)).toEqual([true]);
  }
});

it('keys are written in messages as in the file', () => {
  expect(keyOf('sbatchOptions')).toBe('glite_arguments');
  expect(keyInFile('slurm.timeLimit')).toBe('time_limit in [slurm]');
});
