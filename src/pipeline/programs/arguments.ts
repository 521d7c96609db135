import { CodedError } from '../../contract/errors.ts';

/** A flag and its values, as the program takes them. */
export type Flag = readonly [name: string, ...values: string[]];

/**
 * The words of a command line: parted by blanks, quotes keep blanks together, a backslash takes the next character as it is.
 * @param field - where the text stands, for the message
 * @throws CodedError BAD_CONFIG for a quote without its end
 */
export function splitWords(text: string, field: string): string[] {
  const words: string[] = [];
  const pattern = /\s*((?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+)\s*/suy;
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) {
      if (text.slice(at).trim() === '') break;
      throw new CodedError('BAD_CONFIG', 'A quote has no end.', { field, found: text.slice(at) });
    }
    words.push(
      match[1]!.replace(/\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gsu, (_all, escaped, double, single) =>
        escaped !== undefined ? escaped : double !== undefined ? double.replace(/\\(.)/gsu, '$1') : single,
      ),
    );
  }
  return words;
}

/**
 * Our flags, less those that a person gives in another way, then those of the person. Programs differ in which of two they
 * heed; so none is given twice.
 * @param own - flags on which reading the outputs depends
 * @throws CodedError BAD_CONFIG where the person gives one of `own`
 */
export function mergeArguments(
  own: readonly Flag[],
  ours: readonly Flag[],
  further: string | undefined,
  field: string,
): string[] {
  const words = splitWords(further ?? '', field);
  const given = new Set(words);
  const taken = own.find(([name]) => given.has(name));
  if (taken)
    throw new CodedError('BAD_CONFIG', `${taken[0]} is set by the service, so that it finds the outputs.`, {
      field,
      found: taken[0],
    });
  return [...own, ...ours.filter(([name]) => !given.has(name))].flat().concat(words);
}
