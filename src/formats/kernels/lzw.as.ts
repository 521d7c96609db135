// TIFF LZW decoder (TIFF 6.0, section 13: codes of 9 to 12 bits, most significant bit first; the code width
// increases one code early).
//
// A table entry is the (address, length) of a string in the output so far: adding an entry takes two stores,
// and a string is written by 16-byte copies. Safe for any input: the decoder reads only [src, srcEnd) and
// writes only [dst, dstEnd).
//
// table: TABLE_BYTES, 16-aligned: 4096 entries of [address u32, length u32], then 256 + 16 bytes of literals,
// then the report [status u32, source position u32].

const LITERALS: usize = 4096 * 8;
const REPORT: usize = LITERALS + 256 + 16;

const STATUS_OK: u32 = 0;
const STATUS_BAD_CODE: u32 = 1;
const STATUS_TOO_LONG: u32 = 2;

// @ts-ignore: decorator
@inline function bigEndian32(x: u32): u32 {
  return (rotl<u32>(x, 8) & 0x00ff00ff) | (rotr<u32>(x, 8) & 0xff00ff00);
}

/** The last one to three bytes, followed by zeros, in the byte order of `bigEndian32`. */
function lastBytes(src: usize, srcEnd: usize): u32 {
  let word: u32 = 0;
  for (let i: usize = 0; i < 4; i++) word = (word << 8) | (src + i < srcEnd ? <u32>load<u8>(src + i) : 0);
  return word;
}

/** Fills the entries of the 256 single bytes; to be called once per table. */
export function lzwInit(table: usize): void {
  for (let i: u32 = 0; i < 256; i++) {
    const literal = table + LITERALS + i;
    store<u8>(literal, <u8>i);
    store<u32>(table + (i << 3), <u32>literal);
    store<u32>(table + (i << 3), 1, 4);
  }
}

/** Returns the number of bytes written to dst. Status: 0 success, 1 invalid code, 2 output too long. */
export function lzwDecode(src: usize, srcEnd: usize, dst: usize, dstEnd: usize, table: usize): u32 {
  const srcStart = src;
  const dstStart = dst;
  // bits of the byte at src that have been read
  let offset: u32 = 0;
  let width: u32 = 9;
  let next: u32 = 258;
  let limit: u32 = 511;
  let previous: usize = 0;
  let previousLength: u32 = 0;
  let status: u32 = STATUS_OK;

  while (true) {
    // A code and the bits before it in its first byte are at most 19 bits, so that one 32-bit word contains
    // them and no branch is needed.
    if (src + 4 > srcEnd && (<u32>(srcEnd - src) << 3) < offset + width) break;
    const word = src + 4 <= srcEnd ? bigEndian32(load<u32>(src)) : lastBytes(src, srcEnd);
    const code = (word << offset) >>> (32 - width);
    offset += width;
    src += offset >> 3;
    offset &= 7;

    if (code == 257) break;
    if (code == 256) {
      width = 9;
      next = 258;
      limit = 511;
      previousLength = 0;
      continue;
    }
    if (dst == dstEnd) {
      // Fewer than four complete bytes after this code are tolerated as padding.
      if (src + 4 + (offset > 0 ? 1 : 0) <= srcEnd) status = STATUS_TOO_LONG;
      break;
    }

    let length: u32;
    if (code < next) {
      const entry = table + (code << 3);
      const from = <usize>load<u32>(entry);
      length = load<u32>(entry, 4);
      if (dst + ((length + 15) & ~15) <= dstEnd) {
        v128.store(dst, v128.load(from));
        if (length > 16) {
          let i: u32 = 16;
          do {
            v128.store(dst + i, v128.load(from + i));
            i += 16;
          } while (i < length);
        }
      } else {
        if (dst + length > dstEnd) {
          status = STATUS_TOO_LONG;
          length = <u32>(dstEnd - dst);
        }
        memory.copy(dst, from, length);
      }
    } else {
      // The string that is being defined: the previous string followed by its own first byte.
      if (code != next || previousLength == 0) {
        status = STATUS_BAD_CODE;
        break;
      }
      length = previousLength + 1;
      if (dst + ((length + 15) & ~15) <= dstEnd) {
        let i: u32 = 0;
        do {
          v128.store(dst + i, v128.load(previous + i));
          i += 16;
        } while (i < previousLength);
        store<u8>(dst + previousLength, load<u8>(previous));
      } else if (dst + length > dstEnd) {
        status = STATUS_TOO_LONG;
        length = <u32>(dstEnd - dst);
        memory.copy(dst, previous, length);
      } else {
        memory.copy(dst, previous, previousLength);
        store<u8>(dst + previousLength, load<u8>(previous));
      }
    }
    if (previousLength != 0 && next < 4096) {
      const entry = table + (next << 3);
      store<u32>(entry, <u32>previous);
      store<u32>(entry, previousLength + 1, 4);
      next++;
      if (next >= limit && width < 12) {
        width++;
        limit = (1 << width) - 1;
      }
    }
    previous = dst;
    previousLength = length;
    dst += length;
    if (status != STATUS_OK) break;
  }
  store<u32>(table + REPORT, status);
  store<u32>(table + REPORT, <u32>(src - srcStart) + (offset > 0 ? 1 : 0), 4);
  return <u32>(dst - dstStart);
}
