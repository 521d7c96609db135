import { fromEntries } from './from-entries.ts';
import type { Verdict } from './review.ts';
import { COLUMN_KEYS, type ColumnKey } from './stored-metrics.ts';

/**
 * Finished movies as columns: the values of each movie that the plots, the table and the gallery of a large
 * session need, in a fifth of the bytes of JSON rows. Little-endian; every part begins at a multiple of four
 * bytes.
 *
 *   u32 magic, u32 rows, u32 values per row, u32 bytes of names, u32 hasMore (1: movies follow), u32 0
 *   f64 finishedAtMs[rows]            ms since 1970, NaN if unknown
 *   u32 seq[rows]                     ascending
 *   f32 value[values][rows]           in the order of COLUMN_KEYS, NaN if a movie has none
 *   u8  flags[rows], padded           1 has pictures, 2 accepted, 4 rejected, 8 has a comment
 *   u8  prefix[rows], padded          UTF-16 units of the name's common prefix with the previous name
 *   u8  suffix[rows], padded          UTF-16 units that follow in the name
 *   UTF-8 text of the suffixes of the names, concatenated
 */
export interface MovieColumns {
  readonly rows: number;
  /** Whether further movies follow: repeat the request with the last seq. */
  readonly hasMore: boolean;
  readonly seq: Uint32Array;
  readonly finishedAtMs: Float64Array;
  readonly values: Readonly<Record<ColumnKey, Float32Array>>;
  readonly flags: Uint8Array;
  readonly bases: readonly string[];
}

export const COLUMN_FLAGS = { pictures: 1, accepted: 2, rejected: 4, comment: 8 } as const;

export const verdictFlags = (verdict: Verdict | null | undefined): number =>
  verdict === 'accepted' ? COLUMN_FLAGS.accepted : verdict === 'rejected' ? COLUMN_FLAGS.rejected : 0;

const MAGIC = 0x314c4f43; // "COL1"
const HEADER_BYTES = 24;
/** Maximum length of a common prefix: it is stored in one byte. */
const MAX_PREFIX_LENGTH = 255;
const paddedLength = (bytes: number) => (bytes + 3) & ~3;
/** Bytes of everything except the names. */
const fixedBytes = (rows: number) =>
  HEADER_BYTES + rows * 12 + rows * 4 * COLUMN_KEYS.length + 3 * paddedLength(rows);

export function encodeColumns(columns: MovieColumns): Uint8Array<ArrayBuffer> {
  const { rows, bases } = columns;
  const prefixLengths = new Uint8Array(rows);
  const suffixLengths = new Uint8Array(rows);
  const suffixes: string[] = [];
  let previous = '';
  for (const [i, base] of bases.slice(0, rows).entries()) {
    const prefixLength = commonPrefixLength(previous, base);
    const suffix = base.slice(prefixLength);
    prefixLengths[i] = prefixLength;
    suffixLengths[i] = suffix.length;
    suffixes.push(suffix);
    previous = base;
  }
  const names = new TextEncoder().encode(suffixes.join(''));
  const out = new Uint8Array(fixedBytes(rows) + names.length);
  const header = [MAGIC, rows, COLUMN_KEYS.length, names.length, columns.hasMore ? 1 : 0, 0];
  new Uint32Array(out.buffer, 0, header.length).set(header);
  let offset = HEADER_BYTES;
  const append = (bytes: ArrayBufferView, length: number) => {
    out.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset);
    offset += length;
  };
  append(columns.finishedAtMs.subarray(0, rows), rows * 8);
  append(columns.seq.subarray(0, rows), rows * 4);
  for (const key of COLUMN_KEYS) append(columns.values[key].subarray(0, rows), rows * 4);
  for (const bytes of [columns.flags.subarray(0, rows), prefixLengths, suffixLengths])
    append(bytes, paddedLength(rows));
  out.set(names, offset);
  return out;
}

/** @throws RangeError if the bytes are not columns of this version */
export function decodeColumns(buffer: ArrayBuffer): MovieColumns {
  if (buffer.byteLength < HEADER_BYTES) throw new RangeError('columns: too short');
  const [magic, rows = 0, values, nameBytes = 0, hasMore] = new Uint32Array(buffer, 0, 6);
  const isComplete = buffer.byteLength === fixedBytes(rows) + nameBytes;
  if (magic !== MAGIC || values !== COLUMN_KEYS.length || !isComplete)
    throw new RangeError('columns: written by another version, or incomplete');
  let offset = HEADER_BYTES;
  /** Offset of the next part, of `length` bytes. */
  const nextPart = (length: number) => (offset += length) - length;
  const finishedAtMs = new Float64Array(buffer, nextPart(rows * 8), rows);
  const seq = new Uint32Array(buffer, nextPart(rows * 4), rows);
  const columns = fromEntries(
    COLUMN_KEYS.map((key) => [key, new Float32Array(buffer, nextPart(rows * 4), rows)] as const),
  );
  const nextBytes = () => new Uint8Array(buffer, nextPart(paddedLength(rows)), rows);
  const flags = nextBytes();
  const bases = decodeNames(
    nextBytes(),
    nextBytes(),
    new TextDecoder().decode(new Uint8Array(buffer, offset)),
  );
  return { rows, hasMore: hasMore === 1, seq, finishedAtMs, values: columns, flags, bases };
}

/** @param text - the suffixes of the names, concatenated */
function decodeNames(prefixLengths: Uint8Array, suffixLengths: Uint8Array, text: string): string[] {
  let position = 0;
  let previous = '';
  return Array.from(suffixLengths, (length, i) => {
    previous = previous.slice(0, prefixLengths[i]) + text.slice(position, position + length);
    position += length;
    return previous;
  });
}

function commonPrefixLength(previous: string, name: string): number {
  const limit = Math.min(previous.length, name.length, MAX_PREFIX_LENGTH);
  let n = 0;
  while (n < limit && previous.charCodeAt(n) === name.charCodeAt(n)) n++;
  // A surrogate pair must not be split: half of it cannot be encoded as UTF-8.
  return n > 0 && (name.charCodeAt(n - 1) & 0xfc00) === 0xd800 ? n - 1 : n;
}
