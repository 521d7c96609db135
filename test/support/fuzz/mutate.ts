const VALUES = [0, 1, 2, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
/** Words that are difficult for readers of text. */
const WORDS = [
  '',
  '-1',
  '1e308',
  'nan',
  'inf',
  '0x10',
  '99999999999999999999',
  '=',
  '[',
  '<',
  '"',
  "'",
  '#',
  '\0',
  '\n',
];

/** Makes one to eight changes: a byte, an unusual value, a copied piece, a truncation, noise, or a word. */
export function mutate(original: Buffer, nextUint32: () => number): Buffer {
  let bytes = Buffer.from(original);
  for (let changes = 1 + (nextUint32() % 8); changes > 0 && bytes.length > 8; changes--) {
    // Half of the changes are in the first and the last kilobyte, where the tables are.
    const position =
      nextUint32() % 2
        ? nextUint32() % bytes.length
        : nextUint32() % 2
          ? nextUint32() % 1024
          : bytes.length - 1 - (nextUint32() % 1024);
    const offset = Math.max(0, Math.min(bytes.length - 5, position));
    switch (nextUint32() % 7) {
      case 0:
        bytes[offset] = nextUint32() & 255;
        break;
      case 1:
        bytes.writeUInt32LE(VALUES[nextUint32() % VALUES.length]!, offset);
        break;
      case 2:
        bytes.writeUInt32BE(VALUES[nextUint32() % VALUES.length]!, offset);
        break;
      case 3:
        bytes.copy(bytes, offset, nextUint32() % bytes.length);
        break;
      case 4:
        bytes = bytes.subarray(0, offset + 1);
        break;
      case 5:
        for (let i = 0; i < 4; i++) bytes[offset + i] = nextUint32() & 255;
        break;
      case 6:
        bytes.write(WORDS[nextUint32() % WORDS.length]!, offset, 'latin1');
    }
  }
  return bytes;
}
