/**
 * TIFF's LZW: codes of 9 to 12 bits, most significant bit first; the code width increases one code early
 * (TIFF 6.0, section 13). Strings are found by a hash of (prefix code, next byte).
 */
const CLEAR = 256;
const END = 257;
const FIRST_CODE = 258;
/** The table is cleared when this code would be next, as the standard requires. */
const MAX_CODE = 4094;
const HASH_BITS = 14;
const HASH_SIZE = 1 << HASH_BITS;

const keys = new Int32Array(HASH_SIZE);
const codes = new Uint16Array(HASH_SIZE);

/** Compresses one strip or tile. */
export function encodeLzw(input: Uint8Array): Uint8Array {
  // At most one code of 12 bits per byte, a clear code every 3836 codes, the clear code at the start and the
  // end code.
  const output = new Uint8Array(Math.ceil(input.length * 1.51) + 16);
  let size = 0;
  let bits = 0;
  let pendingBits = 0;
  let width = 9;
  let nextCode = FIRST_CODE;
  const writeCode = (code: number) => {
    bits = (bits << width) | code;
    pendingBits += width;
    while (pendingBits >= 8) {
      pendingBits -= 8;
      output[size++] = bits >>> pendingBits;
      bits &= (1 << pendingBits) - 1;
    }
  };
  const addEntry = () => {
    nextCode++;
    if (nextCode === MAX_CODE) {
      writeCode(CLEAR);
      keys.fill(-1);
      width = 9;
      nextCode = FIRST_CODE;
    } else if (nextCode > (1 << width) - 1) width++;
  };
  keys.fill(-1);
  writeCode(CLEAR);
  if (input.length > 0) {
    let prefix = input[0]!;
    for (let i = 1; i < input.length; i++) {
      const byte = input[i]!;
      const key = (prefix << 8) | byte;
      let slot = Math.imul(key, 0x9e3779b1) >>> (32 - HASH_BITS);
      let found = keys[slot]!;
      while (found !== key && found !== -1) {
        slot = (slot + 1) & (HASH_SIZE - 1);
        found = keys[slot]!;
      }
      if (found === key) {
        prefix = codes[slot]!;
        continue;
      }
      writeCode(prefix);
      keys[slot] = key;
      codes[slot] = nextCode;
      addEntry();
      prefix = byte;
    }
    writeCode(prefix);
    addEntry();
  }
  writeCode(END);
  if (pendingBits > 0) output[size++] = bits << (8 - pendingBits);
  return output.subarray(0, size);
}
