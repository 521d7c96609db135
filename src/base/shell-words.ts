/**
 * The next piece of a text: blanks, a single-quoted or double-quoted part, an escaped character, or plain
 * ones.
 */
const PIECE = /(\s+)|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/sy;
/** What expands, also within double quotes, unless a backslash stands before it. */
const EXPANDED = /\\.|([$`])/gs;
/** What does something outside quotes. */
const OPERATOR = /[|&;<>()]/;

/** A text that is no list of words. The message is a part of a sentence. */
export class ShellSyntaxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ShellSyntaxError';
  }
}

export interface SplitOptions {
  /**
   * `$`, backquotes and operators: refused, since nothing is expanded here, or taken literally. Default:
   * refused.
   */
  readonly special?: 'refused' | 'literal';
}

/**
 * Splits a text into words as a POSIX shell does: blanks, quotes and backslashes, without any expansion.
 * @throws ShellSyntaxError for a quote that is not closed, a backslash at the end, and what is refused
 */
export function splitShellWords(text: string, { special = 'refused' }: SplitOptions = {}): string[] {
  const words: string[] = [];
  let word: string | null = null;
  const pattern = new RegExp(PIECE);
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) throw unfinished(text.charAt(at));
    const [, blanks, single, double, escaped, plain] = match;
    if (special === 'refused') refuseSpecial(double ?? '', plain ?? '');
    if (blanks === undefined) word = (word ?? '') + (single ?? escaped ?? plain ?? unquoted(double ?? ''));
    else if (word !== null) {
      words.push(word);
      word = null;
    }
  }
  if (word !== null) words.push(word);
  return words;
}

const unfinished = (c: string): ShellSyntaxError =>
  new ShellSyntaxError(c === '\\' ? 'a backslash stands at the end' : `the quote ${c} is not closed`);

/** Within double quotes a backslash quotes four characters only; before others it stays. */
const unquoted = (double: string): string => double.replace(/\\(["\\$`])/g, '$1');

function refuseSpecial(double: string, plain: string): void {
  for (const [, found] of (double + plain).matchAll(EXPANDED))
    if (found !== undefined)
      throw new ShellSyntaxError(`${found} is not expanded here; write what it stands for`);
  const operator = OPERATOR.exec(plain);
  if (operator)
    throw new ShellSyntaxError(`${operator[0]} has a meaning of its own in a shell; put it in quotes`);
}

/** A word in single quotes, as a shell reads it back whatever it holds. */
export const shellQuoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** Words as a command line for a shell; quotes stand only where they are needed. */
export const shellCommandLine = (words: readonly string[]): string =>
  words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : shellQuoted(word))).join(' ');
