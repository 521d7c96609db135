/** A token of JSON with the white space before it: punctuation, a string, or a number or word. */
const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

type Wanted = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or ]' | ', or }' | 'end';
type Kind = '{' | '}' | '[' | ']' | ':' | ',' | 'string' | 'literal';
type Bracket = '{' | '[';

const VALUES = { '{': 'open {', '[': 'open [', string: 'after value', literal: 'after value' } as const;
/** For each state of the parser, the tokens that are allowed and the state that follows. */
const FOLLOWING: Record<
  Wanted,
  { readonly [kind in Kind]?: Wanted | `open ${Bracket}` | 'close' | 'after value' }
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

export interface JsonSyntaxFault {
  /** Index in the text. */
  readonly offset: number;
  readonly expected: string;
}

/**
 * The position at which a text stops being valid JSON, because `JSON.parse` reports it for some faults only.
 * Null if the text is valid. The time grows linearly with the length of the text.
 */
export function findJsonSyntaxFault(text: string): JsonSyntaxFault | null {
  const open: Bracket[] = [];
  let wanted: Wanted = 'value';
  const pattern = new RegExp(TOKEN);
  for (;;) {
    const offset = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) {
      const at = text.length - text.slice(offset).replace(/^[ \t\n\r]+/, '').length;
      return wanted === 'end' && at === text.length ? null : { offset: at, expected: wanted };
    }
    const [, mark, string, literal] = match;
    const next = followingOf(wanted, string === undefined ? (mark ?? 'literal') : 'string', open);
    if (next === null)
      return {
        offset: pattern.lastIndex - (mark ?? string ?? literal ?? '').length,
        expected: wanted,
      };
    wanted = next;
  }
}

/** The state after a token; null if the token is not allowed. Pushes and pops brackets. */
function followingOf(wanted: Wanted, kind: string, open: Bracket[]): Wanted | null {
  const following = Object.entries(FOLLOWING[wanted]).find(([name]) => name === kind)?.[1];
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

function afterValue(open: readonly Bracket[]): Wanted {
  const bracket = open.at(-1);
  if (bracket === undefined) return 'end';
  return bracket === '{' ? ', or }' : ', or ]';
}
