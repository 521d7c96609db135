/**
 * Replaces the sum of the even frames by that of the odd ones, in place, because an image of 4096x4096 has 64
 * MiB.
 * @param fullSum - sum of all frames
 */
export function toOddSum(even: Float32Array, fullSum: Float32Array): void {
  for (let i = 0; i < even.length; i++) even[i] = fullSum[i]! - even[i]!;
}
