import { messageOf } from '../../base/errors.ts';
import { splitShellWords } from '../../base/shell-words.ts';
import { CodedError } from '../../contract/errors.ts';

/** A flag and its values. */
export type Flag = readonly [name: string, ...values: string[]];

/**
 * Splits a text into words as a shell would, without any expansion.
 * @param field - source of the text, for the message
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
 * The flags of the service, except those that a user overrides, then those of the user. If a flag is given
 * twice, some programs use the first and some the last, so no flag is given twice.
 * @param required - flags that are needed to read the outputs
 * @throws CodedError BAD_CONFIG if the user gives one of `required`
 */
export function mergeArguments(
  required: readonly Flag[],
  defaults: readonly Flag[],
  additionalArguments: string | undefined,
  field: string,
): string[] {
  const words = splitWords(additionalArguments ?? '', field);
  const userWords = new Set(words);
  const conflict = required.find(([name]) => userWords.has(name));
  if (conflict)
    throw new CodedError(
      'BAD_CONFIG',
      `${conflict[0]} is set by the service, which needs it to find the outputs.`,
      {
        field,
        found: conflict[0],
      },
    );
  return [...required, ...defaults.filter(([name]) => !userWords.has(name))].flat().concat(words);
}
