import { CodedError } from '../../contract/errors.ts';
import type { InputFile } from '../input-file.ts';

/**
 * The tag tree of a DigitalMicrograph file, version 3 or 4. Gatan has not published a description; the layout
 * follows C. Boothroyd's pages on the DM2, DM3 and DM4 formats. Sizes and counts are big-endian, with 32 bits
 * in version 3 and 64 in version 4; values have the byte order that the header gives.
 */

/** A value of the file: its name, position and type. */
export interface DmTag {
  /**
   * Names from the root down, joined by slashes. A tag without a name is called by its index in its
   * directory, which starts at 0.
   */
  readonly path: string;
  readonly offset: number;
  /** Code of a simple type, or of the type of an array's elements; null for structures and strings. */
  readonly type: number | null;
  /** 1 for a simple value. */
  readonly count: number;
}

export interface DmHeader {
  readonly version: 3 | 4;
  readonly littleEndian: boolean;
}

/** Code of a simple type -> bytes. 8 to 10 are a boolean, a character and an octet. */
export const DM_TYPE_BYTES: Readonly<Record<number, number>> = {
  2: 2, // signed
  3: 4,
  4: 2, // unsigned
  5: 4,
  6: 4, // float
  7: 8,
  8: 1,
  9: 1,
  10: 1,
  11: 8, // signed
  12: 8, // unsigned
};
const STRUCT = 15;
const STRING = 18;
const ARRAY = 20;
const DIRECTORY_TAG = 20;
const DATA_TAG = 21;
const MAX_TAGS = 100_000;
const MAX_ROOT_TAGS = 10_000;
const MAX_DEPTH = 64;
const MAX_INFO = 1024;

/**
 * Whether the first bytes are those of a DM3 or DM4 file: version, byte order, the two flags of the root and
 * its number of tags. An MRC file could begin with the same numbers, except for the number of tags.
 */
export function looksLikeDm(head: Uint8Array): boolean {
  if (head.length < 26) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const version = view.getUint32(0);
  if (version !== 3 && version !== 4) return false;
  const root = version === 3 ? 12 : 16;
  const tags = version === 3 ? view.getUint32(root + 2) : Number(view.getBigUint64(root + 2));
  const flags = [view.getUint32(root - 4), view.getUint8(root), view.getUint8(root + 1)];
  return flags.every((flag) => flag <= 1) && tags >= 1 && tags <= MAX_ROOT_TAGS;
}

/** Reads the tree. @throws CodedError MOVIE_TRUNCATED, MOVIE_CORRUPT */
export function readDmTags(file: InputFile): { header: DmHeader; tags: DmTag[] } {
  const headerView = view(file, 0, 16, 'header');
  const version = headerView.getUint32(0) === 4 ? 4 : 3;
  const is64Bit = version === 4;
  const littleEndian = headerView.getUint32(is64Bit ? 12 : 8) === 1;
  const tree = new TagTree(file, is64Bit);
  tree.readDirectory(is64Bit ? 16 : 12, '', 0);
  return { header: { version, littleEndian }, tags: tree.tags };
}

/** Reads the directories of a file recursively and collects its values. */
class TagTree {
  readonly tags: DmTag[] = [];
  readonly #file: InputFile;
  /** Whether sizes and counts have 64 bits. */
  readonly #is64Bit: boolean;
  #tagCount = 0;

  constructor(file: InputFile, is64Bit: boolean) {
    this.#file = file;
    this.#is64Bit = is64Bit;
  }

  /** @returns the offset of the end of the directory */
  readDirectory(at: number, path: string, depth: number): number {
    if (depth > MAX_DEPTH) throw this.#corrupt(at, path, `at most ${MAX_DEPTH} levels`, 'more');
    const count = readSize(this.#file, at + 2, this.#is64Bit);
    let next = at + 2 + (this.#is64Bit ? 8 : 4);
    for (let index = 0; index < count; index++) next = this.#readTag(next, path, index, depth);
    return next;
  }

  /** @returns the offset of the end of the tag */
  #readTag(at: number, path: string, index: number, depth: number): number {
    if (++this.#tagCount > MAX_TAGS) throw this.#corrupt(at, path, `at most ${MAX_TAGS} tags`, 'more');
    const head = view(this.#file, at, 3, 'tag');
    const [kind, nameBytes] = [head.getUint8(0), head.getUint16(1)];
    const name = Buffer.from(this.#file.peek(at + 3, nameBytes, 'tag name')).toString('latin1');
    const content = at + 3 + nameBytes + (this.#is64Bit ? 8 : 0);
    const childPath = `${path}/${name || index}`;
    if (kind === DIRECTORY_TAG) return this.readDirectory(content, childPath, depth + 1);
    if (kind === DATA_TAG) return this.#readValue(content, childPath);
    throw this.#corrupt(content, childPath, 'a tag of kind 20 or 21', String(kind));
  }

  /** @returns the offset of the end of the value */
  #readValue(at: number, path: string): number {
    const file = this.#file;
    if (Buffer.from(file.peek(at, 4, 'tag')).toString('latin1') !== '%%%%')
      throw this.#corrupt(at, path, '%%%%', 'something else');
    const wordBytes = this.#is64Bit ? 8 : 4;
    const infoCount = readSize(file, at + 4, this.#is64Bit);
    if (infoCount < 1 || infoCount > MAX_INFO)
      throw this.#corrupt(at + 4, path, `1 to ${MAX_INFO} words that describe the type`, String(infoCount));
    const info = Array.from({ length: infoCount }, (_, i) =>
      readSize(file, at + 4 + wordBytes * (1 + i), this.#is64Bit),
    );
    const offset = at + 4 + wordBytes * (1 + infoCount);
    const unknownType = () => this.#corrupt(at, path, 'a known type', info.join(' '));
    const { bytes, type, count } = sizeAndType(info, unknownType);
    if (!(bytes >= 0) || offset + bytes > file.sizeBytes)
      throw new CodedError('MOVIE_TRUNCATED', '', {
        file: file.path,
        offset,
        field: path,
        expected: `at least ${offset + bytes} bytes`,
        found: `${file.sizeBytes} bytes`,
      });
    this.tags.push({ path, offset, type, count });
    return offset + bytes;
  }

  #corrupt(offset: number, field: string, expected: string, found: string): CodedError {
    return new CodedError('MOVIE_CORRUPT', '', { file: this.#file.path, offset, field, expected, found });
  }
}

/** Size in bytes, type and count of a value, from the words that describe its type. */
function sizeAndType(
  info: readonly number[],
  unknownType: () => CodedError,
): { bytes: number; type: number | null; count: number } {
  const sizeOfSimple = (type: number | undefined): number => {
    const bytes = DM_TYPE_BYTES[type ?? -1];
    if (bytes === undefined) throw unknownType();
    return bytes;
  };
  /**
   * Words of a structure: 15, length of its name, number of fields; then, for each field, the length of its
   * name and its type.
   */
  const sizeOfStruct = (words: readonly number[]): number => {
    const fields = words[2] ?? -1;
    if (fields < 0 || words.length < 3 + 2 * fields) throw unknownType();
    return Array.from({ length: fields }, (_, i) => sizeOfSimple(words[4 + 2 * i])).reduce(
      (a, b) => a + b,
      0,
    );
  };
  switch (info[0]) {
    case STRUCT:
      return { bytes: sizeOfStruct(info), type: null, count: 1 };
    case STRING:
      return { bytes: 2 * (info[1] ?? -1), type: null, count: 1 };
    case ARRAY: {
      const count = info.at(-1)!;
      if (info[1] === STRUCT) return { bytes: count * sizeOfStruct(info.slice(1, -1)), type: null, count };
      return { bytes: count * sizeOfSimple(info[1]), type: info[1]!, count };
    }
    default:
      return { bytes: sizeOfSimple(info[0]), type: info[0]!, count: 1 };
  }
}

function readSize(file: InputFile, at: number, is64Bit: boolean): number {
  const bytes = view(file, at, is64Bit ? 8 : 4, 'tag');
  return is64Bit ? Number(bytes.getBigUint64(0)) : bytes.getUint32(0);
}

function view(file: InputFile, at: number, length: number, field: string): DataView {
  const bytes = file.peek(at, length, field);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
