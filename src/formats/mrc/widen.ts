let float16Table: Float32Array | undefined;

/** Value of every IEEE 754 binary16 pattern. */
function float16Values(): Float32Array {
  if (float16Table) return float16Table;
  const table = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 31) table[bits] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else if (exponent === 0) table[bits] = sign * fraction * 2 ** -24;
    else table[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  float16Table = table;
  return table;
}

/** Converts 16-bit floats to the bytes of 32-bit ones. */
export function float16ToFloat32(stored: Uint8Array, littleEndian: boolean): Uint8Array {
  const table = float16Values();
  const values = new Float32Array(stored.length >> 1);
  const [high, low] = littleEndian ? [1, 0] : [0, 1];
  for (let i = 0; i < values.length; i++)
    values[i] = table[(stored[2 * i + high]! << 8) | stored[2 * i + low]!]!;
  return new Uint8Array(values.buffer);
}
