import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellQuoted, shellWords } from '../../../src/executors/jobs/shell-words.ts';

/** What a real shell makes of a text: its words, each ended by a zero byte. */
const byShell = (text: string): string[] =>
  execFileSync('sh', ['-c', `printf '%s\\0' ${text}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

describe('shellWords', () => {
  it.each([
    `--gres=gpu:a40:4 --exclusive`,
    `  --comment="two words"   -p a\\ b `,
    `'single "quotes"' "double 'quotes'" "a\\"b" "a\\b" ''`,
    `--a='x'"y"z`,
  ])('splits %s as a shell does', (text) => {
    expect(shellWords(text)).toEqual(byShell(text));
  });

  it('reads back whatever was quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 4 }), (words) => {
        expect(shellWords(words.map(shellQuoted).join(' '))).toEqual(words);
      }),
    );
  });

  it.each([
    ['--gres=$GPUS', /\$ is not expanded/],
    ['a `b`', /` is not expanded/],
    ['--exclusive; rm -rf /', /; has a meaning/],
    ['a > b', /> has a meaning/],
    ['"open', /quote " is not closed/],
    ['end\\', /backslash stands at the end/],
  ])('refuses %s', (text, message) => {
    expect(() => shellWords(text)).toThrow(message);
  });
});
