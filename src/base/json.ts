import { messageOf } from './errors.ts';
import { type JsonLimits, jsonExcess } from './json-excess.ts';
import { findJsonSyntaxError } from './json-syntax.ts';
import { LocatedError } from './located-error.ts';

/** The part of a zod schema that is used here. */
export interface Schema<Value> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: Value }
    | {
        readonly success: false;
        readonly error: {
          readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
        };
      };
}

const MAX_SHOWN_CHARACTERS = 40;

/**
 * No file of this service has more values or deeper nesting. Without these limits, a file with millions of
 * nested lists could take minutes and gigabytes to parse.
 */
const FILE_LIMITS: JsonLimits = { depth: 32, values: 1_000_000 };

/**
 * Parses a text as JSON.
 * @param source - path of the file, or another name for the origin of the text; used in error messages
 * @throws LocatedError with line and column, what was expected and what was found
 */
export function parseJson(text: string, source: string, limits = FILE_LIMITS): unknown {
  const excess = jsonExcess(text, limits);
  if (excess !== null) throw new LocatedError(`the JSON ${excess}`, { source });
  try {
    return JSON.parse(text);
  } catch (cause) {
    const error = findJsonSyntaxError(text);
    if (error === null) throw new LocatedError(messageOf(cause), { source }, { cause });
    const precedingLines = text.slice(0, error.offset).split('\n');
    const line = precedingLines.length;
    const column = (precedingLines.at(-1)?.length ?? 0) + 1;
    const rest = text.slice(error.offset, error.offset + MAX_SHOWN_CHARACTERS).split('\n', 1)[0];
    throw new LocatedError(
      'not valid JSON',
      { source, line, column, expected: error.expected, found: rest ? JSON.stringify(rest) : 'the end' },
      { cause },
    );
  }
}

/**
 * Like `parseJson`, but also checks the value against a schema.
 * @throws LocatedError with the path of the first value that does not match
 */
export function parseJsonAs<Value>(text: string, schema: Schema<Value>, source: string): Value {
  const value = parseJson(text, source);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  throw new LocatedError(issue?.message ?? 'the structure is not as expected', {
    source,
    ...(path.length > 0 ? { path: pathText(path) } : {}),
    found: excerpt(valueAt(value, path)),
  });
}

/**
 * The value if a text is JSON that matches a schema, otherwise null: for files that are ignored when damaged.
 */
export function tryParseJsonAs<Value>(text: string, schema: Schema<Value>): Value | null {
  const parsed = schema.safeParse(tryParseJson(text));
  return parsed.success ? parsed.data : null;
}

/**
 * The parsed value; undefined if the text is not JSON or exceeds a limit. No schema of this program accepts
 * undefined.
 */
export function tryParseJson(text: string, limits = FILE_LIMITS): unknown {
  if (jsonExcess(text, limits) !== null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Formats `['movies', 3, 'base']` as `movies[3].base`. */
const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('');

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = Reflect.get(current, key);
  }
  return current;
}

function excerpt(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length <= MAX_SHOWN_CHARACTERS ? text : `${text.slice(0, MAX_SHOWN_CHARACTERS)}...`;
}
