/**
 * Parser for the syntax of Python's `configparser` (strict, without interpolation, so that `%` is an ordinary
 * character).
 *
 * Its rules: a line whose first character other than whitespace is `#` or `;` is a comment, whatever its
 * indentation; a comment after a value is part of the value; the first `=` or `:` separates key and value;
 * keys are lower-cased, section names are not; a line that is indented further than the key above it
 * continues the value, and a blank line within such a value is part of it; a section or a key given twice is
 * an error; `[DEFAULT]` applies to every section.
 */
interface ConfigLine {
  readonly line: number;
  readonly text: string;
}

export interface ConfigEntry {
  /** All lines of the value joined by line feeds, without blank lines at the end. */
  readonly value: string;
  /** 1-based line of the key. */
  readonly line: number;
  /** The value's lines with their numbers; the first may be empty. */
  readonly lines: readonly ConfigLine[];
}

interface ConfigError {
  readonly line: number;
  readonly message: string;
}

export interface PythonConfig {
  /** Section -> key -> entry. Keys of `[DEFAULT]` are in `defaults` and are not repeated here. */
  readonly sections: ReadonlyMap<string, ReadonlyMap<string, ConfigEntry>>;
  readonly sectionLines: ReadonlyMap<string, number>;
  readonly defaults: ReadonlyMap<string, ConfigEntry>;
  /** All errors in the text; Python would reject a file with any of them. */
  readonly errors: readonly ConfigError[];
}

/** Whitespace as Python defines it; JavaScript's definition differs in five characters. */
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const LEADING_SPACE = new RegExp(`^[${SPACE}]+`);
const ONE_SPACE = new RegExp(`[${SPACE}]`);
const strip = (text: string) => stripEnd(text.replace(LEADING_SPACE, ''));
const indentOf = (text: string) => LEADING_SPACE.exec(text)?.[0].length ?? 0;

/** Without a regular expression, because one would be tried at each space of the text. */
function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ONE_SPACE.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

interface OpenEntry {
  line: number;
  lines: ConfigLine[];
}

function closeEntry(entry: OpenEntry): ConfigEntry {
  const value = stripEnd(entry.lines.map((configLine) => configLine.text).join('\n'));
  return { value, line: entry.line, lines: entry.lines.slice(0, value.split('\n').length) };
}

const closeAll = (entries: ReadonlyMap<string, OpenEntry>) =>
  new Map([...entries].map(([key, entry]) => [key, closeEntry(entry)]));

/** Parses a text. Never throws: all errors are returned together, each with its line. */
export function parsePythonConfig(text: string): PythonConfig {
  const sections = new Map<string, Map<string, OpenEntry>>();
  const sectionLines = new Map<string, number>();
  const defaults = new Map<string, OpenEntry>();
  const errors: ConfigError[] = [];
  let section: Map<string, OpenEntry> | null = null;
  let entry: OpenEntry | null = null;
  let indent = 0;

  const openSection = (name: string, line: number) => {
    entry = null;
    if (name === 'DEFAULT') {
      section = defaults;
      return;
    }
    const first = sectionLines.get(name);
    if (first !== undefined)
      errors.push({ line, message: `section [${name}] is already defined in line ${first}` });
    else {
      sectionLines.set(name, line);
      sections.set(name, new Map());
    }
    section = sections.get(name) ?? null;
  };

  const openEntry = (content: string, line: number) => {
    if (section === null) {
      errors.push({ line, message: `"${content}" is before the first [section]` });
      return;
    }
    const divider = content.search(/[=:]/);
    const key = stripEnd(content.slice(0, Math.max(0, divider))).toLowerCase();
    if (divider < 0) errors.push({ line, message: `"${content}" is neither a [section] nor key = value` });
    else if (key === '') errors.push({ line, message: `"${content}" has no key` });
    else {
      const next = { line, lines: [{ line, text: strip(content.slice(divider + 1)) }] };
      const before = section.get(key);
      if (before) errors.push({ line, message: `${key} is already defined in line ${before.line}` });
      else section.set(key, next);
      entry = next;
    }
  };

  const physicalLines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  // A line feed at the end of the text ends the last line; it does not begin another one.
  if (physicalLines.at(-1) === '') physicalLines.pop();
  physicalLines.forEach((physicalLine, index) => {
    const line = index + 1;
    const content = strip(physicalLine);
    const currentEntry = entry as OpenEntry | null;
    if (content.startsWith('#') || content.startsWith(';')) return;
    if (content === '') {
      currentEntry?.lines.push({ line, text: '' });
      return;
    }
    const lineIndent = indentOf(physicalLine);
    if (currentEntry && lineIndent > indent) {
      currentEntry.lines.push({ line, text: content });
      return;
    }
    indent = lineIndent;
    const header = /^\[(?<name>.+)\]/su.exec(content)?.groups?.name;
    if (header !== undefined) openSection(header, line);
    else openEntry(content, line);
  });

  return {
    sections: new Map([...sections].map(([name, entries]) => [name, closeAll(entries)])),
    sectionLines,
    defaults: closeAll(defaults),
    errors: errors.sort((a, b) => a.line - b.line),
  };
}
