/**
 * Minimum entropy of a token that other machines can try to guess: an attacker with a million tries per
 * second needs half a million years for 64 bits. `openssl rand -hex 24` gives 192.
 */
export const MIN_TOKEN_BITS = 64;

/**
 * Upper limit of the entropy of a token: its length times the entropy of its characters. A token that is not
 * random, such as words, has less.
 * @returns bits
 */
export function tokenBits(token: string): number {
  const counts = new Map<string, number>();
  const characters = [...token];
  for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - count * Math.log2(count / characters.length), 0);
}

/** What a token should be, for messages. */
export const STRONG_TOKEN = 'a long random word, for example from: openssl rand -hex 24';
