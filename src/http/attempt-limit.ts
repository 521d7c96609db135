import { createHash } from 'node:crypto';
import { CodedError } from '../contract/errors.ts';

/** So many different wrong secrets per address and window are looked at; further ones, right or wrong, are not. */
const MOST_GUESSES = 10;
const WINDOW_MS = 60_000;
/** Addresses remembered: bounds the memory that a flood can take. */
const MOST_ADDRESSES = 10_000;

/**
 * Makes guessing a secret slow. The same wrong secret again is no further guess: a program with an outdated token, which
 * asks every second, must not lock out its neighbours behind one address.
 */
export class AttemptLimit {
  readonly #guesses = new Map<string, { digests: Set<string>; endsAtMs: number }>();

  /** @throws CodedError TOO_MANY_ATTEMPTS */
  check(address: string): void {
    const entry = this.#guesses.get(address);
    if (!entry) return;
    if (entry.endsAtMs <= Date.now()) this.#guesses.delete(address);
    else if (entry.digests.size >= MOST_GUESSES) throw new CodedError('TOO_MANY_ATTEMPTS', '');
  }

  failed(address: string, secret: string): void {
    const entry = this.#guesses.get(address) ?? { digests: new Set(), endsAtMs: Date.now() + WINDOW_MS };
    entry.digests.add(createHash('sha256').update(secret).digest('base64'));
    this.#guesses.set(address, entry);
    const oldest = this.#guesses.keys().next();
    if (this.#guesses.size > MOST_ADDRESSES && !oldest.done) this.#guesses.delete(oldest.value);
  }
}
