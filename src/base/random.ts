const TWO_TO_32 = 2 ** 32;
const TWO_TO_MINUS_32 = 2 ** -32;
/** Rounds of mixing after which a state made from small seeds looks random. */
const WARM_UP_ROUNDS = 20;

/** Pseudo-random numbers, the same for the same seed. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number;
  /** Normal, mean 0, standard deviation 1 (Marsaglia's polar method). */
  gaussian(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** An unsigned 32-bit integer. */
  uint32(): number;
}

/**
 * A small fast generator with a 128-bit state: "sfc32" of C. Doty-Humphrey's PractRand.
 * @param seed - integer
 * @param streams - additional integers that identify the stream (index, purpose), so that streams do not
 * overlap
 */
export function createRandom(seed: number, ...streams: readonly number[]): Random {
  const next = createSfc32([seed, ...streams]);
  let spare = Number.NaN;
  return {
    uint32: next,
    uniform: () => next() * TWO_TO_MINUS_32,
    between: (low, high) => low + (high - low) * next() * TWO_TO_MINUS_32,
    gaussian() {
      if (!Number.isNaN(spare)) {
        const value = spare;
        spare = Number.NaN;
        return value;
      }
      for (;;) {
        const u = next() * 2 * TWO_TO_MINUS_32 - 1;
        const v = next() * 2 * TWO_TO_MINUS_32 - 1;
        const square = u * u + v * v;
        if (square >= 1 || square === 0) continue;
        const factor = Math.sqrt((-2 * Math.log(square)) / square);
        spare = v * factor;
        return u * factor;
      }
    },
  };
}

function createSfc32(words: readonly number[]): () => number {
  // A typed array is twice as fast as captured variables. `?? 0` costs nothing; the index is always valid.
  const state = Int32Array.of(0, 0, 0, 1);
  const next = (): number => {
    const a = state[0] ?? 0;
    const b = state[1] ?? 0;
    const c = state[2] ?? 0;
    const counter = state[3] ?? 0;
    const result = (((a + b) | 0) + counter) | 0;
    state[3] = counter + 1;
    state[0] = b ^ (b >>> 9);
    state[1] = (c + (c << 3)) | 0;
    state[2] = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  for (const word of words) {
    state[0] = (state[0] ?? 0) ^ scatter(Math.trunc(word));
    state[1] = (state[1] ?? 0) ^ scatter(Math.trunc(word / TWO_TO_32));
    for (let round = 0; round < WARM_UP_ROUNDS; round++) next();
  }
  return next;
}

/** Spreads neighbouring integers over all 32 bits (the finalizer of A. Appleby's MurmurHash3). */
function scatter(word: number): number {
  let bits = word | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
