/** An error in a STAR file, with its line. */
export class StarError extends Error {
  readonly line: number;
  constructor(line: number, detail: string) {
    super(`Line ${line} of the STAR file: ${detail}`);
    this.name = 'StarError';
    this.line = line;
  }
}

/** A word or a value; a `quoted` token is always a value. */
export interface StarToken {
  readonly text: string;
  readonly quoted: boolean;
  readonly line: number;
}

/** Words and values of a STAR file, without its comments. @throws StarError */
export function tokenizeStar(text: string): StarToken[] {
  const tokens: StarToken[] = [];
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

function tokenizeLine(line: string, lineNumber: number, tokens: StarToken[]): void {
  for (let at = 0; at < line.length; ) {
    if (isSpace(line, at)) {
      at++;
      continue;
    }
    if (line[at] === '#') return;
    const quoted = line[at] === '"' || line[at] === "'";
    const start = quoted ? at + 1 : at;
    const end = quoted ? closingQuote(line, at) : wordEnd(line, at);
    if (end < 0) throw new StarError(lineNumber, 'a quote that is not closed');
    tokens.push({ text: line.slice(start, end), quoted, line: lineNumber });
    at = quoted ? end + 1 : end;
  }
}

const isSpace = (line: string, at: number) => at >= line.length || /\s/.test(line[at]!);

function wordEnd(line: string, start: number): number {
  let at = start;
  while (!isSpace(line, at)) at++;
  return at;
}

/**
 * Index of the quote that closes the one at `start`: it is followed by a space or the end of the line. -1 if
 * there is none.
 */
function closingQuote(line: string, start: number): number {
  let end = line.indexOf(line[start]!, start + 1);
  while (end >= 0 && !isSpace(line, end + 1)) end = line.indexOf(line[start]!, end + 1);
  return end;
}
