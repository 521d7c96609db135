/** What a shell would not take as it stands outside quotes: it has a meaning there that an argument cannot have here. */
const SPECIAL = new Set('|&;<>()`');

/**
 * Splits a text into words as a POSIX shell does: blanks, quotes and backslashes, but without any expansion. What would
 * expand or do something else than name a word is refused rather than passed on literally.
 * @throws Error with a sentence that says what cannot be taken
 */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quote === "'") {
      if (c === "'") quote = null;
      else word += c;
    } else if (c === '$' || c === '`') throw new Error(`${c} is not expanded here; write what it stands for`);
    else if (c === '\\') {
      const next = text[++i];
      if (next === undefined) throw new Error('a backslash stands at the end');
      // Within double quotes a backslash is one, but before what it can quote there.
      word = (word ?? '') + (quote === '"' && !'"\\$`'.includes(next) ? `\\${next}` : next);
    } else if (quote === '"') {
      if (c === '"') quote = null;
      else word += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (/\s/.test(c)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (SPECIAL.has(c)) throw new Error(`${c} has a meaning of its own in a shell; put it in quotes`);
    else word = (word ?? '') + c;
  }
  if (quote !== null) throw new Error(`the quote ${quote} is not closed`);
  if (word !== null) words.push(word);
  return words;
}

/** A word as a shell reads it back, whatever it holds. */
export const shellQuoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
