import { deflateSync } from 'node:zlib';
import { PIXEL_BYTES, type PixelType } from '../../../src/formats/movie.ts';

/**
 * TIFF files built from the tables of the standard, independent of the writer, in every variant that is read.
 */
export interface Variant {
  readonly width: number;
  readonly height: number;
  readonly pixelType: PixelType;
  readonly little?: boolean;
  readonly big?: boolean;
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
  const { little = true, big = false } = variant;
  const parts: Buffer[] = [Buffer.alloc(big ? 16 : 8)];
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
  let linkAt = big ? 8 : 4;
  for (const { offsets, counts } of tables) {
    const entries = tagsOf(variant, offsets, counts);
    const valueFields = entries.map(([, type, values]) => {
      const bytes = encodeValues(type, values, little);
      return bytes.length > (big ? 8 : 4) ? integer(add(bytes), big ? 8 : 4, little) : bytes;
    });
    const table = entries.map(([tag, type, values], i) => {
      const value = Buffer.alloc(big ? 8 : 4);
      valueFields[i]!.copy(value);
      return Buffer.concat([
        integer(tag, 2, little),
        integer(type, 2, little),
        integer(values.length, big ? 8 : 4, little),
        value,
      ]);
    });
    const count = integer(table.length, big ? 8 : 2, little);
    const at = add(Buffer.concat([count, ...table, Buffer.alloc(big ? 8 : 4)]));
    links.push(linkAt, at);
    linkAt = at + count.length + table.length * (big ? 20 : 12);
  }
  const file = Buffer.concat(parts);
  file.write(little ? 'II' : 'MM', 0, 'latin1');
  integer(big ? 43 : 42, 2, little).copy(file, 2);
  if (big) integer(8, 2, little).copy(file, 4);
  for (let i = 0; i < links.length; i += 2) integer(links[i + 1]!, big ? 8 : 4, little).copy(file, links[i]!);
  return file;
}

function tagsOf(variant: Variant, offsets: number[], counts: number[]): [number, number, number[]][] {
  const { width, height, pixelType, chunk, compression = 1, predictor = 1, big = false } = variant;
  const isTiled = chunk && 'tileWidth' in chunk;
  const all: Record<number, [number, number[]] | undefined> = {
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
          324: [big ? 16 : 4, offsets],
          325: [4, counts],
        }
      : { 273: [big ? 16 : 4, offsets], 278: [4, [chunk?.rows ?? height]], 279: [4, counts] }),
    ...variant.tags,
  };
  return Object.entries(all).flatMap(([tag, entry]) =>
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
  const { pixelType, little = true, predictor = 1, compression = 1 } = variant;
  const plain = Buffer.concat(
    rows.map((row) => (predictor === 3 ? floatRow(row) : numberRow(row, pixelType, little, predictor === 2))),
  );
  if (compression === 5) return plainLzw(plain);
  return compression === 1 ? plain : deflateSync(plain);
}

function numberRow(row: number[], pixelType: PixelType, little: boolean, isDifferenced: boolean): Buffer {
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
  return Buffer.concat(stored.map((value) => integer(Number(value), size, little)));
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
export function plainLzw(bytes: Uint8Array): Buffer {
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

function integer(value: number, size: number, little: boolean): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  const lowBytes = bytes.subarray(0, size);
  return little ? Buffer.from(lowBytes) : Buffer.from(lowBytes).reverse();
}

function encodeValues(type: number, values: number[], little: boolean): Buffer {
  const sizes: Record<number, number> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 16: 8 };
  // A rational is written as its value over 1.
  if (type === 5) return Buffer.concat(values.flatMap((v) => [integer(v, 4, little), integer(1, 4, little)]));
  return Buffer.concat(values.map((value) => integer(value, sizes[type]!, little)));
}
