import { describe, expect, it } from 'vitest';
import { parseParameters, parseSomeParameters } from '../../src/contract/parse-parameters.ts';

describe('ranges of the CTF search', () => {
  const MOVIE = { apix: 1, kev: 300 };

  it('may be given by only one limit', () => {
    expect(parseParameters({ ...MOVIE, defocus_min: '5000' })).toMatchObject({
      ok: true,
      values: { defocus_min: 5000 },
    });
  });

  it('are refused if they are empty, with messages that name both limits', () => {
    const parsed = parseSomeParameters({ defocus_min: 70_000, phase_min: 90, phase_max: 20 });
    expect(parsed).toMatchObject({
      ok: false,
      errors: [
        { field: 'defocus_min', message: expect.stringContaining('defocus_max (60000)') },
        { field: 'phase_min', message: expect.stringContaining('phase_max (20)') },
      ],
    });
  });
});

it('a text with control characters is refused; white space around a text is removed', () => {
  for (const character of ['\0', '\n', '\u001b', '\u007f'])
    expect(parseSomeParameters({ rawgainref: `a${character}b` })).toMatchObject({
      ok: false,
      errors: [{ field: 'rawgainref', message: 'rawgainref must not have control characters' }],
    });
  expect(parseSomeParameters({ rawgainref: ' gain é (1).mrc\n' })).toMatchObject({
    values: { rawgainref: 'gain é (1).mrc' },
  });
});
