/**
 * The next token of a text: white space, a single-quoted or double-quoted part, an escaped character, or
 * plain characters.
 */
const PIECE = /(\s+)|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/sy;
/** Characters that cause an expansion, even within double quotes, unless a backslash precedes them. */
const EXPANSION = /\\.|([$`])/gs;
/** Characters with a special meaning outside quotes. */
const OPERATOR = /[|&;<>()]/;

/** The text is not a list of words. The message is a clause, to be used within a sentence. */
export class ShellSyntaxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ShellSyntaxError';
  }
}

export interface SplitOptions {
  /**
   * `refused` (default): `$`, backquotes and operators are errors, because no shell interprets them here.
   * `literal`: they are ordinary characters.
   */
  readonly special?: 'refused' | 'literal';
}

/**
 * Splits a text into words as a POSIX shell does: white space, quotes and backslashes, without any expansion.
 * @throws ShellSyntaxError for an unclosed quote, a backslash at the end, and refused characters
 */
export function splitShellWords(text: string, { special = 'refused' }: SplitOptions = {}): string[] {
  const words: string[] = [];
  let word: string | null = null;
  const pattern = new RegExp(PIECE);
  for (let offset = 0; offset < text.length; offset = pattern.lastIndex) {
    pattern.lastIndex = offset;
    const match = pattern.exec(text);
    if (match === null) throw unfinishedError(text.charAt(offset));
    const [, whiteSpace, singleQuoted, doubleQuoted, escapedCharacter, plainText] = match;
    if (special === 'refused') refuseSpecial(doubleQuoted ?? '', plainText ?? '');
    if (whiteSpace === undefined)
      word =
        (word ?? '') + (singleQuoted ?? escapedCharacter ?? plainText ?? unescapeQuoted(doubleQuoted ?? ''));
    else if (word !== null) {
      words.push(word);
      word = null;
    }
  }
  if (word !== null) words.push(word);
  return words;
}

const unfinishedError = (c: string): ShellSyntaxError =>
  new ShellSyntaxError(c === '\\' ? 'there is a backslash at the end' : `the quote ${c} is not closed`);

/** Within double quotes, a backslash escapes only four characters; before any other character it is kept. */
const unescapeQuoted = (doubleQuoted: string): string => doubleQuoted.replace(/\\(["\\$`])/g, '$1');

function refuseSpecial(doubleQuoted: string, plainText: string): void {
  for (const [, found] of (doubleQuoted + plainText).matchAll(EXPANSION))
    if (found !== undefined) throw new ShellSyntaxError(`${found} is not expanded here; write its value`);
  const operator = OPERATOR.exec(plainText);
  if (operator)
    throw new ShellSyntaxError(`${operator[0]} has a special meaning in a shell; put it in quotes`);
}

/** Puts a word in single quotes, so that a shell reads it unchanged. */
export const shellQuoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** Formats words as a command line for a shell, with quotes only where they are needed. */
export const shellCommandLine = (words: readonly string[]): string =>
  words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : shellQuoted(word))).join(' ');
