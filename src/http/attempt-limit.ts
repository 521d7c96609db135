import { CodedError } from '../contract/errors.ts';

/** So many wrong tokens per address and window are looked at; further ones, right or wrong, are not. */
const MOST_FAILURES = 10;
const WINDOW_MS = 60_000;
/** Addresses remembered: bounds the memory that a flood can take. */
const MOST_ADDRESSES = 10_000;

/** Makes guessing a token slow. */
export class AttemptLimit {
  readonly #failures = new Map<string, { count: number; endsAtMs: number }>();

  /** @throws CodedError TOO_MANY_ATTEMPTS */
  check(address: string): void {
    const entry = this.#failures.get(address);
    if (!entry) return;
    if (entry.endsAtMs <= Date.now()) this.#failures.delete(address);
    else if (entry.count >= MOST_FAILURES) throw new CodedError('TOO_MANY_ATTEMPTS', '');
  }

  failed(address: string): void {
    const entry = this.#failures.get(address) ?? { count: 0, endsAtMs: Date.now() + WINDOW_MS };
    entry.count += 1;
    this.#failures.set(address, entry);
    const oldest = this.#failures.keys().next();
    if (this.#failures.size > MOST_ADDRESSES && !oldest.done) this.#failures.delete(oldest.value);
  }
}
