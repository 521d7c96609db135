/**
 * Sizes that the transform accepts, and sizes for which it is fast. Rows are processed as vectors, hence the
 * multiple of 32.
 */

const ROW_MULTIPLE = 32;

/** Prime factors in ascending order, with repetition. */
export function primeFactors(n: number): number[] {
  const factors: number[] = [];
  let remaining = n;
  for (let p = 2; p * p <= remaining; p++) {
    while (remaining % p === 0) {
      factors.push(p);
      remaining /= p;
    }
  }
  if (remaining > 1) factors.push(remaining);
  return factors;
}

function isSmooth(n: number, maxPrime: number): boolean {
  return primeFactors(n).every((p) => p <= maxPrime);
}

/** Whether the transform accepts a row length: a positive multiple of 32. */
export function isRowLength(n: number): boolean {
  return Number.isInteger(n) && n > 0 && n % ROW_MULTIPLE === 0;
}

/** Whether the transform is fast for a row length: one without prime factors above 5. */
export function isFastRowLength(n: number): boolean {
  return isRowLength(n) && isSmooth(n, 5);
}

/** Whether the transform is fast for a column length: one without prime factors above 7. */
export function isFastColumnLength(n: number): boolean {
  return Number.isInteger(n) && n > 0 && isSmooth(n, 7);
}

/** Smallest fast row length that is at least n. */
export function fastRowLength(n: number): number {
  let length = Math.max(1, Math.ceil(n / ROW_MULTIPLE)) * ROW_MULTIPLE;
  while (!isFastRowLength(length)) length += ROW_MULTIPLE;
  return length;
}

/** Smallest fast column length that is at least n. */
export function fastColumnLength(n: number): number {
  let length = Math.max(1, Math.ceil(n));
  while (!isFastColumnLength(length)) length++;
  return length;
}

/** Smallest fast size of at least width x height; pad to it and crop afterwards. */
export function fastSize(width: number, height: number): { width: number; height: number } {
  return { width: fastRowLength(width), height: fastColumnLength(height) };
}
