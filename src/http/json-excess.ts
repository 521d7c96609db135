const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** `[` and `{`, and what closes them. */
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** Maximum size of a JSON text. */
interface JsonLimits {
  /** Lists and objects inside each other. */
  readonly depth: number;
  /** Elements of lists and fields of objects, all together. */
  readonly values: number;
}

/**
 * The limit that a JSON text exceeds, as a sentence; null: none. Needs one pass and no allocation, because
 * parsing and validating millions of values take seconds and hundreds of megabytes.
 */
export function jsonExcess(text: string, limits: JsonLimits): string | null {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = endOfString(text, at);
    else if (OPENING.has(unit)) {
      if (++depth > limits.depth) return `The JSON of the body nests deeper than ${limits.depth} levels.`;
    } else if (CLOSING.has(unit)) depth--;
    else if (unit === COMMA && ++values > limits.values)
      return `The JSON of the body has more than ${limits.values} values.`;
  }
  return null;
}

/** Position of the closing quotation mark; of the end of the text if there is none. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}
