/**
 * EER files built from the description of the format, independent of the reader and of the simulator: a
 * stream is written as text of zeros and ones in the order in which they are read.
 */
export interface Electron {
  readonly x: number;
  readonly y: number;
  /** Quarter of the pixel in which the electron was detected, along each axis, 0..3. */
  readonly quarterX?: number;
  readonly quarterY?: number;
}

export interface Coding {
  readonly compression: 65000 | 65001 | 65002;
  readonly runBits: number;
  /** Whether runs of the maximum length are also followed by position bits (the 8-bit coding). */
  readonly positionAfterMaxRun?: boolean;
  readonly xBits?: number;
  readonly yBits?: number;
}

export const EIGHT_BIT: Coding = { compression: 65000, runBits: 8, positionAfterMaxRun: true };
export const SEVEN_BIT: Coding = { compression: 65001, runBits: 7 };

/** A number as `count` binary digits, the least significant first. */
const digits = (value: number, count: number): string =>
  [...value.toString(2).padStart(count, '0')].reverse().join('');

/** The stream of one frame. The electrons must be in the order of rows, with at most one per pixel. */
export function streamOf(
  coding: Coding,
  width: number,
  height: number,
  electrons: readonly Electron[],
): Buffer {
  const { runBits, positionAfterMaxRun = false, xBits = 2, yBits = 2 } = coding;
  const maxRun = 2 ** runBits - 1;
  let text = '';
  const appendRun = (empty: number) => {
    let rest = empty;
    while (rest >= maxRun) {
      text += digits(maxRun, runBits) + (positionAfterMaxRun ? '0'.repeat(xBits + yBits) : '');
      rest -= maxRun;
    }
    text += digits(rest, runBits);
  };
  let next = 0;
  for (const { x, y, quarterX = 0, quarterY = 0 } of electrons) {
    appendRun(y * width + x - next);
    text += positionBits(quarterX, xBits) + positionBits(quarterY, yBits);
    next = y * width + x + 1;
  }
  if (next < width * height) appendRun(width * height - next);
  return bytesOf(text);
}

/** A quarter in this many bits, of which the most significant one is inverted. */
function positionBits(quarter: number, bits: number): string {
  if (bits === 0) return '';
  const value = bits === 1 ? quarter >> 1 : quarter << (bits - 2);
  return digits(value ^ (1 << (bits - 1)), bits);
}

export const bytesOf = (text: string): Buffer =>
  Buffer.from((text.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt([...byte].reverse().join(''), 2)));

export interface Container {
  readonly width: number;
  readonly height: number;
  readonly coding: Coding;
  readonly isBigTiff?: boolean;
  /** Number of strips into which a stream is divided. */
  readonly stripCount?: number;
  readonly tags?: Readonly<Record<number, number | undefined>>;
}

/** A little-endian TIFF with a directory for each stream, after the stream, as in files of the camera. */
export function buildEer(container: Container, streams: readonly Buffer[]): Buffer {
  const { isBigTiff = false, stripCount = 1 } = container;
  const word = isBigTiff ? 8 : 4;
  const chunks: Buffer[] = [];
  let size = 0;
  const add = (bytes: Buffer) => {
    chunks.push(bytes);
    size += bytes.length;
    return size - bytes.length;
  };
  const integer = (value: number, bytes: number) => {
    const out = Buffer.alloc(bytes);
    out.writeUIntLE(value, 0, Math.min(6, bytes));
    return out;
  };
  add(Buffer.from(isBigTiff ? '49492b0008000000' : '49492a00', 'hex'));
  let link = { chunk: integer(0, word), at: add(integer(0, word)) };
  chunks[1] = link.chunk;
  for (const stream of streams) {
    const step = Math.ceil(stream.length / stripCount);
    const strips = Array.from({ length: stripCount }, (_, i) =>
      stream.subarray(i * step, (i + 1) * step),
    ).filter((part) => part.length > 0);
    const offsets = strips.map(add);
    const array = (values: number[]) => Buffer.concat(values.map((value) => integer(value, word)));
    const lengths = strips.map((part) => part.length);
    const isInline = strips.length === 1;
    const offsetsValue = isInline ? offsets[0]! : add(array(offsets));
    const lengthsValue = isInline ? lengths[0]! : add(array(lengths));
    const { width, height, coding } = container;
    const singleValues: Record<number, number | undefined> = {
      256: width,
      257: height,
      259: coding.compression,
      278: height,
      ...(coding.compression === 65002
        ? { 65007: coding.runBits, 65008: coding.xBits ?? 2, 65009: coding.yBits ?? 2 }
        : {}),
      ...container.tags,
    };
    const entry = (tag: number, count: number, value: number) => ({
      tag,
      bytes: Buffer.concat([
        integer(tag, 2),
        integer(isBigTiff ? 16 : 4, 2),
        integer(count, word),
        integer(value, word),
      ]),
    });
    const entries = [
      ...Object.entries(singleValues).flatMap(([tag, value]) =>
        value === undefined ? [] : [entry(Number(tag), 1, value)],
      ),
      entry(273, strips.length, offsetsValue),
      entry(279, strips.length, lengthsValue),
    ].sort((a, b) => a.tag - b.tag);
    const next = integer(0, word);
    const directoryOffset = add(
      Buffer.concat([integer(entries.length, isBigTiff ? 8 : 2), ...entries.map(({ bytes }) => bytes)]),
    );
    link.chunk.writeUIntLE(directoryOffset, 0, Math.min(6, word));
    link = { chunk: next, at: add(next) };
  }
  return Buffer.concat(chunks);
}
