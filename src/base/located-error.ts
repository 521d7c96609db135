/** The position of an error in a text or a value, what was expected there and what was found. */
export interface ErrorLocation {
  /** Path of the file, or another name for the origin of the text. */
  readonly source: string;
  /** Line and column start at 1. */
  readonly line?: number;
  readonly column?: number;
  /** Path in the value, such as `movies[3].base`. */
  readonly path?: string;
  readonly expected?: string;
  readonly found?: string;
}

/**
 * A text that does not have the expected format. Callers, which know the purpose of the text, convert this
 * error to a more specific one.
 */
export class LocatedError extends Error {
  readonly location: ErrorLocation;

  constructor(sentence: string, location: ErrorLocation, options?: ErrorOptions) {
    super(`${positionText(location)}: ${sentence}${expectationText(location)}`, options);
    this.name = 'LocatedError';
    this.location = location;
  }
}

function positionText({ source, line, column, path }: ErrorLocation): string {
  const at = line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`;
  return `${source}${at}${path === undefined ? '' : ` at ${path}`}`;
}

function expectationText({ expected, found }: ErrorLocation): string {
  const parts = [expected && `expected ${expected}`, found && `found ${found}`].filter(Boolean);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
