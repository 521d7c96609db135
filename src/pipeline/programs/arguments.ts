import { messageOf } from '../../base/errors.ts';
import { splitShellWords } from '../../base/shell-words.ts';
import { CodedError } from '../../contract/errors.ts';

/** A flag and its values. */
export type Flag = readonly [name: string, ...values: string[]];

/**
 * Splits a text into words as a shell would, without any expansion.
 * @param field - where the text is from, for the message
 * @throws CodedError BAD_CONFIG for an unclosed quote
 */
export function splitWords(text: string, field: string): string[] {
  try {
    return splitShellWords(text, { special: 'literal' });
  } catch (error) {
    throw new CodedError('BAD_CONFIG', `In the arguments: ${messageOf(error)}.`, { field, found: text });
  }
}

/**
 * Our flags, except those that a user overrides, then those of the user. Programs differ in which of two
 * equal flags they use; so none is given twice.
 * @param own - flags on which the reading of the outputs depends
 * @throws CodedError BAD_CONFIG if the user gives one of `own`
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
