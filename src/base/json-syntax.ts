/** A token of JSON, with the blanks before it: a mark, a string, or a number or word. */
const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

type Wanted = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or ]' | ', or }' | 'end';

export interface JsonSyntaxFault {
  /** Index in the text. */
  readonly offset: number;
  readonly expected: string;
}

/**
 * Where a text ceases to be JSON, which `JSON.parse` says for some faults only. Null where it is JSON.
 * It keeps a stack of open brackets and what may come next; time grows with the length of the text.
 */
export function findJsonSyntaxFault(text: string): JsonSyntaxFault | null {
  const open: ('{' | '[')[] = [];
  let wanted: Wanted = 'value';
  const pattern = new RegExp(TOKEN);
  for (let offset = 0; ; ) {
    pattern.lastIndex = offset;
    const match = pattern.exec(text);
    if (match === null) {
      const rest = /[^ \t\n\r]/g;
      rest.lastIndex = offset;
      const at = rest.exec(text)?.index ?? text.length;
      return wanted === 'end' && at === text.length ? null : { offset: at, expected: wanted };
    }
    const [whole, mark, string, literal] = match;
    const token = mark ?? string ?? literal ?? '';
    const next = nextWanted(wanted, token, open);
    if (next === null) return { offset: offset + whole.length - token.length, expected: wanted };
    wanted = next;
    offset += whole.length;
  }
}

/** What may come after a token; null where the token may not be here. Opens and closes brackets. */
function nextWanted(wanted: Wanted, token: string, open: ('{' | '[')[]): Wanted | null {
  const afterValue = (): Wanted => {
    const bracket = open.at(-1);
    if (bracket === undefined) return 'end';
    return bracket === '{' ? ', or }' : ', or ]';
  };
  const close = (): Wanted => {
    open.pop();
    return afterValue();
  };
  const isString = token.startsWith('"');
  switch (wanted) {
    case 'end':
      return null;
    case ':':
      return token === ':' ? 'value' : null;
    case ', or }':
      return token === '}' ? close() : token === ',' ? 'key' : null;
    case ', or ]':
      return token === ']' ? close() : token === ',' ? 'value' : null;
    case 'key or }':
    case 'key':
      if (token === '}' && wanted === 'key or }') return close();
      return isString ? ':' : null;
    case 'value or ]':
    case 'value':
      if (token === ']' && wanted === 'value or ]') return close();
      if (token === '{' || token === '[') {
        open.push(token);
        return token === '{' ? 'key or }' : 'value or ]';
      }
      return /^[}\],:]$/.test(token) ? null : afterValue();
  }
}
