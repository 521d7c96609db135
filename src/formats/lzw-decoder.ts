import { createKernelMemory } from './kernel-memory.ts';

const TABLE_ADDRESS = 16;
const LITERALS_BYTES = 256 + 16;
const REPORT_ADDRESS = TABLE_ADDRESS + 4096 * 8 + LITERALS_BYTES;
const INPUT_ADDRESS = 65536;

interface LzwExports {
  lzwInit(table: number): void;
  lzwDecode(src: number, srcEnd: number, dst: number, dstEnd: number, table: number): number;
}

/** The decoded bytes, valid until the next call, or the reason why they could not be decoded. */
type LzwResult =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: string; readonly sourceOffset: number };

export interface LzwDecoder {
  /** Memory that the caller fills with compressed bytes. Valid until the next call of `input` or `decode`. */
  input(length: number): Uint8Array;
  /**
   * Decodes `length` bytes at `offset` of the input.
   * @param capacity - maximum number of decoded bytes
   */
  decode(offset: number, length: number, capacity: number): LzwResult;
}

/** Creates a decoder; each thread needs its own. Its methods throw a RangeError beyond 1 GiB. */
export function createLzwDecoder(): LzwDecoder {
  const { memory, reserve, exports } = createKernelMemory<LzwExports>('lzw', 2);
  const { lzwInit, lzwDecode } = exports;
  lzwInit(TABLE_ADDRESS);
  let inputBytes = 0;
  return {
    input(length) {
      reserve(INPUT_ADDRESS + length);
      inputBytes = length;
      return new Uint8Array(memory.buffer, INPUT_ADDRESS, length);
    },
    decode(offset, length, capacity) {
      if (offset < 0 || length < 0 || offset + length > inputBytes)
        throw new RangeError(`The input has ${inputBytes} bytes: there are no ${length} bytes at ${offset}`);
      const target = INPUT_ADDRESS + Math.ceil(inputBytes / 16) * 16;
      reserve(target + capacity);
      const source = INPUT_ADDRESS + offset;
      const decodedBytes = lzwDecode(source, source + length, target, target + capacity, TABLE_ADDRESS);
      const [status, sourceOffset] = new Uint32Array(memory.buffer, REPORT_ADDRESS, 2);
      if (status === 0) return { ok: true, bytes: new Uint8Array(memory.buffer, target, decodedBytes) };
      const reason = status === 1 ? 'an invalid code' : `more than ${capacity} bytes`;
      return { ok: false, reason, sourceOffset: sourceOffset! };
    },
  };
}

let threadDecoder: LzwDecoder | undefined;
/** The decoder of this thread, created on first use. */
export function lzwDecoder(): LzwDecoder {
  threadDecoder ??= createLzwDecoder();
  return threadDecoder;
}
