import type { Arena } from '../memory/arena.ts';
import { isRowLength, primeFactors } from './sizes.ts';

/**
 * Plans of the transform: radices, twiddle factors and their addresses, written into an arena for
 * `kernels/fft.as.ts`.
 */

/** Radices whose product is n: 8 and 4 first, at most one 2, then odd primes. */
export function radicesOf(n: number): number[] {
  const primes = primeFactors(n);
  const odd = primes.filter((p) => p !== 2);
  let twos = primes.length - odd.length;
  const radices: number[] = [];
  while (twos >= 3 && twos !== 4) {
    radices.push(8);
    twos -= 3;
  }
  while (twos >= 2) {
    radices.push(4);
    twos -= 2;
  }
  if (twos === 1) radices.push(2);
  return [...radices, ...odd];
}

const angle = (numerator: number, denominator: number) => (-2 * Math.PI * numerator) / denominator;

/** Records of the passes: radix, groups, run, twiddles, roots. */
function writePasses(arena: Arena, n: number): number[] {
  const records: number[] = [];
  let remaining = n;
  let run = 1;
  for (const radix of radicesOf(n)) {
    const groups = remaining / radix;
    const twiddles = groups > 1 ? writeTwiddles(arena, radix, groups, remaining) : 0;
    const hasSpecialButterfly = radix === 2 || radix === 4 || radix === 8;
    const roots = hasSpecialButterfly ? 0 : writeRoots(arena, radix);
    records.push(radix, groups, run, twiddles, roots);
    remaining = groups;
    run *= radix;
  }
  return records;
}

/** @returns address of the factors of one pass */
function writeTwiddles(arena: Arena, radix: number, groups: number, remaining: number): number {
  const length = groups * (radix - 1) * 2;
  const address = arena.allocate(length * 4);
  const table = arena.float32(address, length);
  let i = 0;
  for (let group = 0; group < groups; group++) {
    for (let k = 1; k < radix; k++) {
      const a = angle((group * k) % remaining, remaining);
      table[i++] = Math.cos(a);
      table[i++] = Math.sin(a);
    }
  }
  return address;
}

/** @returns address of the roots of unity of an odd radix */
function writeRoots(arena: Arena, radix: number): number {
  const address = arena.allocate(radix * 8);
  const table = arena.float32(address, radix * 2);
  for (let j = 0; j < radix; j++) {
    table[2 * j] = Math.cos(angle(j, radix));
    table[2 * j + 1] = Math.sin(angle(j, radix));
  }
  return address;
}

function writeRecord(arena: Arena, record: number[]): number {
  const address = arena.allocate(record.length * 4);
  arena.int32(address, record.length).set(record);
  return address;
}

/** Plan of the complex transform along a column of n elements, any n >= 1. @returns its address */
export function writeColumnPlan(arena: Arena, n: number): number {
  return writeRecord(arena, [n, radicesOf(n).length, ...writePasses(arena, n)]);
}

/** Plan of the real transform of a row. @param width - a multiple of 32. @returns its address */
export function writeRowPlan(arena: Arena, width: number): number {
  if (!isRowLength(width)) throw new RangeError(`row length ${width} is not a multiple of 32: see fastSize`);
  const n = width / 2;
  const groups = n / 4;
  const firstTwiddles = arena.allocate(groups * 24);
  const firstTable = arena.float32(firstTwiddles, groups * 6);
  for (let group = 0; group < groups; group++) {
    for (let k = 1; k < 4; k++) {
      const at = (group >> 2) * 24 + (k - 1) * 8 + (group & 3);
      firstTable[at] = Math.cos(angle(group * k, n));
      firstTable[at + 4] = Math.sin(angle(group * k, n));
    }
  }
  const splitTwiddles = arena.allocate(n * 8);
  const splitTable = arena.float32(splitTwiddles, n * 2);
  for (let k = 0; k < n; k++) {
    const at = (k >> 2) * 8 + (k & 3);
    splitTable[at] = Math.cos(angle(k, width));
    splitTable[at + 4] = Math.sin(angle(k, width));
  }
  const passes = radicesOf(groups).length + 1;
  return writeRecord(arena, [width, n, passes, firstTwiddles, splitTwiddles, ...writePasses(arena, groups)]);
}

/** Bytes of the plans of a width x height transform, an upper bound. */
export function planBytes(width: number, height: number): number {
  return 24 * width + 32 * height + 65_536;
}

/** Bytes of scratch that a thread needs for rows of `width` and columns of `height`. */
export function scratchBytes(width: number, height: number): number {
  const columns = 2 * (height * 32 + 256) + (Math.ceil(height / 2) + 1) * 64;
  const rows = 2 * (width * 4 + 320) + (Math.ceil(width / 16) + 1) * 64;
  return Math.max(columns, rows) + 256;
}

/**
 * Row pitch in bytes of an image that is transformed in place: large enough for columns 0..width/2, and an
 * odd number of cache lines, so that a column is not limited to a few cache sets.
 */
export function pitchBytes(width: number): number {
  const lines = Math.ceil((width / 2 + 4) / 8);
  return (lines % 2 === 0 ? lines + 1 : lines) * 64;
}

/** Bytes of one row of one block, and of a pair of blocks, which share a cache line. */
export const BLOCK_BYTES = 32;
export const PAIR_BYTES = 64;

/**
 * Bytes from one panel to the next. A panel contains all rows of a pair of blocks, PAIR_BYTES each, so that a
 * transform along columns reads memory sequentially; one additional cache line keeps the panels of a row in
 * different cache sets.
 */
export function panelBytes(height: number): number {
  return (height + 1) * PAIR_BYTES;
}

/** Bytes of the first `blocks` (an even number) of a spectrum in panels. */
export function spectrumBytes(height: number, blocks: number): number {
  return (blocks / 2) * panelBytes(height);
}

/** Number of blocks of four columns for columns 0..width/2; even, since two blocks are one cache line. */
export function blockCount(width: number): number {
  return Math.ceil((width / 2 + 1) / 8) * 2;
}
