export interface XmlLeaf {
  /** Names of the elements from the root on, without prefixes, joined by slashes. */
  readonly path: string;
  readonly text: string;
}

const MAX_DEPTH = 64;
const MAX_NAME_CHARACTERS = 256;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * The text of every element without children, in document order. Tolerant: what is not well-formed ends the list. One pass,
 * time linear in the text; entities beyond XML's five and numbers stay as they are, so nothing can be expanded.
 */
export function xmlLeaves(text: string): XmlLeaf[] {
  const leaves: XmlLeaf[] = [];
  const names: string[] = [];
  /** Where the text of the innermost element begins; -1 once it has a child. */
  let textFrom = -1;
  for (let at = text.indexOf('<'); at >= 0; ) {
    const skipTo = endOfSpecial(text, at);
    if (skipTo === -1) break;
    if (skipTo > 0) {
      at = text.indexOf('<', skipTo);
      continue;
    }
    const end = text.indexOf('>', at);
    if (end < 0) break;
    if (text[at + 1] === '/') {
      if (textFrom >= 0)
        leaves.push({ path: names.join('/'), text: decode(text.slice(textFrom, at)).trim() });
      names.pop();
      textFrom = -1;
    } else if (text[end - 1] === '/') textFrom = -1;
    else {
      const name = localName(text.slice(at + 1, Math.min(end, at + 2 + MAX_NAME_CHARACTERS)));
      if (names.length >= MAX_DEPTH || name.length > MAX_NAME_CHARACTERS) break;
      names.push(name);
      textFrom = end + 1;
    }
    at = text.indexOf('<', end);
  }
  return leaves;
}

/** End of a comment, instruction or declaration at `at`; 0 where an element begins; -1 where it has no end. */
function endOfSpecial(text: string, at: number): number {
  for (const [start, close] of [
    ['<!--', '-->'],
    ['<![CDATA[', ']]>'],
    ['<?', '?>'],
    ['<!', '>'],
  ] as const) {
    if (!text.startsWith(start, at)) continue;
    const end = text.indexOf(close, at + start.length);
    return end < 0 ? -1 : end + close.length;
  }
  return 0;
}

function localName(tag: string): string {
  let end = 0;
  while (end < tag.length && !' \t\r\n'.includes(tag[end]!)) end++;
  return tag.slice(tag.lastIndexOf(':', end - 1) + 1, end);
}

function decode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#\d{1,7}|#x[0-9a-fA-F]{1,6}|lt|gt|amp|quot|apos);/g, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
    const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
