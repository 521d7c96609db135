/** A `data_` block as read: its single values and its loop, where it has them. All values are text. */
export interface ParsedStarBlock {
  readonly name: string;
  readonly pairs: ReadonlyMap<string, string>;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A STAR file that cannot be read, with its line. */
export class StarError extends Error {
  readonly line: number;
  constructor(line: number, detail: string) {
    super(`Line ${line} of the STAR file: ${detail}`);
    this.name = 'StarError';
    this.line = line;
  }
}

interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly line: number;
}

/**
 * Reads the blocks of a STAR file: quoted values, text between semicolons, comments. One loop per block.
 * @throws StarError
 */
export function parseStar(text: string): ParsedStarBlock[] {
  const tokens = tokenize(text);
  const blocks: { name: string; pairs: Map<string, string>; columns: string[]; rows: string[][] }[] = [];
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at++]!;
    const block = blocks.at(-1);
    if (isWord(token, 'data_')) {
      blocks.push({ name: token.text.slice(5), pairs: new Map(), columns: [], rows: [] });
    } else if (!block) {
      throw new StarError(token.line, `'${token.text}' before the first data_ block`);
    } else if (isWord(token, 'loop_')) {
      if (block.columns.length > 0) throw new StarError(token.line, 'a second loop in one block');
      while (at < tokens.length && isWord(tokens[at]!, '_')) block.columns.push(tokens[at++]!.text.slice(1));
      if (block.columns.length === 0) throw new StarError(token.line, 'a loop without columns');
      const values: string[] = [];
      while (at < tokens.length && isValue(tokens[at]!)) values.push(tokens[at++]!.text);
      if (values.length % block.columns.length !== 0)
        throw new StarError(
          tokens[at - 1]!.line,
          `${values.length} values for ${block.columns.length} columns`,
        );
      for (let i = 0; i < values.length; i += block.columns.length)
        block.rows.push(values.slice(i, i + block.columns.length));
    } else if (isWord(token, '_')) {
      const value = tokens[at++];
      if (!value || !isValue(value)) throw new StarError(token.line, `${token.text} has no value`);
      block.pairs.set(token.text.slice(1), value.text);
    } else throw new StarError(token.line, `'${token.text}' where a label or a loop is expected`);
  }
  return blocks;
}

const isWord = (token: Token, start: string) => !token.quoted && token.text.startsWith(start);
const isValue = (token: Token) => !isWord(token, '_') && !isWord(token, 'data_') && !isWord(token, 'loop_');

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!;
    if (!line.startsWith(';')) {
      tokenizeLine(line, index + 1, tokens);
      continue;
    }
    const start = index;
    const parts = [line.slice(1)];
    while (++index < lines.length && !lines[index]!.startsWith(';')) parts.push(lines[index]!);
    if (index >= lines.length) throw new StarError(start + 1, 'text that starts with a semicolon has no end');
    tokens.push({ text: parts.join('\n'), quoted: true, line: start + 1 });
  }
  return tokens;
}

function tokenizeLine(line: string, number: number, tokens: Token[]): void {
  const isSpace = (at: number) => at >= line.length || /\s/.test(line[at]!);
  for (let at = 0; at < line.length; ) {
    if (isSpace(at)) at++;
    else if (line[at] === '#') return;
    else if (line[at] === '"' || line[at] === "'") {
      let end = line.indexOf(line[at]!, at + 1);
      while (end >= 0 && !isSpace(end + 1)) end = line.indexOf(line[at]!, end + 1);
      if (end < 0) throw new StarError(number, 'a quote that is not closed');
      tokens.push({ text: line.slice(at + 1, end), quoted: true, line: number });
      at = end + 1;
    } else {
      const start = at;
      while (!isSpace(at)) at++;
      tokens.push({ text: line.slice(start, at), quoted: false, line: number });
    }
  }
}
