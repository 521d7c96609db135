/**
 * Random numbers for synthetic movies and micrographs. They must not change: thresholds of tests were set
 * with images made from these numbers, and some tests of RELION pass only by a small margin. Everything else
 * uses `src/base/random.ts`.
 */

/** Uniform in [0, 1), 32 bits (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface RandomSource {
  /** 0..1 */
  uniform(): number;
  between(low: number, high: number): number;
  gaussian(): number;
}

/** xorshift128 (Marsaglia 2003), and the polar method for the normal distribution. */
export function randomSource(seed: number): RandomSource {
  let x = (seed * 0x9e3779b1) | 1;
  let y = (seed ^ 0x7f4a7c15) | 0;
  let z = 0x2545f491;
  let w = (seed * 69069 + 1) | 0;
  const uniform = () => {
    const t = x ^ (x << 11);
    x = y;
    y = z;
    z = w;
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    return ((w >>> 0) + 0.5) / 4294967296;
  };
  for (let i = 0; i < 50; i++) uniform();
  let spare = Number.NaN;
  const gaussian = () => {
    if (!Number.isNaN(spare)) {
      const value = spare;
      spare = Number.NaN;
      return value;
    }
    for (;;) {
      const a = 2 * uniform() - 1;
      const b = 2 * uniform() - 1;
      const square = a * a + b * b;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = b * factor;
      return a * factor;
    }
  };
  return { uniform, between: (low, high) => low + (high - low) * uniform(), gaussian };
}
