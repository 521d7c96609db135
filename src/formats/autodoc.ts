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
    const head = /^\[\s*([^=\]]+?)\s*=\s*(.*?)\s*\]$/.exec(trimmed);
    if (head) {
      values = new Map();
      sections.push({ type: head[1]!, name: head[2]!, values });
      continue;
    }
    const equals = trimmed.indexOf('=');
    if (equals < 1 || trimmed.startsWith('#')) continue;
    const key = trimmed.slice(0, equals).trim();
    if (!values.has(key)) values.set(key, trimmed.slice(equals + 1).trim());
  }
  return sections;
}
