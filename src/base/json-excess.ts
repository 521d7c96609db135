const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** Opening and closing brackets of lists and objects. */
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** Maximum size of a JSON text. */
export interface JsonLimits {
  /** Maximum nesting of lists and objects. */
  readonly depth: number;
  /** Maximum number of elements of lists and fields of objects together. */
  readonly values: number;
}

/**
 * How a JSON text exceeds a limit, as the end of a sentence: "nests deeper than ..."; null if it does not
 * exceed one. Called before a text is parsed, because parsing and validating millions of values take seconds
 * and hundreds of megabytes. Needs one pass and no allocation.
 */
export function jsonExcess(text: string, limits: JsonLimits): string | null {
  let depth = 0;
  let values = 1;
  for (let position = 0; position < text.length; position++) {
    const unit = text.charCodeAt(position);
    if (unit === QUOTE) position = endOfString(text, position);
    else if (OPENING.has(unit)) {
      if (++depth > limits.depth) return `nests deeper than ${limits.depth} levels`;
    } else if (CLOSING.has(unit)) depth--;
    else if (unit === COMMA && ++values > limits.values) return `has more than ${limits.values} values`;
  }
  return null;
}

/** Position of the closing quotation mark, or of the end of the text if there is none. */
function endOfString(text: string, start: number): number {
  let position = start + 1;
  while (position < text.length && text.charCodeAt(position) !== QUOTE)
    position += text.charCodeAt(position) === BACKSLASH ? 2 : 1;
  return position;
}
