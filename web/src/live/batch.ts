/**
 * Gathers items and hands them over in one go: at the next frame, at most every `MINIMUM_GAP_MS`, and once a second in a
 * tab that nobody looks at (frames stand still there, but the title should go on).
 */
const MINIMUM_GAP_MS = 150;
const HIDDEN_GAP_MS = 1000;

export class Batch<T> {
  #items: T[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #frame: number | null = null;
  #lastFlush = 0;
  readonly #deliver: (items: T[]) => void;

  constructor(deliver: (items: T[]) => void) {
    this.#deliver = deliver;
  }

  add(item: T): void {
    this.#items.push(item);
    if (this.#timer !== null || this.#frame !== null) return;
    const gap = document.hidden ? HIDDEN_GAP_MS : MINIMUM_GAP_MS;
    const wait = Math.max(0, this.#lastFlush + gap - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (document.hidden) this.#flush();
      else this.#frame = requestAnimationFrame(this.#flush);
    }, wait);
    // A tab that is hidden while a frame is awaited never gets it.
    document.addEventListener('visibilitychange', this.#flush, { once: true });
  }

  /** Drops what has gathered. */
  clear(): void {
    this.#items = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#timer = null;
    this.#frame = null;
    document.removeEventListener('visibilitychange', this.#flush);
  }

  #flush = (): void => {
    const items = this.#items;
    this.clear();
    this.#lastFlush = performance.now();
    if (items.length > 0) this.#deliver(items);
  };
}
