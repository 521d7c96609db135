/**
 * IMOD's "autodoc" text, in which SerialEM keeps metadata (SerialEM help, "File Formats"): lines `key =
 * value`, in sections that begin with `[Type = name]`; lines before the first section are global.
 */
export interface AutodocSection {
  /** Empty for the global values. */
  readonly type: string;
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
}

/** Maximum number of lines that are read: the mdoc of a grid has about thirty per movie, and many movies. */
const MAX_LINES = 500_000;
/** Maximum number of values in a section: SerialEM writes about fifty. */
const MAX_VALUES = 1000;
/** Longer lines are skipped; a list of several hundred doses is shorter. */
const MAX_LINE_CHARACTERS = 8192;
/** Shared by all sections without values. */
const NO_VALUES: ReadonlyMap<string, string> = new Map();

/**
 * The sections of a text, beginning with the global values. If a section has a key twice, the first value is
 * used. Lines that are neither a section nor a value are skipped, as are lines that are too long and all
 * lines after the first `MAX_LINES`.
 */
export function parseAutodoc(text: string): AutodocSection[] {
  let values: Map<string, string> | null = null;
  let head = { type: '', name: '' };
  const sections: AutodocSection[] = [];
  const endSection = () => sections.push({ ...head, values: values ?? NO_VALUES });
  for (const line of linesOf(text)) {
    const nextHead = headOf(line);
    if (nextHead) {
      endSection();
      head = nextHead;
      values = null;
      continue;
    }
    const equals = line.indexOf('=');
    if (equals < 1 || line.startsWith('#')) continue;
    const key = line.slice(0, equals).trim();
    values ??= new Map();
    if (values.size < MAX_VALUES && !values.has(key)) values.set(key, line.slice(equals + 1).trim());
  }
  endSection();
  return sections;
}

/** Trimmed lines; a line ends with CR, LF or both. */
function* linesOf(text: string): Generator<string> {
  const pattern = /\r\n|[\r\n]/g;
  let start = 0;
  for (let count = 0; start < text.length && count < MAX_LINES; count++) {
    const end = pattern.exec(text)?.index ?? text.length;
    if (end - start <= MAX_LINE_CHARACTERS) yield text.slice(start, end).trim();
    start = end === text.length ? end : pattern.lastIndex;
  }
}

/** Type and name of a line `[Type = name]`; null for another line. */
function headOf(line: string): { type: string; name: string } | null {
  const equals = line.indexOf('=');
  if (equals < 0 || !line.startsWith('[') || !line.endsWith(']')) return null;
  const type = line.slice(1, equals).trim();
  return type === '' || type.includes(']') ? null : { type, name: line.slice(equals + 1, -1).trim() };
}
