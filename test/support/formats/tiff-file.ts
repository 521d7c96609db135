import { deflateSync } from 'node:zlib';
import { PIXEL_BYTES, type PixelType } from '../../../src/formats/movie.ts';

/**
 * TIFF files built from the tables of the standard, independent of the writer, in every variant
 * that the reader supports.
 */
export interface Variant {
  readonly width: number;
  readonly height: number;
  readonly pixelType: PixelType;
  readonly littleEndian?: boolean;
  readonly bigTiff?: boolean;
  readonly compression?: 1 | 5 | 8 | 32946;
  readonly predictor?: 1 | 2 | 3;
  /** Strips of this number of rows, or tiles; absent: one strip. */
  readonly chunk?: { rows: number } | { tileWidth: number; tileLength: number };
  /** Additional or changed tags; undefined omits one. */
  readonly tags?: Readonly<Record<number, [type: number, values: number[]] | undefined>>;
}

type Values = readonly number[];

/** Builds a file of frames, given as numbers, with a directory for each at the end of the file. */
export function buildTiff(variant: Variant, frames: readonly Values[]): Buffer {
  const { littleEndian = true, bigTiff = false } = variant;
  const parts: Buffer[] = [Buffer.alloc(bigTiff ? 16 : 8)];
  let size = parts[0]!.length;
  const add = (bytes: Buffer) => {
    parts.push(bytes);
    size += bytes.length;
    return size - bytes.length;
  };
  const tables = frames.map((frame) => {
    const chunks = chunksOf(variant, frame).map((rows) => encodeChunk(variant, rows));
    return { offsets: chunks.map(add), counts: chunks.map((chunk) => chunk.length) };
  });
  const links: number[] = [];
  let linkOffset = bigTiff ? 8 : 4;
  for (const { offsets, counts } of tables) {
    const entries = tagsOf(variant, offsets, counts);
    const valueFields = entries.map(([, type, values]) => {
      const bytes = encodeValues(type, values, littleEndian);
      return bytes.length > (bigTiff ? 8 : 4) ? integer(add(bytes), bigTiff ? 8 : 4, littleEndian) : bytes;
    });
    const table = entries.map(([tag, type, values], i) => {
      const value = Buffer.alloc(bigTiff ? 8 : 4);
      valueFields[i]!.copy(value);
      return Buffer.concat([
        integer(tag, 2, littleEndian),
        integer(type, 2, littleEndian),
        integer(values.length, bigTiff ? 8 : 4, littleEndian),
        value,
      ]);
    });
    const count = integer(table.length, bigTiff ? 8 : 2, littleEndian);
    const directoryOffset = add(Buffer.concat([count, ...table, Buffer.alloc(bigTiff ? 8 : 4)]));
    links.push(linkOffset, directoryOffset);
    linkOffset = directoryOffset + count.length + table.length * (bigTiff ? 20 : 12);
  }
  const file = Buffer.concat(parts);
  file.write(littleEndian ? 'II' : 'MM', 0, 'latin1');
  integer(bigTiff ? 43 : 42, 2, littleEndian).copy(file, 2);
  if (bigTiff) integer(8, 2, littleEndian).copy(file, 4);
  for (let i = 0; i < links.length; i += 2)
    integer(links[i + 1]!, bigTiff ? 8 : 4, littleEndian).copy(file, links[i]!);
  return file;
}

function tagsOf(variant: Variant, offsets: number[], counts: number[]): [number, number, number[]][] {
  const { width, height, pixelType, chunk, compression = 1, predictor = 1, bigTiff = false } = variant;
  const isTiled = chunk && 'tileWidth' in chunk;
  const tags: Record<number, [number, number[]] | undefined> = {
    256: [4, [width]],
    257: [4, [height]],
    258: [3, [PIXEL_BYTES[pixelType] * 8]],
    259: [3, [compression]],
    262: [3, [1]],
    277: [3, [1]],
    317: [3, [predictor]],
    339: [3, [pixelType === 'f32' ? 3 : pixelType.startsWith('i') ? 2 : 1]],
    ...(isTiled
      ? {
          322: [3, [chunk.tileWidth]],
          323: [3, [chunk.tileLength]],
          324: [bigTiff ? 16 : 4, offsets],
          325: [4, counts],
        }
      : { 273: [bigTiff ? 16 : 4, offsets], 278: [4, [chunk?.rows ?? height]], 279: [4, counts] }),
    ...variant.tags,
  };
  return Object.entries(tags).flatMap(([tag, entry]) =>
    entry ? [[Number(tag), ...entry] as [number, number, number[]]] : [],
  );
}

/** Chunks as rows of numbers; tiles are padded with zeros beyond the image. */
function chunksOf({ width, height, chunk }: Variant, frame: Values): number[][][] {
  const row = (y: number) => frame.slice(y * width, (y + 1) * width);
  const chunks: number[][][] = [];
  if (chunk && 'tileWidth' in chunk) {
    for (let top = 0; top < height; top += chunk.tileLength)
      for (let left = 0; left < width; left += chunk.tileWidth)
        chunks.push(
          Array.from({ length: chunk.tileLength }, (_, y) =>
            Array.from({ length: chunk.tileWidth }, (_, x) =>
              top + y < height && left + x < width ? frame[(top + y) * width + left + x]! : 0,
            ),
          ),
        );
    return chunks;
  }
  const rows = chunk?.rows ?? height;
  for (let top = 0; top < height; top += rows)
    chunks.push(Array.from({ length: Math.min(rows, height - top) }, (_, y) => [...row(top + y)]));
  return chunks;
}

function encodeChunk(variant: Variant, rows: number[][]): Buffer {
  const { pixelType, littleEndian = true, predictor = 1, compression = 1 } = variant;
  const uncompressed = Buffer.concat(
    rows.map((row) =>
      predictor === 3 ? floatRow(row) : numberRow(row, pixelType, littleEndian, predictor === 2),
    ),
  );
  if (compression === 5) return encodeLiteralLzw(uncompressed);
  return compression === 1 ? uncompressed : deflateSync(uncompressed);
}

function numberRow(
  row: number[],
  pixelType: PixelType,
  littleEndian: boolean,
  isDifferenced: boolean,
): Buffer {
  const size = PIXEL_BYTES[pixelType];
  const bits = row.map((value) => {
    if (pixelType !== 'f32') return BigInt.asUintN(8 * size, BigInt(value));
    const bytes = Buffer.alloc(4);
    bytes.writeFloatBE(value);
    return BigInt(bytes.readUInt32BE());
  });
  const stored = isDifferenced
    ? bits.map((value, x) => BigInt.asUintN(8 * size, value - (x > 0 ? bits[x - 1]! : 0n)))
    : bits;
  return Buffer.concat(stored.map((value) => integer(Number(value), size, littleEndian)));
}

/** Predictor 3: planes of bytes, most significant first, each byte minus the previous one. */
function floatRow(row: number[]): Buffer {
  const planes = Buffer.alloc(row.length * 4);
  row.forEach((value, x) => {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatBE(value);
    for (let plane = 0; plane < 4; plane++) planes[plane * row.length + x] = bytes[plane]!;
  });
  return Buffer.from(planes.map((byte, i) => byte - (i > 0 ? planes[i - 1]! : 0)));
}

/** LZW with literals only: codes of 9 bits, and a clear code before 10 bits would be needed. */
export function encodeLiteralLzw(bytes: Uint8Array): Buffer {
  const codes: number[] = [];
  bytes.forEach((byte, i) => {
    if (i % 250 === 0) codes.push(256);
    codes.push(byte);
  });
  return packCodes([...codes, 257]);
}

/** Codes of 9 bits, most significant bit first. */
export function packCodes(codes: readonly number[]): Buffer {
  const bits = codes.map((code) => code.toString(2).padStart(9, '0')).join('');
  const bytes = Math.ceil(bits.length / 8);
  return Buffer.from(
    Array.from({ length: bytes }, (_, i) => Number.parseInt(bits.slice(i * 8, i * 8 + 8).padEnd(8, '0'), 2)),
  );
}

function integer(value: number, size: number, littleEndian: boolean): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  const lowBytes = bytes.subarray(0, size);
  return littleEndian ? Buffer.from(lowBytes) : Buffer.from(lowBytes).reverse();
}

function encodeValues(type: number, values: number[], littleEndian: boolean): Buffer {
  const sizes: Record<number, number> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 16: 8 };
  // A rational is written as its value over 1.
  if (type === 5)
    return Buffer.concat(values.flatMap((v) => [integer(v, 4, littleEndian), integer(1, 4, littleEndian)]));
  return Buffer.concat(values.map((value) => integer(value, sizes[type]!, littleEndian)));
}
