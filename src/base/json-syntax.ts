/**
 * A token of JSON with the white space before it: punctuation, a string, or a number, `true`, `false`,
 * `null`.
 */
const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or ]' | ', or }' | 'end';
type Kind = '{' | '}' | '[' | ']' | ':' | ',' | 'string' | 'literal';
type Bracket = '{' | '[';

const VALUES = { '{': 'open {', '[': 'open [', string: 'after value', literal: 'after value' } as const;
/** For each state of the parser, the tokens that are allowed and the state that follows. */
const FOLLOWING: Record<
  Expected,
  { readonly [kind in Kind]?: Expected | `open ${Bracket}` | 'close' | 'after value' }
> = {
  value: VALUES,
  'value or ]': { ...VALUES, ']': 'close' },
  key: { string: ':' },
  'key or }': { string: ':', '}': 'close' },
  ':': { ':': 'value' },
  ', or ]': { ',': 'value', ']': 'close' },
  ', or }': { ',': 'key', '}': 'close' },
  end: {},
};

export interface JsonSyntaxError {
  /** Index in the text. */
  readonly offset: number;
  readonly expected: string;
}

/**
 * The position at which a text stops being valid JSON; null if the text is valid. `JSON.parse` does not
 * report the position of every error. The time grows linearly with the length of the text.
 */
export function findJsonSyntaxError(text: string): JsonSyntaxError | null {
  const open: Bracket[] = [];
  let expected: Expected = 'value';
  const pattern = new RegExp(TOKEN);
  for (;;) {
    const offset = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) {
      const errorOffset = text.length - text.slice(offset).replace(/^[ \t\n\r]+/, '').length;
      return expected === 'end' && errorOffset === text.length ? null : { offset: errorOffset, expected };
    }
    const [, punctuation, string, literal] = match;
    const next = nextExpected(expected, string === undefined ? (punctuation ?? 'literal') : 'string', open);
    if (next === null)
      return { offset: pattern.lastIndex - (punctuation ?? string ?? literal ?? '').length, expected };
    expected = next;
  }
}

/** The state after a token; null if the token is not allowed. Pushes and pops brackets. */
function nextExpected(expected: Expected, kind: string, open: Bracket[]): Expected | null {
  const following = Object.entries(FOLLOWING[expected]).find(([name]) => name === kind)?.[1];
  switch (following) {
    case undefined:
      return null;
    case 'open {':
      open.push('{');
      return 'key or }';
    case 'open [':
      open.push('[');
      return 'value or ]';
    case 'close':
      open.pop();
      return afterValue(open);
    case 'after value':
      return afterValue(open);
    default:
      return following;
  }
}

function afterValue(open: readonly Bracket[]): Expected {
  const bracket = open.at(-1);
  if (bracket === undefined) return 'end';
  return bracket === '{' ? ', or }' : ', or ]';
}
