/** Characters that do something outside quotes in a shell. */
const SPECIAL = new Set('|&;<>()`');
/** What a backslash can quote within double quotes. */
const QUOTABLE = '"\\$`';

/** A text that is no list of words. The message is a part of a sentence. */
export class ShellSyntaxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ShellSyntaxError';
  }
}

export interface SplitOptions {
  /** `$`, backquotes and operators: refused, since nothing is expanded here, or taken literally. Default: refused. */
  readonly special?: 'refused' | 'literal';
}

/**
 * Splits a text into words as a POSIX shell does: blanks, quotes and backslashes, without any expansion.
 * @throws ShellSyntaxError for a quote that is not closed, a backslash at the end, and what is refused
 */
export function splitShellWords(text: string, { special = 'refused' }: SplitOptions = {}): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote === "'" ? c === "'" : quote !== null && c === quote) quote = null;
    else if (quote === "'") word += c;
    else if (c === '\\') {
      const next = text.charAt(++i);
      if (next === '') throw new ShellSyntaxError('a backslash stands at the end');
      word = (word ?? '') + (quote !== null && !QUOTABLE.includes(next) ? c + next : next);
    } else if (special === 'refused' && (c === '$' || c === '`'))
      throw new ShellSyntaxError(`${c} is not expanded here; write what it stands for`);
    else if (quote !== null) word += c;
    else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (/\s/.test(c)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (special === 'refused' && SPECIAL.has(c))
      throw new ShellSyntaxError(`${c} has a meaning of its own in a shell; put it in quotes`);
    else word = (word ?? '') + c;
  }
  if (quote !== null) throw new ShellSyntaxError(`the quote ${quote} is not closed`);
  if (word !== null) words.push(word);
  return words;
}

/** A word in single quotes, as a shell reads it back whatever it holds. */
export const shellQuoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** Words as a command line for a shell; quotes stand only where they are needed. */
export const shellCommandLine = (words: readonly string[]): string =>
  words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : shellQuoted(word))).join(' ');
