import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomNumbers } from './support/random.ts';
import { COMMON_WORDS, READ_THROUGH_OTHERS, READERS, type Reader } from './support/text-readers.ts';

/**
 * Texts come from anybody: a microscope, a program, a user. The time that a reader (a function that parses
 * text) takes must grow linearly with the length of the text, whatever the text is. The test compares a long
 * text with eight short ones of an eighth of its length, by CPU time of this thread, which other processes
 * hardly affect: a linear reader takes the same time for both, a quadratic one eight times as long for the
 * long text.
 */
/** Length of a short text. */
const SHORT_LENGTH = 16_000;
const FACTOR = 8;
const MAX_GROWTH = 3;
/** A reader that takes less than this time for the long text is not compared. */
const NEGLIGIBLE_MS = 60;
/** Resolution of the CPU time, on some systems. */
const RESOLUTION_MS = 10;
const RANDOM_TEXTS = 60;

/** CPU time of this thread, ms. A reader may refuse the text with an error. */
function cpuMs({ read }: Reader, text: string, times = 1): number {
  const startUsage = process.threadCpuUsage();
  for (let i = 0; i < times; i++)
    try {
      read(text);
    } catch {
      // refused
    }
  const { user, system } = process.threadCpuUsage(startUsage);
  return (user + system) / 1000;
}

/** A text of about the given length: start, a part that is repeated, end. */
const textOf = ([start = '', repeatedText = 'a', end = '']: readonly string[], length: number) =>
  start + repeatedText.repeat(Math.ceil(length / repeatedText.length)) + end;

/**
 * Time for the long text divided by that for the short ones, the best of four; 0 if the time is negligible.
 */
function growth(reader: Reader, parts: readonly string[]): number {
  const [longText, shortText] = [textOf(parts, SHORT_LENGTH * FACTOR), textOf(parts, SHORT_LENGTH)];
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 4; i++) {
    const longMs = cpuMs(reader, longText);
    if (longMs < NEGLIGIBLE_MS) return 0;
    best = Math.min(best, longMs / Math.max(cpuMs(reader, shortText, FACTOR), RESOLUTION_MS));
    if (best <= MAX_GROWTH) return best;
  }
  return best;
}

/**
 * Parts of the tested texts, see `textOf`: each word repeated, with and without other words at the ends, then
 * random combinations of words.
 */
function partsOfTexts({ words }: Reader, seed: number): string[][] {
  const allWords = [...words, ...COMMON_WORDS];
  const random = randomNumbers(seed);
  const randomWord = () => allWords[Math.floor(random() * allWords.length)] ?? '';
  const wordParts = words.flatMap((word) => [
    ['', word, ''],
    ['', word, '!'],
    [word, ' ', '!'],
    [word, '\n', '!'],
    [word, '1', '!'],
  ]);
  const blankParts = [
    ['', ' ', '!'],
    ['a', ' ', 'a'],
    ['', '\n', '!'],
    ['', '1', '!'],
    ['', ' \n', '!'],
  ];
  const randomParts = Array.from({ length: RANDOM_TEXTS }, () => [
    randomWord() + randomWord(),
    randomWord() + randomWord(),
    randomWord(),
  ]);
  return [...wordParts, ...blankParts, ...randomParts];
}

/** Exported functions that parse a text. */
const TEXT_READER =
  /^export (?:async )?(?:function|const) ((?:read|parse)\w+)(?:<\w+>)?(?: = )?\(\s*text: string/gm;

it('every function that reads text is tested here', () => {
  const sources = globSync('src/**/*.ts', { exclude: ['src/simulator/**'] });
  const found = sources.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(TEXT_READER)].map(([, name = '']) => name),
  );
  expect(found.length).toBeGreaterThan(20);
  const known = [...Object.keys(READERS), ...READ_THROUGH_OTHERS];
  expect(found.filter((name) => !known.includes(name))).toEqual([]);
});

describe('a reader takes time in proportion to the length of the text', () => {
  it.each(Object.entries(READERS))('%s', (name, reader) => {
    for (const parts of partsOfTexts(reader, name.length)) {
      const ratio = growth(reader, parts);
      expect(
        ratio,
        `${JSON.stringify(parts)}: a text of ${FACTOR} times the length takes ${ratio.toFixed(1)} times as long as ${FACTOR} short texts`,
      ).toBeLessThanOrEqual(MAX_GROWTH);
    }
  });
});
