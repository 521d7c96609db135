import { FIELD_BYTES } from './tags.ts';

export interface WrittenEntry {
  readonly tag: number;
  readonly type: number;
  readonly values: readonly number[];
}

/**
 * One directory as little-endian bytes: the table, the link to the next one (zero), then the values that do
 * not fit into the table.
 * @param at - offset in the file at which the bytes will be written
 * @returns the bytes and the offset of the link within them
 */
export function encodeDirectory(
  entries: readonly WrittenEntry[],
  at: number,
  bigTiff: boolean,
): { bytes: Uint8Array; linkAt: number } {
  const [countBytes, entryBytes, offsetBytes] = bigTiff ? [8, 20, 8] : [2, 12, 4];
  const linkAt = countBytes + entries.length * entryBytes;
  const tableBytes = linkAt + offsetBytes;
  const outsideBytes = entries.map((entry) => {
    const length = entry.values.length * FIELD_BYTES[entry.type]!;
    return length > offsetBytes ? Math.ceil(length / 8) * 8 : 0;
  });
  let nextValueAt = Math.ceil(tableBytes / 8) * 8;
  const bytes = new Uint8Array(nextValueAt + outsideBytes.reduce((sum, length) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  if (bigTiff) view.setBigUint64(0, BigInt(entries.length), true);
  else view.setUint16(0, entries.length, true);
  entries.forEach((entry, index) => {
    const entryAt = countBytes + index * entryBytes;
    view.setUint16(entryAt, entry.tag, true);
    view.setUint16(entryAt + 2, entry.type, true);
    const valueAt = entryAt + (bigTiff ? 12 : 8);
    if (bigTiff) view.setBigUint64(entryAt + 4, BigInt(entry.values.length), true);
    else view.setUint32(entryAt + 4, entry.values.length, true);
    const length = outsideBytes[index]!;
    if (length === 0) {
      writeValues(view, valueAt, entry);
    } else {
      if (bigTiff) view.setBigUint64(valueAt, BigInt(at + nextValueAt), true);
      else view.setUint32(valueAt, at + nextValueAt, true);
      writeValues(view, nextValueAt, entry);
      nextValueAt += length;
    }
  });
  return { bytes, linkAt };
}

function writeValues(view: DataView, at: number, { type, values }: WrittenEntry): void {
  const size = FIELD_BYTES[type]!;
  values.forEach((value, index) => {
    const position = at + index * size;
    if (size === 1) view.setUint8(position, value);
    else if (size === 2) view.setUint16(position, value, true);
    else if (size === 4) view.setUint32(position, value, true);
    else view.setBigUint64(position, BigInt(value), true);
  });
}
