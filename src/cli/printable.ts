// biome-ignore lint/suspicious/noControlCharactersInRegex: they are replaced
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are replaced
const CONTROL_EXCEPT_NEWLINE_AND_TAB = /[\u0000-\b\v-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * Escapes line breaks and all characters that control a terminal or the direction of writing, in a text that
 * comes from a session. Otherwise, anybody who chooses file names or writes metadata could change what an
 * administrator's terminal shows.
 */
export const printableLine = (text: string): string => text.replaceAll(CONTROL, escaped);

/** Like `printableLine`, but newlines and tabs are kept: for messages that this program composes. */
export const printableText = (text: string): string =>
  text.replaceAll(CONTROL_EXCEPT_NEWLINE_AND_TAB, escaped);

/** A copy of a JSON value, with `printableLine` applied to all its texts. */
export function printableValue<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) =>
    typeof inner === 'string' ? printableLine(inner) : inner,
  );
}
