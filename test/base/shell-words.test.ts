import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ShellSyntaxError,
  shellCommandLine,
  shellQuoted,
  splitShellWords,
} from '../../src/base/shell-words.ts';
import { runProcess } from '../../src/base/start-process.ts';

/** Splits a text into words with a real shell. */
async function splitByShell(text: string): Promise<string[]> {
  const { stdout } = await runProcess(['sh', '-c', `printf '%s\\0' ${text}`]);
  return stdout.split('\0').slice(0, -1);
}

describe('splitShellWords', () => {
  it.each([
    `--gres=gpu:a40:4 --exclusive`,
    `  --comment="two words"   -p a\\ b `,
    `'single "quotes"' "double 'quotes'" "a\\"b" "a\\b" ''`,
    `--a='x'"y"z`,
    `"a\\$b" \\$c`,
  ])('splits %s as a shell does', async (text) => {
    expect(splitShellWords(text)).toEqual(await splitByShell(text));
  });

  it('restores all words that were quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 4 }), (words) => {
        expect(splitShellWords(words.map(shellQuoted).join(' '))).toEqual(words);
        expect(splitShellWords(shellCommandLine(words))).toEqual(words);
      }),
    );
  });

  it.each([
    ['--gres=$GPUS', /\$ is not expanded/],
    ['a `b`', /` is not expanded/],
    ['--exclusive; rm -rf /', /; has a special meaning/],
    ['a > b', /> has a special meaning/],
    ['"open', /quote " is not closed/],
    ['end\\', /backslash at the end/],
  ])('refuses %s', (text, message) => {
    expect(() => splitShellWords(text)).toThrow(ShellSyntaxError);
    expect(() => splitShellWords(text)).toThrow(message);
  });

  it('treats expansions as literal text on request', () => {
    expect(splitShellWords('-x $a "$(b)" c;d', { special: 'literal' })).toEqual(['-x', '$a', '$(b)', 'c;d']);
  });
});

it('a command line has quotes only if they are needed', () => {
  expect(shellCommandLine(['/opt/a b/gctf', '--kV', '300', "it's", ''])).toBe(
    `'/opt/a b/gctf' --kV 300 'it'\\''s' ''`,
  );
});
