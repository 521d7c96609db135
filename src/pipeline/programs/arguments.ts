import { messageOf } from '../../base/errors.ts';
import { splitShellWords } from '../../base/shell-words.ts';
import { CodedError } from '../../contract/errors.ts';

/** A flag and its values, as the program takes them. */
export type Flag = readonly [name: string, ...values: string[]];

/**
 * The words of a text as a shell would make them, without any expansion.
 * @param field - where the text stands, for the message
 * @throws CodedError BAD_CONFIG for a quote that is not closed
 */
export function splitWords(text: string, field: string): string[] {
  try {
    return splitShellWords(text, { special: 'literal' });
  } catch (error) {
    throw new CodedError('BAD_CONFIG', `In the arguments: ${messageOf(error)}.`, { field, found: text });
  }
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
