/**
 * Gathers items and hands them over in one go: at the next frame, at most every `MINIMUM_GAP_MS`, and once a second in a
 * tab that nobody looks at (frames stand still there, but the title should go on). What takes long to show is shown less
 * often, so that most of the time is left for the person.
 */
const MINIMUM_GAP_MS = 150;
const LONGEST_GAP_MS = 2000;
/** Between two deliveries so many times of what the last one took. */
const GAP_PER_COST = 4;
const HIDDEN_GAP_MS = 1000;

export class Batch<T> {
  #items: T[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #frame: number | null = null;
  #lastFlush = 0;
  #gapMs = MINIMUM_GAP_MS;
  readonly #deliver: (items: T[]) => void;

  constructor(deliver: (items: T[]) => void) {
    this.#deliver = deliver;
  }

  add(item: T): void {
    this.#items.push(item);
    if (this.#timer !== null || this.#frame !== null) return;
    const gap = document.hidden ? HIDDEN_GAP_MS : this.#gapMs;
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
    const began = performance.now();
    this.#lastFlush = began;
    if (items.length === 0) return;
    this.#deliver(items);
    // The task after the next frame begins when views are rendered and plots are drawn.
    requestAnimationFrame(() =>
      setTimeout(() => {
        const tookMs = performance.now() - began;
        this.#gapMs = Math.min(LONGEST_GAP_MS, Math.max(MINIMUM_GAP_MS, GAP_PER_COST * tookMs));
      }),
    );
  };
}
