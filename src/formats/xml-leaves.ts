import { XMLParser } from 'fast-xml-parser';

export interface XmlLeaf {
  /** Names of the elements from the root down, without prefixes, joined by slashes. */
  readonly path: string;
  readonly text: string;
}

const MAX_DEPTH = 64;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
/**
 * A document type can define entities, which can expand without bound. No metadata file of a microscope has
 * one.
 */
const DOCUMENT_TYPE = /<!(DOCTYPE|ENTITY)/i;

/** An element, with its name as the key, or the text between elements, with the key `#text`. */
type Node = Readonly<Record<string, unknown>>;
const TEXT = '#text';

/**
 * The text of every element that has text and no child elements, in document order. Only XML's five entities
 * and character references are expanded.
 * @throws Error if it is not well-formed, has a document type, or nests deeper than 64 elements
 */
export function xmlLeaves(text: string): XmlLeaf[] {
  if (DOCUMENT_TYPE.test(text)) throw new Error('it has a document type');
  const parser = new XMLParser({
    preserveOrder: true,
    processEntities: false,
    ignoreAttributes: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    removeNSPrefix: true,
    parseTagValue: false,
    maxNestedTags: MAX_DEPTH,
  });
  const leaves: XmlLeaf[] = [];
  collectLeaves(nodesOf(parser.parse(text)), '', leaves);
  return leaves;
}

function collectLeaves(nodes: readonly Node[], parentPath: string, leaves: XmlLeaf[]): void {
  for (const node of nodes)
    for (const [name, content] of Object.entries(node)) {
      if (name === TEXT) continue;
      const path = parentPath === '' ? name : `${parentPath}/${name}`;
      const children = nodesOf(content);
      if (children.some((child) => !(TEXT in child))) collectLeaves(children, path, leaves);
      else if (children.length > 0)
        leaves.push({ path, text: decode(children.map((child) => String(child[TEXT])).join('')) });
    }
}

const nodesOf = (content: unknown): readonly Node[] => (Array.isArray(content) ? content : []);

function decode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#\d{1,7}|#x[0-9a-fA-F]{1,6}|lt|gt|amp|quot|apos);/g, (reference, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? reference;
    const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : reference;
  });
}
