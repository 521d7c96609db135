/**
 * Replaces the sum of the even-numbered frames by that of the odd-numbered ones; in place, because an image
 * of 4096x4096 pixels has 64 MiB.
 * @param fullSum - sum of all frames
 */
export function replaceByOddSum(even: Float32Array, fullSum: Float32Array): void {
  for (let i = 0; i < even.length; i++) even[i] = fullSum[i]! - even[i]!;
}
