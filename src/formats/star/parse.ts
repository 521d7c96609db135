import { StarError, type StarToken, tokenizeStar } from './tokens.ts';

/** A `data_` block: its single values and its loop, if there are any. All values are text. */
export interface ParsedStarBlock {
  readonly name: string;
  readonly pairs: ReadonlyMap<string, string>;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface BlockParts {
  readonly name: string;
  readonly pairs: Map<string, string>;
  readonly columns: string[];
  readonly rows: string[][];
}

/**
 * Reads the blocks of a STAR file: quoted values, text between semicolons, comments. One loop per block.
 * @throws StarError
 */
export function parseStar(text: string): ParsedStarBlock[] {
  const tokens = new TokenQueue(tokenizeStar(text));
  const blocks: BlockParts[] = [];
  for (let token = tokens.next(); token; token = tokens.next()) {
    const block = blocks.at(-1);
    if (isWord(token, 'data_')) {
      blocks.push({ name: token.text.slice(5), pairs: new Map(), columns: [], rows: [] });
    } else if (!block) {
      throw new StarError(token.line, `'${token.text}' before the first data_ block`);
    } else if (isWord(token, 'loop_')) {
      readLoop(tokens, token, block);
    } else if (isWord(token, '_')) {
      const value = tokens.nextIf(isValue);
      if (!value) throw new StarError(token.line, `${token.text} has no value`);
      block.pairs.set(token.text.slice(1), value.text);
    } else throw new StarError(token.line, `'${token.text}' found where a label or a loop is expected`);
  }
  return blocks;
}

function readLoop(tokens: TokenQueue, start: StarToken, block: BlockParts): void {
  const { columns, rows } = block;
  if (columns.length > 0) throw new StarError(start.line, 'a second loop in one block');
  const labels = tokens.takeWhile((token) => isWord(token, '_'));
  if (labels.length === 0) throw new StarError(start.line, 'a loop without columns');
  for (const { text } of labels) columns.push(text.slice(1));
  const values = tokens.takeWhile(isValue);
  if (values.length % columns.length !== 0)
    throw new StarError(values.at(-1)!.line, `${values.length} values for ${columns.length} columns`);
  for (let i = 0; i < values.length; i += columns.length)
    rows.push(values.slice(i, i + columns.length).map(({ text }) => text));
}

const isWord = (token: StarToken, start: string) => !token.quoted && token.text.startsWith(start);
const isValue = (token: StarToken) =>
  !isWord(token, '_') && !isWord(token, 'data_') && !isWord(token, 'loop_');

class TokenQueue {
  readonly #tokens: readonly StarToken[];
  #at = 0;

  constructor(tokens: readonly StarToken[]) {
    this.#tokens = tokens;
  }

  next(): StarToken | undefined {
    return this.#tokens[this.#at++];
  }

  nextIf(accepts: (token: StarToken) => boolean): StarToken | undefined {
    const token = this.#tokens[this.#at];
    if (!token || !accepts(token)) return undefined;
    this.#at++;
    return token;
  }

  takeWhile(accepts: (token: StarToken) => boolean): readonly StarToken[] {
    const first = this.#at;
    while (this.#at < this.#tokens.length && accepts(this.#tokens[this.#at]!)) this.#at++;
    return this.#tokens.slice(first, this.#at);
  }
}
