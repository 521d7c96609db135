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

/**
 * The global values come first. If a section has a key twice, the first value is used. Other lines are
 * skipped.
 */
export function parseAutodoc(text: string): AutodocSection[] {
  let values = new Map<string, string>();
  const sections: AutodocSection[] = [{ type: '', name: '', values }];
  for (const line of text.split(/\r\n|[\r\n]/)) {
    const trimmed = line.trim();
    const head = headOf(trimmed);
    if (head) {
      values = new Map();
      sections.push({ ...head, values });
      continue;
    }
    const equals = trimmed.indexOf('=');
    if (equals < 1 || trimmed.startsWith('#')) continue;
    const key = trimmed.slice(0, equals).trim();
    if (!values.has(key)) values.set(key, trimmed.slice(equals + 1).trim());
  }
  return sections;
}

/** Type and name of a line `[Type = name]`; null for another line. */
function headOf(line: string): { type: string; name: string } | null {
  const equals = line.indexOf('=');
  if (equals < 0 || !line.startsWith('[') || !line.endsWith(']')) return null;
  const type = line.slice(1, equals).trim();
  return type === '' || type.includes(']') ? null : { type, name: line.slice(equals + 1, -1).trim() };
}
