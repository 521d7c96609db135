/**
 * Index of the first value that is at least `limit`; the number of values if there is none.
 * @param values - ascending
 */
export function lowerBound(values: ArrayLike<number>, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? Number.NaN) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
