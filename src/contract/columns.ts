import { fromEntries } from './from-entries.ts';
import type { Verdict } from './review.ts';
import { COLUMN_KEYS, type ColumnKey } from './stored-metrics.ts';

/**
 * Finished movies as columns: the values of each movie that the plots, the table and the gallery of a large
 * session need, in a fifth of the bytes of JSON rows. Little-endian; every part begins at a multiple of four
 * bytes.
 *
 *   u32 magic, u32 rows, u32 values per row, u32 bytes of names, u32 more (1: further movies follow), u32 0
 *   f64 finishedAtMs[rows]            ms since 1970, NaN if unknown
 *   u32 seq[rows]                     ascending
 *   f32 value[values][rows]           in the order of COLUMN_KEYS, NaN if a movie has none
 *   u8  flags[rows], padded           1 has pictures, 2 accepted, 4 rejected, 8 has a comment
 *   u8  shared[rows], padded          UTF-16 units that a name shares with the beginning of the previous one
 *   u8  own[rows], padded             UTF-16 units that follow
 *   UTF-8 text of the names' own parts, one after the other
 */
export interface MovieColumns {
  readonly rows: number;
  /** Request again with the last seq. */
  readonly more: boolean;
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
/** Maximum length of a name: it is stored in one byte. */
const MAX_SHARED_UNITS = 255;
const padded = (bytes: number) => (bytes + 3) & ~3;
/** Bytes of everything except the names. */
const fixedBytes = (rows: number) =>
  HEADER_BYTES + rows * 12 + rows * 4 * COLUMN_KEYS.length + 3 * padded(rows);

export function encodeColumns(columns: MovieColumns): Uint8Array<ArrayBuffer> {
  const { rows, bases } = columns;
  const shared = new Uint8Array(rows);
  const own = new Uint8Array(rows);
  const parts: string[] = [];
  let before = '';
  for (const [i, base] of bases.slice(0, rows).entries()) {
    const sharedWithBefore = sharedUnits(before, base);
    const part = base.slice(sharedWithBefore);
    shared[i] = sharedWithBefore;
    own[i] = part.length;
    parts.push(part);
    before = base;
  }
  const names = new TextEncoder().encode(parts.join(''));
  const out = new Uint8Array(fixedBytes(rows) + names.length);
  const header = [MAGIC, rows, COLUMN_KEYS.length, names.length, columns.more ? 1 : 0, 0];
  new Uint32Array(out.buffer, 0, header.length).set(header);
  let at = HEADER_BYTES;
  const put = (bytes: ArrayBufferView, length: number) => {
    out.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), at);
    at += length;
  };
  put(columns.finishedAtMs.subarray(0, rows), rows * 8);
  put(columns.seq.subarray(0, rows), rows * 4);
  for (const key of COLUMN_KEYS) put(columns.values[key].subarray(0, rows), rows * 4);
  for (const bytes of [columns.flags.subarray(0, rows), shared, own]) put(bytes, padded(rows));
  out.set(names, at);
  return out;
}

/** @throws RangeError if the bytes are not columns of this version */
export function decodeColumns(buffer: ArrayBuffer): MovieColumns {
  if (buffer.byteLength < HEADER_BYTES) throw new RangeError('columns: too short');
  const [magic, rows = 0, values, nameBytes = 0, more] = new Uint32Array(buffer, 0, 6);
  const isWhole = buffer.byteLength === fixedBytes(rows) + nameBytes;
  if (magic !== MAGIC || values !== COLUMN_KEYS.length || !isWhole)
    throw new RangeError('columns: of another version, or incomplete');
  let at = HEADER_BYTES;
  const take = (length: number) => (at += length) - length;
  const finishedAtMs = new Float64Array(buffer, take(rows * 8), rows);
  const seq = new Uint32Array(buffer, take(rows * 4), rows);
  const columns = fromEntries(
    COLUMN_KEYS.map((key) => [key, new Float32Array(buffer, take(rows * 4), rows)] as const),
  );
  const takeBytes = () => new Uint8Array(buffer, take(padded(rows)), rows);
  const flags = takeBytes();
  const bases = decodeNames(takeBytes(), takeBytes(), new TextDecoder().decode(new Uint8Array(buffer, at)));
  return { rows, more: more === 1, seq, finishedAtMs, values: columns, flags, bases };
}

/** @param text - the names' own parts, one after the other */
function decodeNames(shared: Uint8Array, own: Uint8Array, text: string): string[] {
  let from = 0;
  let before = '';
  return Array.from(own, (length, i) => {
    before = before.slice(0, shared[i]) + text.slice(from, from + length);
    from += length;
    return before;
  });
}

function sharedUnits(before: string, name: string): number {
  const most = Math.min(before.length, name.length, MAX_SHARED_UNITS);
  let n = 0;
  while (n < most && before.charCodeAt(n) === name.charCodeAt(n)) n++;
  // A surrogate pair must not be split: half of it cannot be encoded as UTF-8.
  return n > 0 && (name.charCodeAt(n - 1) & 0xfc00) === 0xd800 ? n - 1 : n;
}
