/** Turns the sum of the even frames into that of the odd ones, in place: an image of 4096x4096 has 64 MiB. @param whole - of all frames */
export function toOddSum(even: Float32Array, whole: Float32Array): void {
  for (let i = 0; i < even.length; i++) even[i] = whole[i]! - even[i]!;
}
