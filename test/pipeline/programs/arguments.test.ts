import { describe, expect, it } from 'vitest';
import { mergeArguments, splitWords } from '../../../src/pipeline/programs/arguments.ts';
import { visibleGpus } from '../../../src/pipeline/programs/gpus.ts';

describe('additional arguments', () => {
  it.each([
    ['', []],
    ['   ', []],
    ['-a 1  --b=2', ['-a', '1', '--b=2']],
    ['-Group "2 4" \'x y\'', ['-Group', '2 4', 'x y']],
    ['a\\ b "c\\"d" e\'f g\'', ['a b', 'c"d', 'ef g']],
  ])('%j are split as a shell would split them', (text, words) => {
    expect(splitWords(text, 'f')).toEqual(words);
  });

  it.each(['"open', "a 'b", 'x "y\\"'])('%j are refused because of an unclosed quote', (text) => {
    expect(() => splitWords(text, '[programs] x')).toThrow(
      expect.objectContaining({
        code: 'BAD_CONFIG',
        location: expect.objectContaining({ field: '[programs] x' }),
      }),
    );
  });

  it('override the arguments of the service, except those that determine its outputs', () => {
    const fixed = [['--o', 'out/']] as const;
    const defaults = [
      ['--bfactor', '150'],
      ['--j', '2'],
    ] as const;
    expect(mergeArguments(fixed, defaults, '--bfactor 300 --verb 1', 'f')).toEqual(
      '--o out/ --j 2 --bfactor 300 --verb 1'.split(' '),
    );
    expect(() => mergeArguments(fixed, defaults, '--o elsewhere/', 'f')).toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG' }),
    );
  });
});

describe('the GPUs of a worker', () => {
  it('are numbered from 0 among the visible GPUs', () => {
    expect(visibleGpus({})).toEqual(['0']);
    expect(visibleGpus({ CUDA_VISIBLE_DEVICES: '5' })).toEqual(['0']);
    expect(visibleGpus({ CUDA_VISIBLE_DEVICES: '1,3,7' })).toEqual(['0', '1', '2']);
  });
});
