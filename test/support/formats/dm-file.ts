/** DM3 and DM4 files built from the published description of their tags. */

type Node = { readonly [name: string]: Node } | readonly Node[] | DmValue;

export interface DmValue {
  /** Words that describe the type, after `%%%%`. */
  readonly info: readonly number[];
  readonly bytes: (littleEndian: boolean) => Buffer;
}

const bufferOf = (size: number, write: (bytes: Buffer) => void) => {
  const bytes = Buffer.alloc(size);
  write(bytes);
  return bytes;
};

export const ulong = (value: number): DmValue => ({
  info: [5],
  bytes: (le) => bufferOf(4, (b) => (le ? b.writeUInt32LE(value) : b.writeUInt32BE(value))),
});
export const text = (value: string): DmValue => ({
  info: [20, 4, value.length],
  bytes: (le) => {
    const bytes = Buffer.from(value, 'utf16le');
    return le ? bytes : bytes.swap16();
  },
});
/** A rectangle in DigitalMicrograph's format: a structure of four longs. */
export const struct = (values: readonly number[]): DmValue => ({
  info: [15, 0, values.length, ...values.flatMap(() => [0, 3])],
  bytes: (le) =>
    Buffer.concat(values.map((v) => bufferOf(4, (b) => (le ? b.writeInt32LE(v) : b.writeInt32BE(v))))),
});
export const structs = (count: number): DmValue => ({
  info: [20, 15, 0, 2, 0, 2, 0, 6, count],
  bytes: () => Buffer.alloc(count * 6),
});
export const floats = (values: readonly number[]): DmValue => ({
  info: [20, 6, values.length],
  bytes: (le) =>
    Buffer.concat(values.map((v) => bufferOf(4, (b) => (le ? b.writeFloatLE(v) : b.writeFloatBE(v))))),
});
export const octets = (values: readonly number[]): DmValue => ({
  info: [20, 10, values.length],
  bytes: () => Buffer.from(values),
});
export const ushorts = (values: readonly number[]): DmValue => ({
  info: [20, 4, values.length],
  bytes: (le) =>
    Buffer.concat(values.map((v) => bufferOf(2, (b) => (le ? b.writeUInt16LE(v) : b.writeUInt16BE(v))))),
});

export const image = (width: number, height: number, dataType: number, data: DmValue) => ({
  ImageData: {
    Calibrations: { Brightness: { Units: text('counts') } },
    Data: data,
    DataType: ulong(dataType),
    Dimensions: [ulong(width), ulong(height)],
    PixelDepth: ulong(4),
  },
});

export function buildDm(version: 3 | 4, littleEndian: boolean, root: Node): Buffer {
  const word = (value: number) =>
    version === 4
      ? bufferOf(8, (b) => b.writeBigUInt64BE(BigInt(value)))
      : bufferOf(4, (b) => b.writeUInt32BE(value));
  const isValue = (node: Node): node is DmValue => 'info' in node && 'bytes' in node;
  const value = ({ info, bytes }: DmValue) =>
    Buffer.concat([Buffer.from('%%%%'), word(info.length), ...info.map(word), bytes(littleEndian)]);
  const directory = (node: Node): Buffer => {
    const entries: [string, Node][] = Array.isArray(node)
      ? node.map((child): [string, Node] => ['', child])
      : Object.entries(node);
    return Buffer.concat([Buffer.from([1, 0]), word(entries.length), ...entries.map(([n, c]) => tag(n, c))]);
  };
  const tag = (name: string, node: Node): Buffer => {
    const content = isValue(node) ? value(node) : directory(node);
    return Buffer.concat([
      Buffer.from([isValue(node) ? 21 : 20]),
      bufferOf(2, (b) => b.writeUInt16BE(name.length)),
      Buffer.from(name, 'latin1'),
      ...(version === 4 ? [word(content.length)] : []),
      content,
    ]);
  };
  const tree = directory(root);
  const header = [bufferOf(4, (b) => b.writeUInt32BE(version)), word(tree.length)];
  const order = bufferOf(4, (b) => b.writeUInt32BE(littleEndian ? 1 : 0));
  return Buffer.concat([...header, order, tree, Buffer.alloc(8)]);
}
